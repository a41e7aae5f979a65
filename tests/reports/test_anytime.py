"""Intervals that hold at every look, and how many contacts an experiment takes."""

from math import exp, log, sqrt

import pytest
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from baton.config.bench import peeking
from baton.core.experiments import Arm, Design, Tries
from baton.reports import anytime, power
from baton.reports.experiments import size_of
from baton.reports.intervals import Sums
from baton.reports.power import Sides


def ones(count: int, hits: int) -> Sums:
    return Sums(count=count, total=float(hits), squares=float(hits))


def test_the_reach_solves_its_equation_and_is_the_best_of_all_mixtures() -> None:
    reach = anytime.reach()
    # x = reach squared solves x e^(1 - x) = alpha squared, on the branch above 1
    assert reach**2 == pytest.approx(
        brentq(lambda x: x * exp(1 - x) - 0.05**2, 2, 30, xtol=1e-13), rel=1e-9
    )
    width = minimize_scalar(
        lambda rho: sqrt((1 + rho) * log((1 + rho) / (rho * 0.05**2))),
        bounds=(1e-3, 1),
        method="bounded",
        options={"xatol": 1e-12},
    ).fun
    assert reach == pytest.approx(width, rel=1e-9)


def test_at_the_planned_size_the_interval_reaches_so_far() -> None:
    tried, control = ones(1000, 330), ones(1000, 300)
    together = stats.bernoulli(0.315).var() * 2000 / 1999
    variance = 2 * together / 1000
    found = anytime.difference(tried, control, planned=variance)
    assert found is not None
    half = anytime.reach() * sqrt(variance)
    assert [found.low, found.high] == [
        pytest.approx(0.03 - half, abs=1e-3), pytest.approx(0.03 + half, abs=1e-3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tried", "control", "is_told"),
    [
        (ones(29, 10), ones(500, 100), False),  # too few
        (ones(500, 0), ones(500, 0), False),  # nothing varies: nothing can be said
        (ones(200, 0), ones(1800, 36), True),  # rare, and one side met nothing yet
    ],
)
def test_what_too_few_tell_is_no_interval(tried: Sums, control: Sums, *, is_told: bool) -> None:
    found = anytime.difference(tried, control, planned=1e-4)
    assert (found is not None) is is_told
    if found is not None:
        assert found.low < 0 < found.high


@pytest.mark.req("AB9", "X28")
def test_daily_looks_at_nothing_seldom_see_something() -> None:
    found = peeking.measured(200, seed=7)
    assert float(str(found["false_alarms"])) <= 0.05
    # The interval of one look is what this mends, and must show its fault here.
    assert float(str(found["false_alarms_of_one_look"])) > 0.15
    assert float(str(found["found"])) >= 0.75


@pytest.mark.parametrize(
    ("before", "after", "arm", "expected"),
    # normal_power_het of statsmodels 0.15.0, two-sided, with unpooled variances
    [
        (0.80, 0.85, 200, 0.2612167742441363),
        (0.80, 0.85, 900, 0.7988593616322234),
        (0.10, 0.08, 5000, 0.9377864912461022),
    ],
)
def test_power_agrees_with_statsmodels(
    before: float, after: float, arm: int, expected: float
) -> None:
    spreads = (power.spread_of_share(after), power.spread_of_share(before))
    sides = Sides(spreads=spreads, shares=(0.5, 0.5))
    found = power.power(sides, after - before, 2 * arm, reach=sides.once)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.req("AB2", "X28")
def test_two_hundred_marks_an_arm_show_no_five_points() -> None:
    spreads = (power.spread_of_share(0.85), power.spread_of_share(0.80))
    sides = Sides(spreads=spreads, shares=(0.5, 0.5))
    # normal_sample_size_one_tail of statsmodels 0.15.0 gives 902.62 an arm
    assert power.needed(sides, 0.05, reach=sides.once) == 1806
    assert power.power(sides, 0.05, 400, reach=sides.once) < 0.3
    # What it can show and what it takes are two sides of one thing.
    takes = power.needed(sides, 0.05, reach=sides.always)
    assert power.least_effect(sides, takes, reach=sides.always) == pytest.approx(0.05, rel=1e-3)


def test_two_arms_against_one_control_take_more_each() -> None:
    assert power.alpha_of(2) == pytest.approx(0.05)
    assert power.alpha_of(3) == pytest.approx(0.025)
    two, three = (
        size_of(
            Design(
                name="x",
                arms=tuple(Arm(name=str(nth), share=share) for nth, share in enumerate(shares)),
                control="0",
                tries=Tries.COPY,
                metric="containment",
                guards=("csat",),
                baseline=0.5,
                spread=0.5,
                effect=0.1,
                contacts=0,
            )
        )
        for shares in ((50, 50), (34, 33, 33))
    )
    assert three.contacts > 1.5 * two.contacts


@pytest.mark.parametrize(
    ("counts", "is_uneven"),
    [((500, 500), False), ((520, 480), False), ((600, 400), True), ((9, 1), False)],
)
def test_an_uneven_deal_is_known(counts: tuple[int, int], *, is_uneven: bool) -> None:
    assert (anytime.odds_uneven(counts, (0.5, 0.5)) > anytime.UNEVEN) is is_uneven
    # Against the plain test of one look, ours is the stricter one.
    if is_uneven:
        assert stats.chisquare(counts).pvalue < 1 / anytime.UNEVEN
