"""Signs of leaving: each at its limit, several together, and what a score never does."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core import churn
from baton.core.churn import Habits, Sign
from baton.core.policy import Policy

RULES = churn.rules_of(Policy())
# Came twelve times a month until now.
REGULAR = Habits(visits=120, since_first=360, since_last=1, recent=12, before=36)
AWAY = replace(REGULAR, since_last=14, recent=6)


def signs_of(habits: Habits) -> dict[str, int]:
    return {one.sign.value: one.points for one in churn.score(habits, RULES).signs}


@pytest.mark.req("CH1", "CH4")
@pytest.mark.parametrize(
    ("habits", "expected"),
    [
        (REGULAR, set()),
        (replace(REGULAR, since_last=13), set()),
        (replace(REGULAR, since_last=14), {"away"}),
        # Who comes every 30 days is not away after 40.
        (Habits(visits=10, since_first=310, since_last=40, recent=0, before=2), set()),
        (Habits(visits=10, since_first=315, since_last=45, recent=0, before=2), {"away"}),
        (replace(REGULAR, recent=7), set()),
        (replace(REGULAR, recent=6), {"fewer"}),
        (replace(REGULAR, missed=1), set()),
        (replace(REGULAR, missed=2), {"missed"}),
        (replace(REGULAR, since_payment=7), {"payment"}),
        (replace(REGULAR, since_payment=8), set()),
        (replace(REGULAR, since_app=20), set()),
        (replace(REGULAR, since_app=21), {"idle"}),
        (replace(REGULAR, unread=2), set()),
        (replace(REGULAR, unread=3), {"quiet"}),
        (Habits(visits=5, since_first=90, since_last=3, recent=2, before=2), {"rare"}),
        (Habits(visits=6, since_first=90, since_last=3, recent=2, before=2), set()),
        # New this month: there was no time for a habit.
        (Habits(visits=1, since_first=29, since_last=3, recent=1, before=0), set()),
        # A booking ahead speaks louder than days without a visit, not than a failed payment.
        (replace(AWAY, is_expected=True), set()),
        (replace(AWAY, is_expected=True, since_payment=0), {"payment"}),
    ],
)
def test_each_sign_stands_from_its_limit_on(habits: Habits, expected: set[str]) -> None:
    assert set(signs_of(habits)) == expected


@pytest.mark.req("CH2", "X24")
def test_one_sign_is_never_enough_unless_the_preset_says_so() -> None:
    gone = replace(REGULAR, since_last=300, visits=60)
    assert set(signs_of(gone)) == {"away"}
    assert not churn.score(gone, RULES).is_at_risk
    assert churn.score(gone, dataclasses.replace(RULES, min_signs=1)).is_at_risk
    assert churn.score(AWAY, RULES).is_at_risk


@pytest.mark.req("CH3")
def test_every_point_tells_the_numbers_that_it_came_from() -> None:
    scored = churn.score(replace(AWAY, since_payment=3), RULES)
    assert [(p.sign, p.seen, p.against) for p in scored.signs] == [
        (Sign.AWAY, 14, 14),
        (Sign.FEWER, 6, 12),
        (Sign.PAYMENT, 3, 7),
    ]
    assert scored.points == sum(p.points for p in scored.signs) == 11 + 10 + 25


@pytest.mark.req("U11")
def test_a_sign_without_weight_is_not_looked_for() -> None:
    rules = churn.rules_of(dataclasses.replace(Policy(), churn_payment_points=0))
    assert churn.score(replace(REGULAR, since_payment=0), rules).signs == ()


@pytest.mark.req("CH6", "U11")
@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ((), 0.2, 0),
        ((0, 0), 0.2, 0),
        ((10, 20, 30, 40, 50), 0.2, 50),
        ((10, 20, 30, 40, 50), 0.4, 40),
        ((10, 20, 30), 0.01, 30),
        ((10, 20, 30), 0.0, 0),
        ((10, 0, 30), 1.0, 10),
    ],
)
def test_the_best_share_is_of_high_value(
    values: tuple[int, ...], share: float, expected: int
) -> None:
    assert churn.worth_from(values, share) == expected


days = st.integers(0, 365)
habits = st.builds(
    lambda visits, first, back, **others: Habits(
        visits=visits, since_first=first, since_last=max(0, first - back), **others
    ),
    st.integers(1, 400), days, days, recent=st.integers(0, 60), before=st.integers(0, 200),
    missed=st.integers(0, 20), is_expected=st.booleans(),
    since_payment=st.none() | days, since_app=st.none() | days,
)  # fmt: skip


@given(habits)
def test_a_score_lies_between_nothing_and_a_hundred_and_risk_has_its_signs(one: Habits) -> None:
    scored = churn.score(one, RULES)
    assert 0 <= scored.points <= churn.MOST
    assert all(point.points >= 0 for point in scored.signs)
    assert not scored.is_at_risk or len(scored.signs) >= RULES.min_signs


@given(habits, st.integers(0, 60))
def test_more_days_away_never_lower_a_score_of_the_same_visits(one: Habits, more: int) -> None:
    later = replace(one, since_first=one.since_first + more, since_last=one.since_last + more)
    if one.since_first >= churn.RECENT_DAYS:
        assert churn.score(later, RULES).points >= churn.score(one, RULES).points
