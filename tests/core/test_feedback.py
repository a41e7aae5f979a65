"""Feedback: three scales apart, who was won back, and when no further call is promised."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import feedback, survey
from baton.core.feedback import Load, Segment, Unhappy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.req("NP6", "X17")
@pytest.mark.parametrize(
    ("rating", "segment"),
    [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter")],
)
def test_each_mark_is_of_one_segment(rating: int, segment: str) -> None:
    assert feedback.segment_of(rating) is Segment(segment)


def test_the_score_is_promoters_less_detractors() -> None:
    assert feedback.nps_of([]) is None
    assert feedback.nps_of([10, 9, 8, 0]) == 25
    assert feedback.nps_of([7]) == 0


@given(ratings=st.lists(st.integers(min_value=0, max_value=10), min_size=1))
def test_the_score_stays_within_its_bounds(ratings: list[int]) -> None:
    found = feedback.nps_of(ratings)
    assert found is not None
    assert -100 <= found <= 100


@pytest.mark.req("X19")
def test_how_a_visit_was_is_a_question_of_its_own() -> None:
    assert survey.SCALES["visit"] is not survey.SCALES["csat"]
    assert survey.SCALES["visit"].marks == survey.SCALES["csat"].marks
    assert {scale.low for scale in survey.SCALES.values()} == {2, 6}


@pytest.mark.req("NP16", "NP20", "NP21", "X15")
def test_who_is_won_back_counts_over_those_reached_and_over_all() -> None:
    found = feedback.recovery_of(
        (
            Unhappy(reached_after=HOUR, again=9, again_after=20 * DAY),
            Unhappy(reached_after=25 * HOUR, again=6, again_after=20 * DAY),
            Unhappy(again=7, again_after=30 * DAY),
            Unhappy(reached_after=HOUR, again=10, again_after=31 * DAY),  # too late to tell
            Unhappy(),
        )
    )
    assert (found.unhappy, found.reached, found.reached_in_time) == (5, 3, 2)
    assert (found.won_back, found.won_back_of_reached) == (2, 1)
    assert found.of_all == 2 / 5
    assert found.of_reached == 1 / 3
    assert feedback.recovery_of(()).of_all is None


@pytest.mark.req("NP15")
@pytest.mark.parametrize(
    ("load", "keeps"),
    [
        (Load(late=0, done_in_time=0, done_late=0), True),
        (Load(late=1, done_in_time=99, done_late=0), False),
        (Load(late=0, done_in_time=1, done_late=3), True),  # too few to tell
        (Load(late=0, done_in_time=8, done_late=2), True),
        (Load(late=0, done_in_time=7, done_late=2), False),
    ],
)
def test_no_further_call_is_promised_while_calls_are_late(load: Load, keeps: bool) -> None:  # noqa: FBT001 - a table
    assert feedback.keeps_up(load) is keeps
