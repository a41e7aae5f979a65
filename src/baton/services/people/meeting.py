"""Somebody met by an address: who has it, or a new contact who is known by it from now on."""

from baton.core import text
from baton.services import arrivals
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.store.models import Inbox
from baton.store.queries import people
from baton.store.rows import ContactRow


def meet(  # noqa: PLR0913 - who, and where they are reached
    house: House,
    workspace_id: str,
    *,
    channel: str,
    inbox_id: str,
    address: str,
    name: str = "",
    actor: str,
) -> str:
    """Return the id of who has an address, met by it if nobody is known by it yet."""
    lane = arrivals.lane_of(house.keyset, workspace_id, channel, address)
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, lane)
        if known := people.contact_at(workspace_id, lane):
            return known
        ledger = Ledger(house, house.clock.now())
        row = ContactRow(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            lane=lane,
            created_at=ledger.now,
            location_id=_location_of(inbox_id),
        )
        row = contacts.named(ledger, row, text.clean(name).strip())
        contacts.welcome(ledger, row, channel=channel, inbox_id=inbox_id, address=address)
        ledger.audit(workspace_id, actor, "contact_met", f"contact:{row.id}", channel=channel)
        ledger.flush()
    return row.id


def _location_of(inbox_id: str) -> str:
    """Return the location that an entrance leads to, "" for no one place."""
    found = Inbox.objects.filter(id=inbox_id).values_list("location_id", flat=True)
    return found.first() or ""
