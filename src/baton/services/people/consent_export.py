"""Consents as proof: all that one contact said, or all that a workspace keeps (P1, P15).

An export names contacts by their id: who they are is in the vault alone (invariant 10).
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from baton.core.cells import csv_line
from baton.core.errors import NotFound
from baton.core.json import Json
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Consent, Contact, User

COLUMNS = (
    "contact", "channel", "purpose", "granted", "at", "recorded_at", "source", "wording",
    "evidence", "pending",
)  # fmt: skip
_PAGE = 1_000


def proof_of(contact_id: str) -> list[dict[str, Json]]:
    """Return everything that a contact permitted or forbade, oldest first; raises NotFound."""
    if not Contact.objects.filter(id=contact_id).exists():
        raise NotFound("contact", contact_id)
    told = Consent.objects.filter(contact_id=contact_id).order_by("at", "id")
    return [_row(one) for one in told]


def show_proof(house: House, user: User, contact_id: str) -> list[dict[str, Json]]:
    """Return a contact's proof for a person, and note that they took it; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    if not Contact.objects.filter(id=contact_id, workspace_id=user.workspace_id).exists():
        raise NotFound("contact", contact_id)
    _note(house, user, f"contact:{contact_id}")
    return proof_of(contact_id)


def export_all(house: House, user: User) -> Iterator[str]:
    """Return all consents of a person's workspace as lines of CSV; raises Forbidden.

    Who works for some places gets those of their contacts.
    """
    inbox.require(user, Action.READ_AUDIT)
    _note(house, user, f"workspace:{user.workspace_id}")
    return _lines(sight.met_by(user, Consent.objects.filter(workspace_id=user.workspace_id)))


def _lines(every: "QuerySet[Consent]") -> Iterator[str]:
    yield csv_line(COLUMNS)
    after = ""
    while True:
        page = list(every.filter(id__gt=after).order_by("id")[:_PAGE])
        for one in page:
            told = {"contact": one.contact_id, **_row(one)}
            yield csv_line([str(told[name]) for name in COLUMNS])
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _row(one: Consent) -> dict[str, Json]:
    return {
        "channel": one.channel,
        "purpose": one.purpose,
        "granted": one.is_granted,
        "at": one.at.isoformat(),
        "recorded_at": one.recorded_at.isoformat(),
        "source": one.source,
        "wording": one.wording,
        "evidence": one.evidence,
        "pending": one.is_pending,
    }


def _note(house: House, user: User, subject: str) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(user.workspace_id, f"user:{user.id}", "consents_exported", subject)
        ledger.flush()
