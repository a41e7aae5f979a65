"""A place booked, waited for, taken, confirmed, moved, let go and marked.

Who acts is told as "user:<id>", "contact:<id>" for a page of theirs, "flow:<name>" or
"system"; what a contact may not do alone is refused with a Conflict that says so.
"""

from dataclasses import dataclass
from datetime import timedelta

from baton.core import bookings
from baton.core.bookings import Entry, Reason, State, Told
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.services.bookings import counter, references, telling, visits
from baton.services.bookings.counter import Change, Counter
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Booking, BookingChange, Contact, Slot

MAX_PLACES = 50
FULL = "There is no place left at this time."
BY_PEOPLE = "This booking is changed by our staff. Please write to us."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose booking, at which slot, and for how many.

    How they came follows from the moment, unless `entry` says it. With `or_waits` a full slot
    puts them on its waiting list; `is_offered` holds the place until they take it, and asks.
    """

    contact_id: str
    slot_id: str
    places: int = 1
    entry: Entry | None = None
    or_waits: bool = False
    is_offered: bool = False


def book(house: House, workspace_id: str, wish: Wish, *, actor: str) -> Booking:
    """Give somebody places of a slot, or a wait for them; return the booking.

    Raises Conflict when there is no room, NotFound, or InvalidInput.
    """
    activity_id = activity_of_slot(workspace_id, wish.slot_id)
    with counter.at(house, workspace_id, activity_id, actor=actor) as desk:
        return book_at(desk, wish)


def book_at(desk: Counter, wish: Wish) -> Booking:
    """Give somebody places at the counter of what they wish for."""
    if not 1 <= wish.places <= MAX_PLACES:
        raise InvalidInput({"places": f"choose between 1 and {MAX_PLACES}"})
    known = Contact.objects.filter(id=wish.contact_id, workspace_id=desk.activity.workspace_id)
    if not known.exists():
        raise NotFound("contact", wish.contact_id)
    slot = _open_slot(desk, wish.slot_id)
    _refuse_second(wish, slot)
    booking = _made(desk, wish, slot)
    counter.change(desk, booking, _first(desk, booking, wish, slot))
    return booking


def confirm(house: House, workspace_id: str, booking_id: str, *, actor: str) -> Booking:
    """Note that somebody said they will come; who said so before is told nothing again."""
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        confirm_at(desk, booking)
    return booking


def confirm_at(desk: Counter, booking: Booking) -> None:
    """Note at its counter that somebody will come."""
    if booking.state != State.CONFIRMED:
        counter.refuse_unless(booking, State.CONFIRMED)
        counter.change(desk, booking, Change(state=State.CONFIRMED))


def move(house: House, workspace_id: str, booking_id: str, slot_id: str, *, actor: str) -> Booking:
    """Give somebody another time; their old place is free in the same moment.

    Raises Conflict when the new slot is full: the old place stays theirs.
    """
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        if State(booking.state) not in bookings.STANDING:
            message = "Only a booking that stands can be moved."
            raise Conflict(message)
        slot = _open_slot(desk, slot_id)
        if slot.id == booking.slot_id:
            return booking
        _refuse_alone(desk, booking)
        if counter.free_places(slot) < booking.places:
            raise Conflict(FULL)
        counter.change(desk, booking, Change(state=State.BOOKED, slot=slot))
    return booking


def cancel(
    house: House, workspace_id: str, booking_id: str, *, actor: str, reason: str = ""
) -> Booking:
    """End a booking and free its place; inside the window the reason says so (AP11, AP14)."""
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        cancel_at(desk, booking, reason)
    return booking


def cancel_at(desk: Counter, booking: Booking, reason: str = "") -> None:
    """End a booking at its counter; one that is over stays as it is."""
    if State(booking.state) in bookings.OVER:
        return
    counter.refuse_unless(booking, State.CANCELLED)
    if desk.activity.needs_staff_confirmation and desk.is_by_contact:
        raise Conflict(BY_PEOPLE)
    kept = reason or _why(desk, booking)
    counter.change(desk, booking, Change(state=State.CANCELLED, reason=kept))


def restore(house: House, workspace_id: str, booking_id: str, *, actor: str) -> Booking:
    """Bring a cancelled booking back; raises Conflict when its place has gone."""
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        restore_at(desk, booking)
    return booking


def restore_at(desk: Counter, booking: Booking) -> None:
    """Bring a cancelled booking back at its counter; one that stands stays as it is."""
    if State(booking.state) in bookings.STANDING:
        return
    counter.refuse_unless(booking, State.BOOKED)
    _refuse_if_full(desk, booking)
    counter.change(desk, booking, Change(state=State.BOOKED))


def take(house: House, workspace_id: str, booking_id: str, *, actor: str) -> Booking:
    """Make a held place theirs; raises Conflict for a hold that has ended."""
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        take_at(desk, booking)
    return booking


def take_at(desk: Counter, booking: Booking) -> None:
    """Make a held place theirs at its counter; one that is theirs already stays."""
    if State(booking.state) in bookings.STANDING:
        return
    if booking.state not in (State.HELD, State.WAITING):
        counter.refuse_unless(booking, State.CONFIRMED)
    if booking.state == State.WAITING:
        _refuse_if_full(desk, booking)
    if desk.is_by_contact and booking.deposit_minor and not booking.deposit_paid_at:
        message = "The deposit has to be paid first."
        raise Conflict(message)
    counter.change(desk, booking, Change(state=State.BOOKED))


def release(
    house: House, workspace_id: str, booking_id: str, *, actor: str, reason: str = ""
) -> Booking:
    """Let a held place, or a place in line, go; what is no hold any more stays as it is."""
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        release_at(desk, booking, reason or Reason.PASSED)
    return booking


def release_at(desk: Counter, booking: Booking, reason: str) -> None:
    """Let a held place go at its counter."""
    if booking.state in (State.HELD, State.WAITING):
        counter.change(desk, booking, Change(state=State.RELEASED, reason=reason))


def pay_deposit(house: House, workspace_id: str, booking_id: str, *, actor: str) -> Booking:
    """Note that a booking's deposit was paid; a place that was held for it is theirs.

    Raises Conflict for a hold that ended meanwhile and cannot be had back: the money is a
    person's then.
    """
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        if booking.deposit_paid_at is not None:
            return booking
        state = State(booking.state)
        if state in bookings.OVER:
            counter.refuse_unless(booking, State.BOOKED)
            _refuse_if_full(desk, booking)
        booking.deposit_paid_at = desk.ledger.now
        is_expected = state in bookings.STANDING
        told = (telling.DEPOSIT_PAID,) if is_expected else (telling.DEPOSIT_PAID, Told.CREATED)
        kept = state if is_expected else State.BOOKED
        counter.change(desk, booking, Change(state=kept, events=told))
    return booking


def mark(house: House, workspace_id: str, booking_id: str, state: State, *, actor: str) -> Booking:
    """Note whether somebody came: `attended` or `no_show`."""
    if state not in (State.ATTENDED, State.NO_SHOW):
        raise InvalidInput({"state": "choose attended or no_show"})
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        if booking.state != state:
            counter.refuse_unless(booking, state)
            counter.change(desk, booking, Change(state=state))
            if state is State.ATTENDED:
                visits.plan(desk.ledger, booking)
    return booking


def undo(house: House, workspace_id: str, booking_id: str, *, actor: str) -> Booking:
    """Take a booking's last change back; raises Conflict when its place has gone since."""
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        last = BookingChange.objects.filter(booking_id=booking.id).order_by("-id").first()
        if last is None or not last.state_before:
            message = "There is nothing to take back: cancel the booking instead."
            raise Conflict(message)
        slot = Slot.objects.filter(id=last.slot_before_id).first()
        state = State(last.state_before)
        is_taking = slot is not None and state in bookings.TAKING
        if slot and is_taking and counter.free_places(slot, without=booking.id) < booking.places:
            raise Conflict(FULL)
        until = counter.hold_end(desk, slot) if state is State.HELD and slot else None
        counter.change(desk, booking, Change(state=state, slot=slot, held_until=until))
    return booking


