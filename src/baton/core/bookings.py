"""Places in what a business offers: who has one, how long, and what happens when they let it go.

A booking is always in one state, and moves only along `WAYS`. All but those that ended or
wait take their places of the slot; nothing here ever gives more places than a slot has.
What flows hear of a booking is the difference between how it stood before and after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """What an activity is: many come to a class, one to an appointment, a group to a party."""

    CLASS = "class"
    APPOINTMENT = "appointment"
    PARTY = "party"


class State(StrEnum):
    """How a booking stands."""

    WAITING = "waiting"  # on the list of a full slot
    HELD = "held"  # a place is kept for them for a while, and is theirs once they say so
    BOOKED = "booked"
    CONFIRMED = "confirmed"  # they said that they will come
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    RELEASED = "released"  # a held place that nobody took in time, or a wait that ended


class Entry(StrEnum):
    """How somebody came to a booking (AP18)."""

    AHEAD = "ahead"
    LATE = "late"
    WALK_IN = "walk_in"


class Reason(StrEnum):
    """Why a booking ended, or became a person's: the codes that reports count (AP14)."""

    ASKED = "asked"  # by the contact, in time
    LATE_CANCELLATION = "late_cancellation"  # by the contact, inside the cancellation window
    BY_STAFF = "by_staff"
    SLOT_CANCELLED = "slot_cancelled"  # the business cancelled the whole slot
    NO_ANSWER = "no_answer"  # a held place, and nobody said yes in time
    PASSED = "passed"  # a held place, and they said no
    NO_DEPOSIT = "no_deposit"


WAYS: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.HELD, State.BOOKED, State.CANCELLED, State.RELEASED}),
    State.HELD: frozenset({State.BOOKED, State.CANCELLED, State.RELEASED}),
    State.BOOKED: frozenset(
        {State.CONFIRMED, State.ATTENDED, State.NO_SHOW, State.CANCELLED, State.RELEASED}
    ),
    State.CONFIRMED: frozenset({State.ATTENDED, State.NO_SHOW, State.CANCELLED}),
    # Somebody who was marked by mistake is marked the other way.
    State.ATTENDED: frozenset({State.NO_SHOW}),
    State.NO_SHOW: frozenset({State.ATTENDED}),
    State.CANCELLED: frozenset({State.BOOKED}),  # restored, if there still is a place
    State.RELEASED: frozenset({State.HELD, State.BOOKED}),
}
"""Where a booking of ours may go from each state; a mirror goes wherever its system says."""

TAKING = frozenset({State.HELD, State.BOOKED, State.CONFIRMED, State.ATTENDED, State.NO_SHOW})
"""States in which a booking takes its places of the slot."""

STANDING = frozenset({State.BOOKED, State.CONFIRMED})
"""States in which somebody is expected."""

OVER = frozenset({State.CANCELLED, State.RELEASED})


def may_go(before: State, after: State) -> bool:
    """Return whether a booking of ours may go from one state to another."""
    return after in WAYS[before]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a booking takes of its slot: so many places, in this state."""

    state: State
    places: int = 1


def free_places(capacity: int, taken: Iterable[Taken]) -> int:
    """Return how many places of a slot are left, 0 for one that its system overbooked."""
    return max(0, capacity - sum(one.places for one in taken if one.state in TAKING))


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """Somebody on the waiting list; `since` orders them."""

    id: str
    places: int
    since: datetime


def next_in_line(free: int, waiting: Sequence[InLine]) -> InLine | None:
    """Return who is offered a freed place: the first in line for whom there is enough room.

    A party of four does not keep a single place empty for everybody behind it.
    """
    fitting = (one for one in waiting if one.places <= free)
    return min(fitting, key=lambda one: (one.since, one.id), default=None)


def held_until(now: datetime, starts_at: datetime, hold: timedelta) -> datetime:
    """Return until when a place is held: for a while, and never beyond the start (AP13)."""
    return min(now + hold, max(now, starts_at))


def is_late(now: datetime, starts_at: datetime, window: timedelta) -> bool:
    """Return whether a cancellation comes inside the cancellation window (AP11)."""
    return now > starts_at - window


def cancel_reason(now: datetime, starts_at: datetime, window: timedelta) -> Reason:
    """Return the code under which a contact's own cancellation is kept."""
    return Reason.LATE_CANCELLATION if is_late(now, starts_at, window) else Reason.ASKED


def deposit_due(price_minor: int, set_minor: int | None, *, from_minor: int, percent: int) -> int:
    """Return the deposit of a booking in minor units, 0 for none (AP12).

    What was `set_minor` for the activity counts; otherwise from a price of `from_minor` on
    it is that share of the price, rounded up to a whole unit of the currency's smallest.
    """
    if set_minor is not None:
        return set_minor
    return -(-price_minor * percent // 100) if price_minor >= from_minor else 0


def entry_of(now: datetime, starts_at: datetime, late: timedelta) -> Entry:
    """Return how somebody came to a booking that is made now."""
    if now >= starts_at:
        return Entry.WALK_IN
    return Entry.LATE if starts_at - now < late else Entry.AHEAD


class Told(StrEnum):
    """What flows hear of a booking."""

    CREATED = "booking_created"
    MOVED = "booking_moved"
    CONFIRMED = "booking_confirmed"
    CANCELLED = "booking_cancelled"
    ATTENDED = "booking_attended"
    NO_SHOW = "booking_no_show"
    UNMARKED = "booking_unmarked"  # whether they came is open again
    HELD = "spot_held"
    TAKEN = "spot_taken"
    RELEASED = "spot_released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a booking stands, as far as flows care."""

    state: State
    starts_at: datetime


_BY_STATE = {
    State.CONFIRMED: Told.CONFIRMED,
    State.ATTENDED: Told.ATTENDED,
    State.NO_SHOW: Told.NO_SHOW,
    State.HELD: Told.HELD,
}
_MARKED = frozenset({State.ATTENDED, State.NO_SHOW})
_MADE = STANDING | _MARKED


def difference(before: Stand | None, after: Stand) -> tuple[Told, ...]:
    """Return what is told when a booking went from one stand to another, in this order.

    A held place becomes `spot_taken` and `booking_created` at once; a booking that is first
    heard of when it is over tells nothing but its end.
    """
    old = before.state if before else None
    told: list[Told] = []
    if old is State.HELD and after.state in _MADE:
        told.append(Told.TAKEN)
    if old not in _MADE and after.state in STANDING:
        told.append(Told.CREATED)
    if old in _MARKED and after.state in STANDING:
        told.append(Told.UNMARKED)
    is_expected = old in STANDING and after.state in STANDING
    if before and is_expected and before.starts_at != after.starts_at:
        told.append(Told.MOVED)
    if old != after.state and (own := _BY_STATE.get(after.state)):
        told.append(own)
    if after.state in OVER and old not in OVER:
        told += _ended(old)
    return tuple(told)


def _ended(old: State | None) -> list[Told]:
    if old in _MADE:
        return [Told.CANCELLED]
    return [Told.RELEASED] if old is State.HELD else []


def weekly(first: datetime, zone: ZoneInfo, weeks: int) -> tuple[datetime, ...]:
    """Return so many moments a week apart by the clock on the wall, as aware times in UTC.

    `first` is a local time without a zone. A class at 18:00 stays at 18:00 when clocks
    change; a time that a change leaves out is the one behind it.
    """
    return tuple(
        (first + timedelta(weeks=week)).replace(tzinfo=zone).astimezone(UTC)
        for week in range(weeks)
    )
