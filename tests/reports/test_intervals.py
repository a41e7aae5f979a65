"""Intervals: known values, and what holds for any count."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import proportion, rates, weightstats

from baton.reports import intervals
from baton.reports.intervals import Sums


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [
        # Newcombe 1998, table I, method 3 (Wilson's score without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(successes: int, total: int, low: float, high: float) -> None:
    found = intervals.wilson(successes, total)
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_share_lies_within_its_interval(part: int, rest: int) -> None:
    found = intervals.wilson(part, part + rest)
    assert 0 <= found.low <= found.high <= 1
    if part + rest:
        assert found.low <= part / (part + rest) <= found.high


def test_of_nothing_nothing_is_known() -> None:
    assert intervals.wilson(0, 0) == intervals.Interval(low=0, high=1)


@given(st.integers(0, 10_000))
def test_a_count_lies_within_its_interval(count: int) -> None:
    found = intervals.counted(count)
    assert 0 <= found.low <= count <= found.high


@pytest.mark.req("X28")
@pytest.mark.parametrize("count", [0, 1, 7, 30, 4_321])
def test_a_count_as_statsmodels_has_it(count: int) -> None:
    found = intervals.counted(count)
    wanted = rates.confint_poisson(count, 1, method="exact-c")
    assert (found.low, found.high) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@pytest.mark.req("X28")
@pytest.mark.parametrize(
    ("now", "before"), [((56, 70), (48, 80)), ((9, 300), (31, 410)), ((1, 5_000), (5, 5_000))]
)
def test_two_shares_as_statsmodels_has_them(now: tuple[int, int], before: tuple[int, int]) -> None:
    one = proportion.proportion_confint(*now, method="wilson")
    found = intervals.wilson(*now)
    assert (found.low, found.high) == pytest.approx(one, abs=1e-9)
    wanted = proportion.confint_proportions_2indep(*now, *before, compare="diff", method="newcomb")
    apart = intervals.share_difference(now, before)
    assert (apart.low, apart.high) == pytest.approx(wanted, abs=1e-9)
    wanted = proportion.confint_proportions_2indep(*now, *before, compare="ratio", method="log")
    times = intervals.share_ratio(now, before)
    assert (times.low, times.high) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.req("X28")
@pytest.mark.parametrize(("now", "before"), [((30, 7.0), (80, 28.0)), ((3, 2.0), (9, 14.0))])
def test_a_rise_of_counts_as_statsmodels_has_it(
    now: tuple[int, float], before: tuple[int, float]
) -> None:
    wanted = rates.test_poisson_2indep(*now, *before, method="exact-cond", alternative="larger")
    assert intervals.chance_of_more(now, before) == pytest.approx(wanted.pvalue, rel=1e-9)


VALUES = ([0.0, 25.0, 100.0, 75.0, 75.0], [50.0, 100.0], [1e6 + 1, 1e6 + 2, 1e6 + 4], [3.0, 3.0])


def sums_of(values: list[float]) -> Sums:
    return Sums(count=len(values), total=sum(values), squares=sum(one * one for one in values))


@pytest.mark.req("X28")
@pytest.mark.parametrize(
    ("successes", "total"), [(0, 7), (1, 1), (3, 9), (81, 263), (4_999, 5_000)]
)
def test_wilson_as_scipy_has_it(successes: int, total: int) -> None:
    wanted = stats.binomtest(successes, total).proportion_ci(method="wilson")
    found = intervals.wilson(successes, total)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


@pytest.mark.req("X28")
@pytest.mark.parametrize("values", VALUES[:3])
def test_a_mean_as_scipy_has_it(values: list[float]) -> None:
    wanted = stats.ttest_1samp(values, 0).confidence_interval()
    found = intervals.student(sums_of(values))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), rel=1e-9, abs=1e-9)
    also = weightstats.DescrStatsW(values).tconfint_mean()
    assert (found.low, found.high) == pytest.approx(also, rel=1e-9, abs=1e-9)


def test_one_mark_has_no_interval_and_equal_ones_have_no_width() -> None:
    assert intervals.student(sums_of([3.0])) is None
    assert intervals.student(sums_of([3.0, 3.0])) == intervals.Interval(low=3, high=3)
    assert intervals.difference(sums_of([3.0]), sums_of([3.0, 4.0])) is None


@pytest.mark.parametrize(("now", "before"), [(VALUES[0], VALUES[1]), (VALUES[1], VALUES[0])])
def test_a_difference_of_means_as_scipy_has_it(now: list[float], before: list[float]) -> None:
    wanted = stats.ttest_ind(now, before, equal_var=False).confidence_interval()
    found = intervals.difference(sums_of(now), sums_of(before))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    means = weightstats.CompareMeans(*map(weightstats.DescrStatsW, (now, before)))
    also = means.tconfint_diff(usevar="unequal")
    assert (found.low, found.high) == pytest.approx(also, abs=1e-9)
    alike = intervals.alike_difference(sums_of(now), sums_of(before))
    assert alike is not None
    assert (alike.low, alike.high) == pytest.approx(means.tconfint_diff(usevar="pooled"), abs=1e-9)


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        # Newcombe 1998 (differences), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0000),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_a_difference_of_shares_as_published(
    now: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    found = intervals.share_difference(now, before)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_against_nothing_a_share_may_differ_by_anything() -> None:
    assert intervals.share_difference((1, 2), (0, 0)) == intervals.Interval(low=-1, high=1)


@pytest.mark.parametrize("count", [1, 5, 6, 7, 20, 101, 1_000])
def test_the_bounds_of_a_median_as_scipy_has_them(count: int) -> None:
    wanted = stats.quantile_test(range(count), p=0.5).confidence_interval()
    found = intervals.ranks(count)
    if found is None:
        assert any(isnan(one) for one in wanted)
    else:
        assert found == (wanted.low, wanted.high)
