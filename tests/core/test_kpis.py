"""The catalogue of KPIs, and what its tests of rows mean."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.core import kpis
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Bound, Column, Condition, Either, Estimate, Given, Kpi, Op, Side, Unit
from baton.core.policy import Policy

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
LIMITS = kpis.limits_of(Policy(), NOW)
EACH = pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.name)


@pytest.mark.parametrize(
    ("found", "op", "bound", "passes"),
    [
        ("bot", Op.IS, "bot", True),
        ("agent", Op.IS, "bot", False),
        (None, Op.IS, "bot", False),
        (None, Op.IS_NOT, "bot", True),
        ("bot", Op.IS_NOT, "bot", False),
        ("b", Op.ONE_OF, ("a", "b"), True),
        (None, Op.ONE_OF, ("a", "b"), False),
        (0, Op.KNOWN, None, True),
        (None, Op.KNOWN, None, False),
        (None, Op.UNKNOWN, None, True),
        (1, Op.OVER, 0, True),
        (0, Op.OVER, 0, False),
        (3, Op.AT_MOST, 3, True),
        (None, Op.AT_MOST, 3, False),
        (3, Op.AT_LEAST, 4, False),
        (72 * 3600, Op.AT_MOST, Given.CSAT_WINDOW, True),
        (72 * 3600 + 1, Op.AT_MOST, Given.CSAT_WINDOW, False),
        (NOW - timedelta(hours=72), Op.AT_MOST, Given.SILENT_SINCE, True),
        (NOW, Op.AT_MOST, Given.SILENT_SINCE, False),
        (5, Op.AT_MOST, Column(name="b"), True),
        (8, Op.AT_MOST, Column(name="b"), False),
    ],
)
def test_what_a_test_means(found: object, op: Op, bound: Bound, *, passes: bool) -> None:
    assert kpis.holds((Condition("a", op, bound),), {"a": found, "b": 7}, LIMITS) is passes


def test_all_tests_hold_and_one_of_either() -> None:
    rule = (Condition("a", Op.IS, 1), Either((Condition("b", Op.IS, 1), Condition("c", Op.IS, 1))))
    assert kpis.holds(rule, {"a": 1, "b": 0, "c": 1}, LIMITS)
    assert not kpis.holds(rule, {"a": 1, "b": 0, "c": 0}, LIMITS)
    assert not kpis.holds(rule, {"a": 0, "b": 1, "c": 1}, LIMITS)
    assert kpis.told(rule) == "a is 1 and (b is 1 or c is 1)"


@EACH
@pytest.mark.req("K9", "FQ13", "K28")
def test_efficiency_never_comes_without_its_outcome(kpi: Kpi) -> None:
    paired = [CATALOGUE[name] for name in kpi.pairs_with]
    assert paired
    assert kpi.name not in kpi.pairs_with
    if kpi.side is Side.EFFICIENCY:
        assert any(one.side is Side.OUTCOME for one in paired)


@EACH
def test_each_kpi_says_what_it_is(kpi: Kpi) -> None:
    assert kpi.definition.endswith(".")
    assert kpi.formula
    assert kpi.sources
    assert kpi.min_rows > 0
    assert (kpi.estimate is Estimate.WILSON) is bool(kpi.counts)
    assert (kpi.unit is Unit.SHARE) is (kpi.estimate in (Estimate.WILSON, Estimate.RATIO))
    assert (kpi.estimate in (Estimate.STUDENT, Estimate.RANKS, Estimate.RATIO)) is bool(kpi.of)
    assert (kpi.estimate is Estimate.RATIO) is bool(kpi.per)
    assert kpi.numerator[: len(kpi.among)] == kpi.among  # a part of what it is counted among


@pytest.mark.req("X10")
def test_containment_and_automated_resolution_are_different_rows() -> None:
    containment, resolution = CATALOGUE["containment"], CATALOGUE["automated_resolution"]
    assert containment.among != resolution.among
    assert containment.numerator != resolution.numerator
    assert CATALOGUE["proven_resolution"].among == resolution.among
