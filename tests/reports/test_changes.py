"""How far a KPI is from its baseline, counted by hand and held against scipy."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scipy import stats

from baton.core.kpi_catalogue import CATALOGUE
from baton.flows.charter import Gate, Stance
from baton.reports import intervals, kpi_words
from baton.reports.changes import change_of, changes_of
from baton.reports.intervals import Interval
from baton.reports.kpis import KpiReading
from baton.reports.verdicts import GateReading, hold
from tests.reports.test_verdicts import marks, share

WEEK = timedelta(days=7)


def a_week(count: int, weeks: int = 1) -> KpiReading:
    return KpiReading(
        kpi=CATALOGUE["people_contacts"], value=count / weeks, interval=intervals.counted(count),
        count=count, among=count, young=0, span=weeks * WEEK,
    )  # fmt: skip


def brought(name: str, value: float) -> KpiReading:
    return KpiReading(
        kpi=CATALOGUE[name], value=value, interval=None, count=0, among=0, young=0, span=WEEK
    )


@pytest.mark.req("X10", "FQ12", "K15")
def test_deflection_is_by_how_much_fewer_reach_people() -> None:
    change = change_of(a_week(160), a_week(800, weeks=4))
    assert change is not None
    assert change.value == pytest.approx(0.20)  # 160 a week, where it was 200
    assert change.interval is not None
    assert 0 < change.interval.low < 0.20 < change.interval.high < 1
    assert change.is_clear


@pytest.mark.parametrize(("now", "before"), [(160, 200), (0, 12), (31, 30)])
def test_its_interval_is_that_of_a_share_of_both_counts(now: int, before: int) -> None:
    found = intervals.drop((now, 1.0), (before, 1.0))
    wanted = stats.binomtest(now, now + before).proportion_ci(method="wilson")
    assert found is not None
    ratios = sorted(1 - one / (1 - one) for one in (wanted.low, wanted.high))
    assert [found.low, found.high] == pytest.approx(ratios, abs=1e-9)
    assert found.high <= 1  # nobody deflects more than all


def test_more_than_before_is_no_deflection() -> None:
    change = change_of(a_week(30), a_week(20))
    assert change is not None
    assert change.value == pytest.approx(-0.5)
    assert not change.is_clear


@pytest.mark.req("K23", "X8")
def test_the_change_of_a_share_and_of_marks() -> None:
    share_change = change_of(share("containment", 60, 100), share("containment", 40, 100))
    mark_change = change_of(marks("csat", 70, 500), marks("csat", 75, 500))
    assert share_change is not None
    assert share_change.value == pytest.approx(0.20)
    assert share_change.interval == intervals.share_difference((60, 100), (40, 100))
    assert mark_change is not None
    assert mark_change.interval is not None
    assert mark_change.interval.low < -5 < mark_change.interval.high < 0


@pytest.mark.req("K23")
def test_a_figure_from_elsewhere_is_as_sure_as_who_brought_it() -> None:
    change = change_of(share("containment", 60, 100), brought("containment", 0.5))
    assert change is not None
    lies = intervals.wilson(60, 100)
    assert change.interval == Interval(low=lies.low - 0.5, high=lies.high - 0.5)
    fewer = change_of(a_week(100), brought("people_contacts", 200))
    assert fewer is not None
    assert fewer.value == pytest.approx(0.5)
    assert fewer.is_clear


@pytest.mark.parametrize(("now", "before"), [((12, 200), (30, 250)), ((90, 100), (400, 900))])
def test_one_share_by_another_lies_where_scipy_says(
    now: tuple[int, int], before: tuple[int, int]
) -> None:
    wanted = stats.contingency.relative_risk(*now, *before).confidence_interval(0.95)
    found = intervals.share_ratio(now, before)
    assert [found.low, found.high] == pytest.approx([wanted.low, wanted.high], abs=1e-9)


def test_none_of_some_still_lies_somewhere() -> None:
    found = intervals.share_ratio((0, 40), (10, 40))
    assert 0 < found.low < 0.1 < found.high < 1


@pytest.mark.req("AP19", "AP23", "ON11", "ON14", "K18")
@pytest.mark.parametrize(
    ("gate", "limit", "now", "holds"),
    [
        ("no_show_reduction", 0.20, share("no_show_rate", 100, 1_000), True),  # half of what it was
        ("no_show_reduction", 0.20, share("no_show_rate", 230, 1_000), False),
        ("no_show_reduction", 0.20, share("no_show_rate", 15, 100), None),
        ("activation_lift", 0, share("activation_rate", 300, 1_000), True),
        ("activation_lift", 0.08, share("activation_rate", 150, 1_000), False),
        ("activation_lift", 0.08, brought("activation_rate", 0.3), None),  # too few rows
    ],
)
def test_a_gate_on_a_part_is_held_against_what_it_was(
    gate: str, limit: float, now: KpiReading, holds: object
) -> None:
    kept = {now.kpi.name: share(now.kpi.name, 200, 1_000)}
    read = {now.kpi.name: now}
    wanted = Gate(kpi=gate, stance=Stance.AT_LEAST, limit=limit)
    found = hold(wanted, read, changes_of(read, kept))
    assert found.holds is holds
    assert found.is_within is (found.value is not None and found.value >= limit)
    assert hold(wanted, read, {}).holds is None  # no baseline was kept


def a_median(hours: float, low: float, high: float) -> KpiReading:
    return KpiReading(
        kpi=CATALOGUE["time_to_resolution"], value=hours * 3600, count=50, among=50, young=0,
        interval=Interval(low=low * 3600, high=high * 3600),
    )  # fmt: skip


@pytest.mark.req("RT20", "K18")
@pytest.mark.parametrize(
    ("now", "before", "holds"),
    [
        (a_median(20, 18, 24), a_median(60, 50, 70), True),  # at worst 24 of 50 hours
        (a_median(20, 18, 26), a_median(60, 50, 70), None),  # at worst 26 of 50
        (a_median(50, 40, 60), a_median(60, 50, 70), False),  # at best 40 of 70
        (a_median(20, 18, 24), brought("time_to_resolution", 48 * 3600), True),
        (a_median(30, 27, 33), brought("time_to_resolution", 48 * 3600), False),
        (a_median(20, 18, 24), replace(a_median(60, 50, 70), interval=None), None),
    ],
)
def test_time_is_cut_in_half_only_where_the_surest_readings_of_both_medians_say_so(
    now: KpiReading, before: KpiReading, holds: object
) -> None:
    gate = Gate(kpi="resolution_time_reduction", stance=Stance.AT_LEAST, limit=0.5)
    read, kept = {now.kpi.name: now}, {now.kpi.name: before}
    found = hold(gate, read, changes_of(read, kept))
    assert found.holds is holds
    assert found.value == pytest.approx(1 - (now.value or 0) / (before.value or 1))
    assert hold(gate, read, {}).holds is None  # nobody kept what it was


GOALS: list[tuple[str, Stance, float, KpiReading, KpiReading]] = [
    ("activation_lift", Stance.AT_LEAST, 0.10, share("activation_rate", 600, 1_000),
     share("activation_rate", 450, 1_000)),
    ("retention_change", Stance.AT_LEAST, 0.05, share("retention_30d", 900, 1_000),
     share("retention_30d", 780, 1_000)),
    ("deflection_rate", Stance.AT_LEAST, 0.15, a_week(1_200), a_week(8_000, weeks=4)),
    ("escalation_rate", Stance.AT_MOST, 0.08, share("escalation_rate", 40, 1_000),
     share("escalation_rate", 90, 1_000)),
    ("csat_change", Stance.AT_LEAST, 0.0, marks("csat", 80, 900), marks("csat", 76, 900)),
]  # fmt: skip


@pytest.mark.req("K17", "K19", "ON15", "K13")
@pytest.mark.parametrize(("gate", "stance", "limit", "now", "before"), GOALS)
def test_what_was_set_as_a_goal_is_met_clearly_and_missed_the_other_way_round(
    gate: str, stance: Stance, limit: float, now: KpiReading, before: KpiReading
) -> None:
    wanted = Gate(kpi=gate, stance=stance, limit=limit)

    def held(after: KpiReading, ago: KpiReading) -> GateReading:
        read, kept = {after.kpi.name: after}, {ago.kpi.name: ago}
        return hold(wanted, read, changes_of(read, kept))

    assert held(now, before).holds is True
    swapped = held(replace(before, span=WEEK), now) if before.span else held(before, now)
    assert swapped.holds is not True
    assert not swapped.is_within


@pytest.mark.req("RT12", "NP16", "ON12")
def test_a_gate_in_hours_is_held_against_seconds() -> None:
    hours = KpiReading(
        kpi=CATALOGUE["time_to_refund"], value=20 * 3600, count=50, among=50, young=0,
        interval=Interval(low=18 * 3600, high=23 * 3600),
    )  # fmt: skip
    for limit, holds in ((24, True), (19, None), (12, False)):
        gate = Gate(kpi="hours_to_refund", stance=Stance.AT_MOST, limit=limit)
        found = hold(gate, {"time_to_refund": hours}, {})
        assert (found.holds, found.value) == (holds, 20)


def test_against_nothing_there_is_no_change() -> None:
    assert change_of(share("containment", 0, 0), share("containment", 1, 2)) is None
    assert change_of(a_week(3), brought("people_contacts", 0)) is None
    assert changes_of({"containment": share("containment", 1, 2)}, {}) == {}


@pytest.mark.req("X8", "PL11", "K18")
@pytest.mark.parametrize(
    ("gate", "limit", "holds"),
    [
        ("csat_change", -1, False),  # it fell by five
        ("csat_change", -5, None),
        ("csat_change", -12, True),
        ("deflection_rate", 0.05, True),
        ("deflection_rate", 0.5, False),
    ],
)
def test_a_gate_on_a_change_is_held_against_the_baseline(
    gate: str, limit: float, holds: object
) -> None:
    now = {"csat": marks("csat", 70, 800), "people_contacts": a_week(160)}
    kept = {"csat": marks("csat", 75, 800), "people_contacts": a_week(800, weeks=4)}
    wanted = Gate(kpi=gate, stance=Stance.AT_LEAST, limit=limit)
    assert hold(wanted, now, changes_of(now, kept)).holds is holds
    assert hold(wanted, now, {}).holds is None  # no baseline was kept


@pytest.mark.parametrize(
    ("fell", "said"), [(0.12, "12 % less"), (-1.5, "150 % more"), (0.004, "as before")]
)
def test_by_what_part_something_fell_is_said_in_whole_percent(fell: float, said: str) -> None:
    assert kpi_words.part(fell) == said
