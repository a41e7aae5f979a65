"""Urgency: the strongest signal sets it, and a clock that runs out raises it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import urgency
from baton.core.hard_stops import HANDLING, HardStop, HardStopMatch
from baton.core.urgency import Urgency

START = datetime.fromisoformat("2026-03-02T10:00Z")
DUE = START + timedelta(minutes=100)


def a_stop(kind: HardStop) -> HardStopMatch:
    return HardStopMatch(kind=kind, text="x", start=0, end=1)


STOPS = st.lists(st.sampled_from(HardStop).map(a_stop), max_size=3).map(tuple)


@pytest.mark.req("H5", "U13")
@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        (urgency.score(()), Urgency(score=10, cause="waiting")),
        (urgency.score((), sentiment=0.9), Urgency(score=10, cause="waiting")),
        (urgency.score((), sentiment=-1.0), Urgency(score=60, cause="sentiment")),
        (urgency.score((), sentiment=-0.1), Urgency(score=10, cause="waiting")),
        (urgency.score((), recontacts=1), Urgency(score=25, cause="repeat_contact")),
        (urgency.score((), recontacts=9), Urgency(score=75, cause="repeat_contact")),
        (urgency.score((a_stop(HardStop.REFUND),)), Urgency(score=65, cause="refund")),
        (
            urgency.score((a_stop(HardStop.PERSON), a_stop(HardStop.RED_FLAG)), sentiment=-1.0),
            Urgency(score=100, cause="red_flag"),
        ),
        (
            urgency.score((a_stop(HardStop.PERSON),), recontacts=2),
            Urgency(score=50, cause="repeat_contact"),
        ),
    ],
)
def test_the_strongest_signal_sets_it(scored: Urgency, expected: Urgency) -> None:
    assert scored == expected


@given(STOPS, st.floats(-1, 1), st.integers(0, 100))
def test_it_stays_within_bounds_and_is_never_below_its_worst_stop(
    stops: tuple[HardStopMatch, ...], sentiment: float, recontacts: int
) -> None:
    scored = urgency.score(stops, sentiment=sentiment, recontacts=recontacts)
    assert 0 < scored.score <= urgency.MAX
    assert all(scored.score >= HANDLING[stop.kind].severity for stop in stops)
    assert scored.cause


@pytest.mark.parametrize(
    ("gone", "score", "cause"),
    [(0, 10, "waiting"), (50, 22, "clock"), (90, 73, "clock"), (100, 100, "breached")],
)
def test_a_clock_that_runs_out_raises_it(gone: int, score: int, cause: str) -> None:
    now = START + timedelta(minutes=gone)
    found = urgency.with_clock(urgency.score(()), started_at=START, due_at=DUE, now=now)
    assert found == Urgency(score=score, cause=cause)


@given(STOPS, st.integers(0, 300), st.integers(0, 300))
def test_waiting_longer_never_lowers_it(
    stops: tuple[HardStopMatch, ...], waited: int, longer: int
) -> None:
    base = urgency.score(stops)
    first, later = (
        urgency.with_clock(
            base, started_at=START, due_at=DUE, now=START + timedelta(minutes=minutes)
        )
        for minutes in (waited, waited + longer)
    )
    assert base.score <= first.score <= later.score <= urgency.MAX


def test_a_clock_without_a_span_is_no_division() -> None:
    found = urgency.with_clock(urgency.score(()), started_at=DUE, due_at=DUE, now=START)
    assert found == urgency.score(())
