"""Where one activity's places are given out: whoever is at it is there alone.

Its lane is held until the transaction ends, so two people cannot take one last place, on any
database; holds that end are decided in the same lane. What became of bookings is told when
the counter closes, the freed places having been offered on by then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from baton.core import bookings, quiet
from baton.core.bookings import InLine, Stand, State, Taken
from baton.core.errors import Conflict, NotFound
from baton.services import arrivals, inbox
from baton.services.bookings import telling
from baton.services.facts import HoldEnded
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Activity, Booking, BookingChange, Contact, Slot


@dataclass(slots=True, kw_only=True)
class Counter:
    """One activity at hand, for whoever acts; `told` is what flows will hear, by whose doing."""

    ledger: Ledger
    activity: Activity
    actor: str
    told: list[tuple[Booking, str, str, str]] = field(default_factory=list)
    freed: set[str] = field(default_factory=set)

    @property
    def is_by_contact(self) -> bool:
        """Whether the contact acts, through a page of theirs or a flow."""
        return self.actor.partition(":")[0] in ("contact", "flow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a booking; `slot` is where it goes, None where it stays.

    `events` are told in place of the difference that flows usually hear.
    """

    state: State
    slot: Slot | None = None
    reason: str = ""
    held_until: datetime | None = None
    events: tuple[str, ...] | None = None


def lane_of(activity_id: str) -> str:
    """Return the lane that orders what happens to an activity's places."""
    return f"activity:{activity_id}"


@contextmanager
def at(house: House, workspace_id: str, activity_id: str, *, actor: str) -> Iterator[Counter]:
    """Hold an activity, and write what was done at its end; raises NotFound."""
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, lane_of(activity_id))
        counter = open_at(Ledger(house, house.clock.now()), workspace_id, activity_id, actor=actor)
        yield counter
        close(counter)
        counter.ledger.flush()


@contextmanager
def at_booking(
    house: House, workspace_id: str, booking_id: str, *, actor: str
) -> Iterator[tuple[Counter, Booking]]:
    """Hold a booking of ours at its counter; raises NotFound, and Conflict for a mirror."""
    found = Booking.objects.filter(id=booking_id, workspace_id=workspace_id)
    activity_id = found.values_list("activity_id", flat=True).first()
    if activity_id is None:
        raise NotFound("booking", booking_id)
    with at(house, workspace_id, activity_id, actor=actor) as counter:
        booking = found.get()  # as it stands now that nobody else is here
        if booking.system_id:
            message = "This booking is kept by another system: change it there."
            raise Conflict(message)
        yield counter, booking


def open_at(ledger: Ledger, workspace_id: str, activity_id: str, *, actor: str) -> Counter:
    """Return the counter of an activity whose lane is held already; raises NotFound."""
    found = Activity.objects.filter(id=activity_id, workspace_id=workspace_id).first()
    if found is None:
        raise NotFound("activity", activity_id)
    return Counter(ledger=ledger, activity=found, actor=actor)


def find_slot(counter: Counter, slot_id: str) -> Slot:
    """Return a slot of this activity; raises NotFound."""
    found = Slot.objects.filter(id=slot_id, activity_id=counter.activity.id).first()
    if found is None:
        raise NotFound("slot", slot_id)
    return found


def free_places(slot: Slot, *, without: str = "") -> int:
    """Return how many places are left, as if one booking had none."""
    held = Booking.objects.filter(slot_id=slot.id, state__in=bookings.TAKING).exclude(id=without)
    taken = (
        Taken(state=State(state), places=places)
        for state, places in held.values_list("state", "places")
    )
    return bookings.free_places(slot.capacity, taken)


def change(counter: Counter, booking: Booking, wanted: Change) -> None:
    """Write what becomes of a booking, or is of a new one; the caller has asked whether it may."""
    ledger, is_new = counter.ledger, booking.changed_at is None
    before = None if is_new else Stand(state=State(booking.state), starts_at=booking.starts_at)
    slot_before = None if is_new else booking.slot_id
    if wanted.slot is not None:
        booking.slot_id = wanted.slot.id
        booking.starts_at, booking.ends_at = wanted.slot.starts_at, wanted.slot.ends_at
    booking.state, booking.reason = wanted.state.value, wanted.reason
    booking.changed_at = ledger.now
    _time_hold(counter, booking, wanted.held_until)
    booking.save(force_insert=is_new)
    after = Stand(state=wanted.state, starts_at=booking.starts_at)
    change_id = _note(counter, booking, before, slot_before)
    if before and before.state in bookings.TAKING and slot_before:
        is_left = wanted.state not in bookings.TAKING or booking.slot_id != slot_before
        counter.freed |= {slot_before} if is_left else set()
    events = bookings.difference(before, after) if wanted.events is None else wanted.events
    by = counter.actor
    counter.told += [(booking, str(one), f"booking:{change_id}", by) for one in events]


