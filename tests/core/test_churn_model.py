"""A learned score: it weighs the signs that the rules see, and adds none of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core import churn, churn_model
from baton.core.churn import Habits, Sign
from baton.core.churn_model import Model
from baton.core.policy import Policy

RULES = churn.rules_of(Policy())
AWAY = Habits(visits=20, since_first=200, since_last=30, recent=0, before=9)
MODEL = Model(
    intercept=-0.5, weights=(1.0, 0.4, -0.3, -0.6, 0.2), usual=(2.0, 0.0, 0.0, 1.0, 0.0),
    spread=(1.0, 1.0, 1.0, 1.0, 1.0), at_risk_points=60,
)  # fmt: skip
HABITS = st.builds(
    lambda visits, first, share, recent, before, missed, **more: Habits(
        visits=visits, since_first=first, since_last=int(first * share), recent=recent,
        before=before, missed=missed, **more,
    ),
    visits=st.integers(1, 400), first=st.integers(0, 364), share=st.floats(0, 1),
    recent=st.integers(0, 60), before=st.integers(0, 180), missed=st.integers(0, 9),
    is_expected=st.booleans(), since_payment=st.none() | st.integers(0, 400),
    unread=st.integers(0, 9),
)  # fmt: skip


@pytest.mark.req("CH2", "CH3")
@given(habits=HABITS)
def test_every_point_belongs_to_a_sign_that_the_rules_see(habits: Habits) -> None:
    ruled = churn.score(habits, RULES)
    scored = churn_model.score(habits, RULES, MODEL)
    assert [one.sign for one in scored.signs] == [one.sign for one in ruled.signs]
    assert all(one.points >= 0 for one in scored.signs)
    assert scored.points == min(churn.MOST, sum(one.points for one in scored.signs))
    assert not scored.is_at_risk or len(scored.signs) >= RULES.min_signs


@pytest.mark.req("CH3")
def test_the_longer_somebody_is_away_the_more_points_there_are() -> None:
    points = [
        churn_model.score(replace(AWAY, since_last=days), RULES, MODEL).points
        for days in (20, 40, 80, 160)
    ]
    assert points == sorted(set(points))


def test_what_is_told_elsewhere_counts_on_top_and_a_booking_ahead_leaves_the_rules() -> None:
    alone = churn_model.score(AWAY, RULES, MODEL)
    failed = churn_model.score(replace(AWAY, since_payment=1), RULES, MODEL)
    assert failed.points == min(100, alone.points + RULES.weights[Sign.PAYMENT])
    expected = replace(AWAY, is_expected=True, missed=3)
    assert churn_model.score(expected, RULES, MODEL) == churn.score(expected, RULES)
