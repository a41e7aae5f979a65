"""STOP of people who were erased: nothing goes to their addresses, whoever brings them back.

Invariant 8 outlives the person. What is kept is the keyed hash of the address alone; only they
themselves can take it back, by writing START.
"""

from collections.abc import Iterable

from baton.services.ledger import Ledger
from baton.services.people import consents
from baton.store.models import Address, Contact, KeptStop
from baton.store.rows import ContactRow


def keep(ledger: Ledger, workspace_id: str, contact_ids: Iterable[str]) -> None:
    """Keep what people who are about to be erased said last of each of their addresses."""
    closed = dict(Contact.objects.filter(id__in=list(contact_ids)).values_list("id", "opted_out"))
    stopped: list[str] = []
    open_: list[str] = []
    for address in Address.objects.filter(contact_id__in=list(closed)):
        is_stopped = address.channel in closed[address.contact_id].split(",")
        (stopped if is_stopped else open_).append(address.token)
    ours = KeptStop.objects.filter(workspace_id=workspace_id)
    ours.filter(token__in=open_).delete()
    known = set(ours.filter(token__in=stopped).values_list("token", flat=True))
    KeptStop.objects.bulk_create(
        KeptStop(id=ledger.next_id(), workspace_id=workspace_id, token=token, kept_at=ledger.now)
        for token in stopped
        if token not in known
    )


def is_kept(ledger: Ledger, workspace_id: str, token: str) -> bool:
    """Return whether somebody who was erased had said STOP at an address."""
    if not ledger.acquaintance.has_kept_stops(workspace_id):
        return False  # of most workspaces, without another look
    return KeptStop.objects.filter(workspace_id=workspace_id, token=token).exists()


def heed(ledger: Ledger, contact: ContactRow, channel: str, token: str) -> ContactRow:
    """Return a new contact as they left: opted out where they had said STOP."""
    if not is_kept(ledger, contact.workspace_id, token):
        return contact
    told = "STOP, kept when they were erased"
    contact = consents.change(ledger, contact, channel, is_granted=False, source=told)
    ledger.keep(contact)
    return contact
