"""Stops: a clear harm stops a flow, chance and too few matters do not."""

import pytest

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.policy import Policy
from baton.core.rollout import NINETY_DAYS
from baton.flows.charter import Gate, Stance
from baton.reports import intervals, pilot_trial, stops
from baton.reports.intervals import Sums
from baton.reports.kpis import KpiReading
from baton.reports.pilot_trial import HARMS, World
from baton.reports.stops import SPANS, Look

LIMITS = stops.limits_of(Policy())


def counted(name: str, count: int, among: int) -> KpiReading:
    value = count / among if among else None
    return KpiReading(
        kpi=CATALOGUE[name], value=value, interval=None, count=count, among=among, young=0
    )


def marked(mean: float, count: int, spread: float = 15.0) -> KpiReading:
    squares = count * mean**2 + (count - 1) * spread**2
    sums = Sums(count=count, total=count * mean, squares=squares)
    return KpiReading(
        kpi=CATALOGUE["csat"], value=mean, interval=None, count=count, among=count, young=0,
        sums=sums,
    )  # fmt: skip


def found(now: KpiReading, before: KpiReading | None = None) -> tuple[str, ...]:
    ago = {before.kpi.name: before} if before else {}
    return stops.find_harms([Look(span=SPANS[2], now={now.kpi.name: now}, before=ago)], LIMITS)


@pytest.mark.req("AL7", "PL24")
@pytest.mark.parametrize(
    ("now", "before", "stops_it"),
    [
        (("escalation_rate", 40, 100), None, True),
        (("escalation_rate", 25, 100), None, False),  # above 20 %, and chance may do that
        (("escalation_rate", 290, 1_000), None, True),
        (("escalation_rate", 20, 29), None, False),  # too few
        (("escalation_rate", 15, 100), ("escalation_rate", 20, 400), False),
        (("escalation_rate", 38, 200), ("escalation_rate", 20, 400), True),  # a jump
        (("escalation_rate", 600, 10_000), ("escalation_rate", 200, 10_000), False),  # 4 points
        (("recontact_72h", 30, 100), None, True),
        (("recontact_72h", 12, 100), None, False),
    ],
)
def test_shares(
    now: tuple[str, int, int], before: tuple[str, int, int] | None, *, stops_it: bool
) -> None:
    ago = counted(*before) if before else None
    assert bool(found(counted(*now), ago)) is stops_it


@pytest.mark.req("AL3", "X8", "G16")
@pytest.mark.parametrize(
    ("now", "before", "stops_it"),
    [
        (marked(79.0, 3_000), marked(82.0, 3_000), True),
        (marked(81.0, 30_000), marked(82.0, 30_000), False),  # clear, and less than 1.5 points
        (marked(79.0, 100), marked(82.0, 100), False),  # 3 points, and chance may do that
        (marked(60.0, 49), marked(82.0, 400), False),  # too few marks
        (marked(60.0, 60), marked(82.0, 49), False),
        (marked(60.0, 60), marked(82.0, 60), True),
        (marked(85.0, 3_000), marked(82.0, 3_000), False),
    ],
)
def test_csat(now: KpiReading, before: KpiReading, *, stops_it: bool) -> None:
    assert bool(found(now, before)) is stops_it


def test_a_fall_is_told_with_its_unit() -> None:
    assert found(marked(79.0, 3_000), marked(82.0, 3_000)) == (
        "CSAT fell by 3.0 points of 100 in 14 days",
    )


@pytest.mark.req("X7")
def test_a_gate_of_the_flow_comes_before_the_limit_of_all() -> None:
    gates = (Gate(kpi="escalation_rate", stance=Stance.AT_MOST, limit=0.08),)
    assert stops.limits_of(Policy(), gates).escalation_rate == 0.08
    assert LIMITS.escalation_rate == 0.20


@pytest.mark.req("AL7", "PL24")
def test_harms_are_caught_and_calm_flows_go_on() -> None:
    calm = pilot_trial.measure(World(plan=NINETY_DAYS), LIMITS, seeds=2)
    assert calm.early == 0
    assert calm.share_error < 0.01
    for harm in HARMS.values():
        world = World(plan=NINETY_DAYS, harm=harm, days=70)
        caught = pilot_trial.measure(world, LIMITS, seeds=2)
        assert (caught.caught, caught.early) == (2, 0)


@pytest.mark.req("AL8", "PL24")
def test_a_harm_in_a_soft_launch_is_seen_by_the_few_it_reaches() -> None:
    for harm in HARMS.values():
        world = World(plan=NINETY_DAYS, harm=harm, harm_on=43, days=47)
        caught = pilot_trial.measure(world, LIMITS, seeds=4)
        assert caught.caught >= 3


@pytest.mark.parametrize(
    ("ages", "after", "share"),
    [
        ([1.0, 3.0], [0.5] * 10 + [2.0] * 10, 0.75),  # a day old: half of them are back by then
        ([1.0], [0.5] * 19, 1.0),  # too few to tell how soon they come
        ([], [0.5] * 20, 1.0),
        ([0.1], [0.5] * 20, 0.0),
    ],
)
def test_how_ripe_matters_are(ages: list[float], after: list[float], share: float) -> None:
    assert stops.ripe_share(ages, after) == share


def test_the_same_seed_plays_the_same_pilot() -> None:
    world = World(plan=NINETY_DAYS, harm=HARMS["escalations"], days=70)
    assert pilot_trial.run(world, LIMITS, 7) == pilot_trial.run(world, LIMITS, 7)


@pytest.mark.parametrize(
    ("now", "before", "chance"),
    [
        ((8, 50), (2, 50), 0.0546875),  # 8 heads or more of 10 tosses
        ((0, 50), (2, 50), 1.0),
        ((1, 25), (2, 75), 1 - 0.75**3),
    ],
)
def test_the_exact_test_of_two_rates(
    now: tuple[int, float], before: tuple[int, float], chance: float
) -> None:
    assert intervals.chance_of_more(now, before) == pytest.approx(chance)
    assert intervals.spreads_of(0.0227501) == pytest.approx(2, abs=1e-4)
