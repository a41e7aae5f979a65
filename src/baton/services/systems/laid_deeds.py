"""Bookings that another system keeps, as they stand here after something was done with them there.

Its own word of the same change comes later and finds it done; what it says otherwise counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import msgspec

from baton.core import bookings
from baton.core.bookings import Reason, Stand, State
from baton.core.deeds import Deed, Made
from baton.core.errors import Conflict
from baton.runtime.ports import Done, Effect, Outcome
from baton.services.bookings import telling
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import elsewhere, systems
from baton.services.systems.elsewhere import Moved
from baton.services.systems.laid_bookings import change_of
from baton.store.models import Activity, Booking

CONFIRM_THERE = "confirm_there"

Settle: TypeAlias = Callable[[], None]
"""What is written in the transaction that changes the row, before anybody hears of it."""

_OVER = "This booking does not stand any more."

_FIELDS = ("state", "reason", "starts_at", "ends_at", "handle", "changed_at")


def nothing() -> None:
    """Settle nothing."""


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """Which booking is confirmed in its system."""

    booking_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laying:
    """A booking at hand, with who changed it."""

    ledger: Ledger
    row: Booking
    actor: str


def confirm(house: House, booking: Booking, *, actor: str, settle: Settle = nothing) -> None:
    """Note that somebody will come, and have it taken down there if it can be; raises Conflict."""
    is_told = Deed.CONFIRM in elsewhere.may(house, booking)

    def do(laying: _Laying) -> Stand | None:
        row = laying.row
        if row.state == State.CONFIRMED:
            return None
        if State(row.state) not in bookings.STANDING:
            raise Conflict(_OVER)
        before = _stand_of(row)
        row.state = State.CONFIRMED.value
        if is_told:
            _order(laying.ledger, row)
        return before

    _lay(house, booking, actor, do, settle)


def cancel(house: House, booking: Booking, *, actor: str, settle: Settle = nothing) -> None:
    """Note that a booking was cancelled there, by whom it was asked for."""

    def do(laying: _Laying) -> Stand | None:
        row = laying.row
        if State(row.state) in bookings.OVER:
            return None
        before = _stand_of(row)
        by_staff = laying.actor.startswith("user:")
        row.state = State.CANCELLED.value
        row.reason = (Reason.BY_STAFF if by_staff else Reason.ASKED).value
        return before

    _lay(house, booking, actor, do, settle)


def move(house: House, booking: Booking, moved: Moved, *, actor: str) -> None:
    """Note that a booking was moved there: nobody has said that they come then."""

    def do(laying: _Laying) -> Stand | None:
        row = laying.row
        before = _stand_of(row)
        row.handle = moved.handle or row.handle
        if before.starts_at == moved.to:
            return None
        row.starts_at, row.ends_at = moved.to, moved.to + (row.ends_at - row.starts_at)
        row.state = State.BOOKED.value
        return before

    _lay(house, booking, actor, do, nothing)


def book(house: House, like: Booking, made: Made, to: datetime, *, actor: str) -> Booking:
    """Note that what somebody had there was booked once more; its system's own word may be here."""
    with house.engine.transaction():
        house.engine.lock_lane(like.workspace_id, systems.lane_of(like.system_id))
        ledger = Ledger(house, house.clock.now())
        of_system = Booking.objects.filter(workspace_id=like.workspace_id, system_id=like.system_id)
        known = of_system.filter(reference=made.reference).first()
        if known is not None:
            return known
        row = Booking.objects.create(
            id=ledger.next_id(),
            workspace_id=like.workspace_id,
            system_id=like.system_id,
            reference=made.reference,
            handle=made.handle,
            contact_id=like.contact_id,
            activity_id=like.activity_id,
            starts_at=to,
            ends_at=to + (like.ends_at - like.starts_at),
            places=like.places,
            state=State.BOOKED.value,
            price_minor=like.price_minor,
            made_by=actor,
            made_at=ledger.now,
            changed_at=ledger.now,
        )
        change = change_of(ledger, row, None, actor)
        change.save(force_insert=True)
        activity = Activity.objects.get(id=row.activity_id)
        for event in bookings.difference(None, _stand_of(row)):
            telling.tell(house, row, activity, event.value, key=f"booking:{change.id}")
        ledger.audit(
            row.workspace_id, actor, "booking_changed", f"booking:{row.id}",
            before="", reason="", state=row.state,
        )  # fmt: skip
        ledger.flush()
    return row


def perform(house: House, effect: Effect) -> Outcome:
    """Have a booking confirmed in its system, unless it is something else by now."""
    found = msgspec.json.decode(effect.body, type=_Order)
    row = Booking.objects.filter(id=found.booking_id, state=State.CONFIRMED).first()
    return (elsewhere.confirm(house, row, key=effect.intent_key) if row else None) or Done()


def _lay(
    house: House,
    booking: Booking,
    actor: str,
    do: Callable[[_Laying], Stand | None],
    settle: Settle,
) -> None:
    """Change a row in the lane of its system, and tell what became of it."""
    with house.engine.transaction():
        house.engine.lock_lane(booking.workspace_id, systems.lane_of(booking.system_id))
        row = Booking.objects.get(id=booking.id)
        ledger = Ledger(house, house.clock.now())
        before = do(_Laying(ledger=ledger, row=row, actor=actor))
        if before is not None:
            row.changed_at = ledger.now
        row.save(update_fields=_FIELDS)
        settle()
        if before is not None:
            _tell(ledger, row, before, actor)
        ledger.flush()


def _tell(ledger: Ledger, row: Booking, before: Stand, actor: str) -> None:
    change = change_of(ledger, row, before, actor)
    change.save(force_insert=True)
    activity = Activity.objects.get(id=row.activity_id)
    for event in bookings.difference(before, _stand_of(row)):
        telling.tell(ledger.house, row, activity, event.value, key=f"booking:{change.id}")
    ledger.audit(
        row.workspace_id, actor, "booking_changed", f"booking:{row.id}",
        before=before.state.value, reason=row.reason, state=row.state,
    )  # fmt: skip


def _stand_of(row: Booking) -> Stand:
    return Stand(state=State(row.state), starts_at=row.starts_at)


def _order(ledger: Ledger, row: Booking) -> None:
    """Have it taken down there, once for each time that they said so."""
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=row.workspace_id,
            lane=systems.lane_of(row.system_id),
            kind=CONFIRM_THERE,
            intent_key=f"confirm:{row.id}:{row.starts_at.isoformat()}",
            body=msgspec.json.encode(_Order(booking_id=row.id)),
            due_at=ledger.now,
            repeatable=True,
        )
    )
