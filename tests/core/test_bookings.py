"""Places: never more than there are, kept for a while, and what flows hear of each change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import bookings, records
from baton.core.bookings import Entry, InLine, Reason, Stand, State, Taken, Told

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOON, LATER = NOW + timedelta(days=2), NOW + timedelta(days=3)
STATES = st.sampled_from(State)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, State.BOOKED, [Told.CREATED]),
        (None, State.CONFIRMED, [Told.CREATED, Told.CONFIRMED]),
        (None, State.HELD, [Told.HELD]),
        (None, State.WAITING, []),
        (None, State.ATTENDED, [Told.ATTENDED]),
        (None, State.CANCELLED, []),
        (State.BOOKED, State.BOOKED, []),
        (State.BOOKED, State.CONFIRMED, [Told.CONFIRMED]),
        (State.BOOKED, State.NO_SHOW, [Told.NO_SHOW]),
        (State.NO_SHOW, State.ATTENDED, [Told.ATTENDED]),
        (State.NO_SHOW, State.BOOKED, [Told.UNMARKED]),
        (State.CONFIRMED, State.CANCELLED, [Told.CANCELLED]),
        (State.CANCELLED, State.CANCELLED, []),
        (State.CANCELLED, State.BOOKED, [Told.CREATED]),
        (State.WAITING, State.HELD, [Told.HELD]),
        (State.WAITING, State.RELEASED, []),
        (State.HELD, State.BOOKED, [Told.TAKEN, Told.CREATED]),
        (State.HELD, State.RELEASED, [Told.RELEASED]),
        (State.HELD, State.CANCELLED, [Told.RELEASED]),
    ],
)
def test_what_is_told_of_a_change(before: State | None, after: State, told: list[Told]) -> None:
    old = Stand(state=before, starts_at=SOON) if before else None
    assert list(bookings.difference(old, Stand(state=after, starts_at=SOON))) == told


def test_a_new_time_is_told_while_somebody_is_expected() -> None:
    booked, moved = (Stand(state=State.BOOKED, starts_at=at) for at in (SOON, LATER))
    over = Stand(state=State.CANCELLED, starts_at=LATER)
    assert bookings.difference(booked, moved) == (Told.MOVED,)
    assert bookings.difference(booked, over) == (Told.CANCELLED,)


@given(state=STATES)
def test_the_same_state_tells_nothing_again(state: State) -> None:
    stand = Stand(state=state, starts_at=SOON)
    assert bookings.difference(stand, stand) == ()


@given(before=STATES, after=STATES)
def test_what_was_told_as_made_is_told_as_over(before: State, after: State) -> None:
    told = bookings.difference(
        Stand(state=before, starts_at=SOON), Stand(state=after, starts_at=SOON)
    )
    assert (Told.CANCELLED in told) == (
        before in bookings.TAKING - {State.HELD} and after in bookings.OVER
    )


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (State.BOOKED, State.CONFIRMED, True),
        (State.ATTENDED, State.NO_SHOW, True),
        (State.CANCELLED, State.BOOKED, True),
        (State.ATTENDED, State.CANCELLED, False),
        (State.CANCELLED, State.CONFIRMED, False),
        (State.NO_SHOW, State.BOOKED, False),
        (State.HELD, State.ATTENDED, False),
    ],
)
def test_where_a_booking_may_go(before: State, after: State, *, may: bool) -> None:
    assert bookings.may_go(before, after) is may


TAKEN = st.builds(Taken, state=STATES, places=st.integers(1, 9))


@given(capacity=st.integers(0, 30), wishes=st.lists(TAKEN, max_size=20))
def test_a_slot_is_never_overbooked(capacity: int, wishes: list[Taken]) -> None:
    taken: list[Taken] = []
    for wish in wishes:
        if wish.state not in bookings.TAKING or wish.places <= bookings.free_places(
            capacity, taken
        ):
            taken.append(wish)
    assert sum(one.places for one in taken if one.state in bookings.TAKING) <= capacity


@given(
    free=st.integers(0, 9),
    places=st.lists(st.integers(1, 9), max_size=8),
)
def test_the_first_in_line_who_fits_is_next(free: int, places: list[int]) -> None:
    line = [
        InLine(id=str(at), places=one, since=NOW + timedelta(minutes=at))
        for at, one in enumerate(places)
    ]
    found = bookings.next_in_line(free, list(reversed(line)))
    fitting = [one for one in line if one.places <= free]
    assert found == (fitting[0] if fitting else None)


@pytest.mark.req("AP13")
@given(minutes=st.integers(1, 10_000), ahead=st.integers(-600, 10_000))
def test_a_hold_ends_and_not_after_the_start(minutes: int, ahead: int) -> None:
    starts_at = NOW + timedelta(minutes=ahead)
    until = bookings.held_until(NOW, starts_at, timedelta(minutes=minutes))
    assert NOW <= until <= NOW + timedelta(minutes=minutes)
    assert until <= max(NOW, starts_at)


@pytest.mark.req("AP11", "AP14")
@pytest.mark.parametrize(
    ("hours_ahead", "reason"),
    [(13, Reason.ASKED), (12, Reason.ASKED), (11, Reason.LATE_CANCELLATION)],
)
def test_a_cancellation_inside_the_window_has_a_code_of_its_own(
    hours_ahead: int, reason: Reason
) -> None:
    starts_at = NOW + timedelta(hours=hours_ahead)
    assert bookings.cancel_reason(NOW, starts_at, timedelta(hours=12)) is reason


@pytest.mark.req("AP12")
@pytest.mark.parametrize(
    ("price", "set_to", "due"),
    [
        (9_999, None, 0),
        (10_000, None, 2_500),
        (10_001, None, 2_501),
        (500, 200, 200),
        (50_000, 0, 0),
    ],
)
def test_high_value_needs_a_deposit(price: int, set_to: int | None, due: int) -> None:
    assert bookings.deposit_due(price, set_to, from_minor=10_000, percent=25) == due


@pytest.mark.req("AP18")
@pytest.mark.parametrize(
    ("ahead", "entry"), [(7, Entry.AHEAD), (6, Entry.AHEAD), (5, Entry.LATE), (0, Entry.WALK_IN)]
)
def test_how_somebody_came_to_a_booking(ahead: int, entry: Entry) -> None:
    assert bookings.entry_of(NOW, NOW + timedelta(hours=ahead), timedelta(hours=6)) is entry


@given(moments=st.lists(st.datetimes(timezones=st.just(UTC)), min_size=2, max_size=2))
def test_stamps_order_as_their_moments_do(moments: list[datetime]) -> None:
    first, second = (records.stamp_at(one) for one in moments)
    assert records.is_newer(second, first) == (moments[1] > moments[0])
    assert len(first) <= records.MAX_STAMP


@given(first=st.integers(0, 10**18), second=st.integers(0, 10**18))
def test_stamps_order_as_their_numbers_do(first: int, second: int) -> None:
    newer = records.is_newer(records.stamp_of(second), records.stamp_of(first))
    assert newer == (second > first)
