"""The link below an email that ends all email with one click (RFC 8058)."""

from baton.core.consent import EVERY
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.delivery import letters
from baton.services.delivery.letters import Use
from baton.services.facts import EventReported
from baton.services.house import House
from baton.services.people import consents
from baton.services.workspace.connections import EMAIL
from baton.store.models import Workspace

ONE_CLICK, BY_PAGE = "one click in the mail program", "the link in an email"
"""How it was done, for the consent on record."""


def find_business(house: House, mark: str) -> str | None:
    """Return who wrote the email of a link, None for a link that is none of ours."""
    message_id = _message_of(house, mark)
    told = letters.find_addressee(message_id) if message_id else None
    if told is None:
        return None
    return Workspace.objects.values_list("name", flat=True).get(id=told.workspace_id)


def arrival_of(house: House, mark: str, *, source: str) -> Arrival | None:
    """Return an unsubscription as a fact; None for a link that is none of ours."""
    message_id = _message_of(house, mark)
    told = letters.find_addressee(message_id) if message_id else None
    if message_id is None or told is None:
        return None
    now = house.clock.now()
    fact = EventReported(
        event=consents.WITHDRAWN,
        facts={"purpose": EVERY, "channel": EMAIL, "source": source, "evidence": message_id},
        channel=EMAIL,
        inbox_id=told.inbox_id,
        address=letters.address_at(house, told.workspace_id, told.address_lane),
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=told.workspace_id,
        lane=told.address_lane,
        # Once a day: whoever comes back may leave again by the same link.
        dedupe_key=f"unsubscribe:{message_id}:{now:%Y-%m-%d}",
        received_at=now,
    )


def _message_of(house: House, mark: str) -> str | None:
    found = letters.find_marked(house, Use.UNSUBSCRIBE, mark)
    return found if found and mark == letters.mark(house, Use.UNSUBSCRIBE, found) else None
