"""A party's three facts, without which its case may not be closed: booking, day, telephone (AP28).

Day and telephone are sealed with the booking; only people at its page read them.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import msgspec

from baton.core import text
from baton.core.bookings import Kind, State
from baton.core.errors import Conflict, InvalidInput
from baton.core.json import Json
from baton.services import inbox
from baton.services.bookings import counter
from baton.services.bookings.counter import Change, Counter
from baton.services.house import House
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import Booking, Slot

MAX_PHONE = 40
_DAY_SIGNS = len("2026-03-14")


class PartyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a party has to tell beside its booking."""

    day: date
    phone: str


def place(desk: Counter, booking: Booking, given: Mapping[str, Json]) -> None:
    """Give a party its day, and keep who is called on it; raises Conflict without a free one."""
    if desk.activity.kind != Kind.PARTY:
        message = "This booking is no party."
        raise Conflict(message)
    facts = _read(given)
    slot = _slot_on(desk, booking, facts.day)
    if slot is None:
        message = "There is no free place on this day."
        raise Conflict(message)
    plain = msgspec.json.encode(facts).decode()
    booking.party_sealed = desk.ledger.house.keyset.seal(plain, _place_of(booking))
    state = State(booking.state)
    counter.change(desk, booking, Change(state=state, slot=slot, held_until=booking.held_until))


def deposit_of(house: House, booking: Booking) -> dict[str, Json]:
    """Return what is to be paid for a party, and where; raises Conflict where nothing is."""
    if not booking.deposit_minor or booking.deposit_paid_at is not None:
        message = "No deposit is due: a person confirms this party."
        raise Conflict(message)
    url = one_tap.link(house, Errand.DEPOSIT, booking.workspace_id, booking.id)
    return {"deposit": booking.deposit_minor, "deposit_url": url}


def read_facts(house: House, booking: Booking) -> PartyFacts | None:
    """Return the facts that a party has told, None before."""
    sealed = bytes(booking.party_sealed)
    if not sealed:
        return None
    plain = house.keyset.unseal(sealed, _place_of(booking))
    return msgspec.json.decode(plain, type=PartyFacts)


def _read(given: Mapping[str, Json]) -> PartyFacts:
    phone = text.clean(str(given.get("phone") or "")).strip()
    if not phone or len(phone) > MAX_PHONE:
        problem = f"a party needs a telephone number of {MAX_PHONE} signs at most"
        raise InvalidInput({"phone": problem})
    try:  # conditions hand a date on as its first moment in UTC
        day = date.fromisoformat(str(given.get("day") or "")[:_DAY_SIGNS])
    except ValueError:
        raise InvalidInput({"day": "a party needs its day"}) from None
    return PartyFacts(day=day, phone=phone)


def _slot_on(desk: Counter, booking: Booking, day: date) -> Slot | None:
    """Return the booking's own slot if it is on the day, else one with room for it."""
    zone = inbox.zone_of(booking.workspace_id)
    begin = datetime.combine(day, time(), zone)
    found = Slot.objects.filter(
        activity_id=desk.activity.id,
        cancelled_at=None,
        starts_at__gte=max(begin, desk.ledger.now),
        starts_at__lt=datetime.combine(day + timedelta(days=1), time(), zone),
    )
    rows = sorted(found, key=lambda one: (one.id != booking.slot_id, one.starts_at, one.id))
    return next(
        (one for one in rows if counter.free_places(one, without=booking.id) >= booking.places),
        None,
    )


def _place_of(booking: Booking) -> str:
    return f"booking.party:{booking.id}"
