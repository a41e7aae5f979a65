"""Channels of a contact to which nothing is sent: a bad address, or one that a person barred."""

from django.db.models import QuerySet

from baton.services.ledger import Ledger
from baton.store.models import Suppression
from baton.store.rows import ContactRow

SYSTEM = "system"


def bar(ledger: Ledger, contact: ContactRow, channel: str, reason: str, *, actor: str) -> None:
    """Send nothing more to a contact on a channel until it is lifted."""
    if in_force(contact.id, channel).exists():
        return
    Suppression.objects.create(
        id=ledger.next_id(),
        workspace_id=contact.workspace_id,
        contact_id=contact.id,
        channel=channel,
        reason=reason,
        actor=actor,
        at=ledger.now,
    )
    _note(ledger, contact, actor, "suppressed", channel=channel, reason=reason)


def lift(ledger: Ledger, contact: ContactRow, channel: str, *, actor: str) -> None:
    """Let messages go to a contact on a channel again.

    Baton itself lifts only what it has barred, never what a person did.
    """
    known = in_force(contact.id, channel)
    if actor == SYSTEM:
        known = known.filter(actor=SYSTEM)
    if known.update(lifted_at=ledger.now):
        _note(ledger, contact, actor, "suppression_lifted", channel=channel)


def in_force(contact_id: str, channel: str) -> QuerySet[Suppression]:
    """Return what bars a contact's channel now."""
    return Suppression.objects.filter(contact_id=contact_id, channel=channel, lifted_at=None)


def _note(ledger: Ledger, contact: ContactRow, actor: str, action: str, **details: str) -> None:
    ledger.acquaintance.forget()
    ledger.audit(contact.workspace_id, actor, action, f"contact:{contact.id}", **details)
