"""Clocks: how long each runs, when it warns, and that a pause takes nothing and gives nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given

from baton.core import breaches, clocks, hours
from baton.core.breaches import Reason, Situation
from baton.core.clocks import Kind
from baton.core.hours import BusinessHours
from baton.core.ownership import Owner
from baton.core.pack import Queue
from baton.core.policy import Policy
from tests.core.test_hours import LONDON, MOMENTS, PLACES, SPANS, at, minutes

POLICY = Policy()
ALWAYS = hours.parse_hours({}, zone="UTC")
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.req("U6", "R7")
@pytest.mark.parametrize(
    ("kind", "own", "expected"),
    [
        (Kind.FIRST_RESPONSE, {}, 30),
        (Kind.ASYNC_PROMISE, {}, 240),
        (Kind.NEXT_RESPONSE, {}, 30),
        (Kind.NEXT_RESPONSE, {"next_response_minutes": 5}, 5),
        (Kind.RESOLUTION, {}, 24 * 60),
        (Kind.RESOLUTION, {"resolution_minutes": 90}, 90),
    ],
)
def test_each_queue_has_windows_of_its_own(kind: Kind, own: dict[str, int], expected: int) -> None:
    queue = Queue(name="q", title="Q", first_response_minutes=30, async_window_minutes=240, **own)
    assert clocks.window_of(kind, queue, POLICY) == minutes(expected)


@pytest.mark.parametrize(
    ("start", "window", "warns"),
    [
        ("2026-03-02T10:00Z", 40, "2026-03-02T10:30Z"),
        ("2026-03-06T20:50Z", 40, "2026-03-09T06:20Z"),  # a Friday evening
        ("2026-03-27T20:30Z", 120, "2026-03-30T06:00Z"),  # clocks go forward in between
    ],
)
def test_a_clock_warns_once_its_share_of_opening_hours_is_gone(
    start: str, window: int, warns: str
) -> None:
    clock = clocks.start(Kind.FIRST_RESPONSE, minutes(window), LONDON, now=at(start))
    assert clocks.warns_at(clock, LONDON, POLICY, now=at(start)) == at(warns)


@given(PLACES, MOMENTS, SPANS.filter(bool), SPANS)
@example(LONDON, at("2026-03-28T23:30Z"), minutes(60), minutes(90))
@example(LONDON, at("2026-10-24T23:30Z"), minutes(60), minutes(90))
def test_a_warning_comes_between_the_start_and_the_end(
    place: BusinessHours, now: datetime, window: timedelta, gone: timedelta
) -> None:
    clock = clocks.start(Kind.RESOLUTION, window, place, now=now)
    assert now <= clocks.warns_at(clock, place, POLICY, now=now) <= clock.due_at
    later = now + gone
    assert clocks.warns_at(clock, place, POLICY, now=later) <= clock.due_at


@given(PLACES, MOMENTS, SPANS.filter(bool), SPANS, SPANS)
@example(LONDON, at("2026-03-27T20:30Z"), minutes(600), minutes(10), minutes(2880))
def test_a_pause_takes_nothing_and_gives_nothing(
    place: BusinessHours, now: datetime, window: timedelta, ran: timedelta, stood: timedelta
) -> None:
    clock = clocks.start(Kind.RESOLUTION, window, place, now=now)
    if clock.due_at - now > timedelta(days=30):
        return  # a place that hardly opens
    paused_at, resumed_at = now + ran, now + ran + stood
    paused = clocks.pause(clock, now=paused_at)
    assert clocks.pause(paused, now=resumed_at) == paused
    going = clocks.resume(paused, place, now=resumed_at)
    assert going.paused_at is None
    assert going.due_at >= clock.due_at
    if paused_at < clock.due_at:
        left = place.between(paused_at, clock.due_at)
        assert place.between(resumed_at, going.due_at) == left
    else:
        assert going.due_at == clock.due_at


@given(PLACES, MOMENTS, SPANS)
def test_open_time_between_two_moments_is_what_leads_from_one_to_the_other(
    place: BusinessHours, start: datetime, span: timedelta
) -> None:
    end = place.after(start, span)
    if end - start < timedelta(days=60):
        assert place.between(start, end) == span


def test_open_time_backward_is_none() -> None:
    assert ALWAYS.between(NOW, NOW - minutes(1)) == LONDON.between(NOW, NOW - minutes(1))
    assert ALWAYS.between(NOW, NOW - minutes(1)) == minutes(0)


OLD, FRESH = NOW - timedelta(hours=24), NOW - timedelta(hours=23)


@pytest.mark.req("R10", "AL4", "U6")
@pytest.mark.parametrize(
    ("situation", "found"),
    [
        (Situation(owner=Owner.QUEUE, handed_over_at=OLD), (Reason.ORPHANED,)),
        (Situation(owner=Owner.ASYNC, handed_over_at=OLD), (Reason.ORPHANED,)),
        (Situation(owner=Owner.AGENT, handed_over_at=OLD), (Reason.ORPHANED,)),
        (Situation(owner=Owner.QUEUE, handed_over_at=FRESH), ()),
        (Situation(owner=Owner.BOT, handed_over_at=OLD), ()),
        (Situation(owner=Owner.AGENT, handed_over_at=OLD, is_asleep=True), ()),
        (
            Situation(owner=Owner.AGENT, handed_over_at=FRESH, is_holder_here=False),
            (Reason.UNOWNED,),
        ),
        (
            Situation(owner=Owner.QUEUE, handed_over_at=FRESH, is_clock_running=False),
            (Reason.UNOWNED,),
        ),
        (Situation(owner=Owner.AGENT, handed_over_at=FRESH, is_clock_running=False), ()),
        (
            Situation(owner=Owner.QUEUE, handed_over_at=OLD, is_clock_running=False),
            (Reason.ORPHANED, Reason.UNOWNED),
        ),
    ],
)
def test_what_the_daily_check_finds(situation: Situation, found: tuple[Reason, ...]) -> None:
    assert breaches.found_in(situation, POLICY, now=NOW) == found
