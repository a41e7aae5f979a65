"""Bands and thresholds: who wins, within which bounds, and what nothing can touch."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import confidence
from baton.core.confidence import Band, ConfidencePolicy, Scope, Thresholds
from baton.core.policy import Policy

DELIVERED = Thresholds(answer=0.80, floor=0.45)
EVERYWHERE = Thresholds(answer=0.85, floor=0.50)
FLOW = Thresholds(answer=0.75, floor=0.40)
INTENT = Thresholds(answer=0.60, floor=0.20)
TODAY = date(2026, 3, 2)

PERCENTS = st.integers(0, 100).map(lambda percent: percent / 100)
SETTABLE = st.builds(
    Thresholds,
    answer=st.integers(60, 95).map(lambda p: p / 100),
    floor=st.integers(20, 59).map(lambda p: p / 100),
)


@pytest.mark.req("X2", "E25", "U7")
@pytest.mark.parametrize(
    ("sure", "band"),
    [
        (1.00, Band.ANSWERED),
        (0.80, Band.ANSWERED),
        (0.7999, Band.REVIEWED),
        (0.45, Band.REVIEWED),
        (0.4499, Band.FAILED),
        (0.0, Band.FAILED),
    ],
)
def test_three_bands_of_the_policy_as_delivered(sure: float, band: Band) -> None:
    assert confidence.base_of(Policy()).band_of(sure) is band


@pytest.mark.req("FQ11", "X27")
def test_an_intent_wins_over_its_flow_a_flow_over_everywhere_and_that_over_the_pack() -> None:
    policy = ConfidencePolicy(base=DELIVERED)
    assert policy.in_flow("faq").of("hours") == DELIVERED
    policy = policy.with_set(Scope.WORKSPACE, "", EVERYWHERE)
    assert policy.in_flow("faq").of("hours") == EVERYWHERE
    policy = policy.with_set(Scope.FLOW, "faq", FLOW)
    assert policy.in_flow("faq").of("hours") == FLOW
    assert policy.in_flow("csat").of("hours") == EVERYWHERE
    policy = policy.with_set(Scope.INTENT, "hours", INTENT)
    assert policy.in_flow("faq").of("hours") == INTENT
    assert policy.in_flow("faq").of("parking") == FLOW
    policy = policy.with_set(Scope.INTENT, "hours", None).with_set(Scope.FLOW, "faq", None)
    assert policy.in_flow("faq").of("hours") == EVERYWHERE
    assert policy.with_set(Scope.WORKSPACE, "", None).in_flow("faq").of("hours") == DELIVERED


def test_what_holds_for_a_scope_is_its_own_or_what_stands_above_it() -> None:
    policy = ConfidencePolicy(base=DELIVERED)
    policy = policy.with_set(Scope.FLOW, "faq", FLOW).with_set(Scope.INTENT, "hours", INTENT)
    assert policy.holding(Scope.INTENT, "hours") == INTENT
    assert policy.holding(Scope.INTENT, "parking") == DELIVERED
    assert policy.holding(Scope.FLOW, "faq") == FLOW
    assert policy.holding(Scope.FLOW, "hours") == DELIVERED
    assert policy.holding(Scope.WORKSPACE, "") == DELIVERED


@pytest.mark.req("X27", "E13")
@given(SETTABLE, st.sampled_from(Scope), PERCENTS)
def test_no_setting_makes_deaf_to_what_calls_for_a_person(
    value: Thresholds, scope: Scope, sure: float
) -> None:
    before = ConfidencePolicy(base=DELIVERED, guarded=frozenset({"ask_person"}))
    name = {Scope.WORKSPACE: "", Scope.FLOW: "faq", Scope.INTENT: "ask_person"}[scope]
    after = before.with_set(scope, name, value)
    order = list(Band)  # from sure to not understood
    was = before.in_flow("faq").band_of("ask_person", sure)
    now = after.in_flow("faq").band_of("ask_person", sure)
    assert order.index(now) <= order.index(was)


@given(SETTABLE)
def test_what_lies_within_the_bounds_may_be_set(value: Thresholds) -> None:
    assert confidence.problems_with(value) == {}


@pytest.mark.parametrize(
    ("answer", "floor", "field"),
    [
        (0.59, 0.45, "answer"),
        (0.96, 0.45, "answer"),
        (0.80, 0.19, "floor"),
        (0.80, 0.71, "floor"),
        (0.65, 0.65, "floor"),
        (0.60, 0.70, "floor"),
        (0.80, float("nan"), "floor"),
    ],
)
def test_what_lies_beyond_is_told_by_field(answer: float, floor: float, field: str) -> None:
    problems = confidence.problems_with(Thresholds(answer=answer, floor=floor))
    assert list(problems) == [field]


@pytest.mark.req("X27")
@pytest.mark.parametrize(
    ("days", "is_fine"), [(-1, False), (0, False), (1, True), (30, True), (180, True), (181, False)]
)
def test_a_review_date_lies_ahead_and_not_too_far(days: int, is_fine: bool) -> None:  # noqa: FBT001 - a table
    found = confidence.problem_with_review(TODAY + timedelta(days=days), today=TODAY)
    assert (found == "") is is_fine