def activity_of_slot(workspace_id: str, slot_id: str) -> str:
    """Return of what a slot is; raises NotFound."""
    found = Slot.objects.filter(id=slot_id, workspace_id=workspace_id)
    activity_id = found.values_list("activity_id", flat=True).first()
    if activity_id is None:
        raise NotFound("slot", slot_id)
    return activity_id


def _open_slot(desk: Counter, slot_id: str) -> Slot:
    """Return a slot of ours that takes bookings; a contact's only before it begins."""
    slot = counter.find_slot(desk, slot_id)
    if slot.system_id:
        message = "This time is kept by another system: book it there."
        raise Conflict(message)
    over = slot.starts_at if desk.is_by_contact else slot.ends_at
    if slot.cancelled_at is not None or over <= desk.ledger.now:
        message = "This time is over, or was called off. Choose another one."
        raise Conflict(message)
    return slot


def _refuse_second(wish: Wish, slot: Slot) -> None:
    same = Booking.objects.filter(slot_id=slot.id, contact_id=wish.contact_id)
    if same.filter(state__in=[*bookings.TAKING, State.WAITING]).exists():
        message = "They have a booking at this time already."
        raise Conflict(message)


def _refuse_if_full(desk: Counter, booking: Booking) -> None:
    slot = _open_slot(desk, booking.slot_id or "")
    if counter.free_places(slot) < booking.places:
        raise Conflict(FULL)