def close(counter: Counter) -> None:
    """Offer freed places on, then tell all that became of bookings."""
    for slot_id in sorted(counter.freed):
        offer_on(counter, slot_id)
    for booking, event, key, by in counter.told:
        telling.tell(counter.ledger.house, booking, counter.activity, event, key=key, by=by)
    counter.told.clear()
    counter.ledger.ring(f"workspace:{counter.activity.workspace_id}")


def offer_on(counter: Counter, slot_id: str) -> None:
    """Hold what is free for those who wait, in order; each hears that it is theirs to take."""
    slot = find_slot(counter, slot_id)
    if slot.cancelled_at or slot.starts_at <= counter.ledger.now:
        return
    free = free_places(slot)
    waiting = {
        one.id: one
        for one in Booking.objects.filter(slot_id=slot.id, state=State.WAITING).order_by("id")
    }
    while free and waiting:
        line = [InLine(id=b.id, places=b.places, since=b.made_at) for b in waiting.values()]
        chosen = bookings.next_in_line(free, line)
        if chosen is None:
            return
        booking = waiting.pop(chosen.id)
        until = asked_until(counter, slot, booking.contact_id)
        by = counter.actor
        counter.actor = "system"
        change(counter, booking, Change(state=State.HELD, held_until=until))
        counter.actor = by
        free -= chosen.places


def hold_end(counter: Counter, slot: Slot) -> datetime:
    """Return until when a place of a slot is held from now on (AP13)."""
    span = timedelta(minutes=counter.activity.hold_minutes)
    return bookings.held_until(counter.ledger.now, slot.starts_at, span)


def asked_until(counter: Counter, slot: Slot, contact_id: str) -> datetime:
    """Return until when a place is held for somebody who has to be asked first (AP13).

    Whoever is asked at night reads it in the morning, and has as long from then on. Where it
    begins before the quiet hours end, nobody could be asked in time: it is held no longer.
    """
    workspace_id = counter.activity.workspace_id
    contact = Contact.objects.filter(id=contact_id).values_list("timezone", flat=True)
    known = contact.first()
    zone = ZoneInfo(known) if known else inbox.zone_of(workspace_id)
    policy = standards_cache(counter.ledger.house).standards_of(workspace_id).policy
    woken = quiet.ends_at(counter.ledger.now, zone, policy.quiet_from, policy.quiet_until)
    if woken is None or woken >= slot.starts_at:
        return hold_end(counter, slot)
    span = timedelta(minutes=counter.activity.hold_minutes)
    return bookings.held_until(woken, slot.starts_at, span)


def refuse_unless(booking: Booking, wanted: State) -> None:
    """Raise Conflict unless a booking may go from where it stands to another state."""
    if not bookings.may_go(State(booking.state), wanted):
        message = f"This booking is {booking.state.replace('_', ' ')} by now. Look again."
        raise Conflict(message)


def _time_hold(counter: Counter, booking: Booking, until: datetime | None) -> None:
    ledger, key = counter.ledger, f"hold:{booking.id}"
    if until is None and booking.held_until is not None:
        ledger.cancel_timer(booking.workspace_id, key)
    booking.held_until = until
    if until is not None:
        ledger.set_timer(
            arrivals.timer_of(
                HoldEnded(booking_id=booking.id, activity_id=booking.activity_id, until=until),
                ledger.house.keyset,
                workspace_id=booking.workspace_id,
                lane=lane_of(booking.activity_id),
                key=key,
                due_at=until,
            )
        )


def _note(counter: Counter, booking: Booking, before: Stand | None, slot_before: str | None) -> str:
    ledger = counter.ledger
    row = BookingChange.objects.create(
        id=ledger.next_id(),
        workspace_id=booking.workspace_id,
        booking_id=booking.id,
        contact_id=booking.contact_id,
        at=ledger.now,
        actor=counter.actor,
        state_before=before.state if before else "",
        state=booking.state,
        slot_before_id=slot_before or "",
        slot_id=booking.slot_id,
        starts_at=booking.starts_at,
        reason=booking.reason,
    )
    ledger.audit(
        booking.workspace_id,
        counter.actor,
        "booking_changed",
        f"booking:{booking.id}",
        before=row.state_before,
        state=row.state,
        reason=row.reason,
    )
    return row.id