def _refuse_alone(desk: Counter, booking: Booking) -> None:
    """Raise Conflict where a contact's change needs a person (AP10, AP29)."""
    has_paid = booking.deposit_minor and booking.deposit_paid_at
    if desk.is_by_contact and (desk.activity.needs_staff_confirmation or has_paid):
        raise Conflict(BY_PEOPLE)


def _why(desk: Counter, booking: Booking) -> Reason:
    if not desk.is_by_contact:
        return Reason.BY_STAFF
    window = timedelta(minutes=desk.activity.cancel_minutes)
    return bookings.cancel_reason(desk.ledger.now, booking.starts_at, window)


def _made(desk: Counter, wish: Wish, slot: Slot) -> Booking:
    """Return a new booking that is not kept yet."""
    activity, ledger = desk.activity, desk.ledger
    policy = standards_cache(ledger.house).standards_of(activity.workspace_id).policy
    price = activity.price_minor * wish.places
    own = activity.deposit_minor
    booking_id = ledger.next_id()
    return Booking(
        id=booking_id,
        workspace_id=activity.workspace_id,
        reference=references.new(Booking, booking_id, activity.workspace_id),
        contact_id=wish.contact_id,
        activity_id=activity.id,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        places=wish.places,
        entry=(
            wish.entry or bookings.entry_of(ledger.now, slot.starts_at, policy.late_registration)
        ).value,
        price_minor=price,
        deposit_minor=bookings.deposit_due(
            price,
            None if own is None else own * wish.places,
            from_minor=policy.deposit_from_minor,
            percent=policy.deposit_percent,
        ),
        made_by=desk.actor,
        made_at=ledger.now,
    )


def _first(desk: Counter, booking: Booking, wish: Wish, slot: Slot) -> Change:
    """Return how a new booking begins: theirs, held until the deposit is paid, or waiting."""
    if counter.free_places(slot) < wish.places:
        if wish.or_waits and slot.starts_at > desk.ledger.now:
            return Change(state=State.WAITING)
        raise Conflict(FULL)
    if wish.is_offered:
        until = counter.asked_until(desk, slot, wish.contact_id)
        return Change(state=State.HELD, held_until=until)
    if desk.is_by_contact and booking.deposit_minor:
        asked, until = (telling.DEPOSIT_ASKED,), counter.hold_end(desk, slot)
        return Change(state=State.HELD, held_until=until, events=asked)
    return Change(state=State.BOOKED)
