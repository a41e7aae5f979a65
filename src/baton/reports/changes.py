"""How far a KPI is from what it was, and where the true change lies.

Deflection is such a change (X10): by what share fewer matters reach people than in the baseline.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from baton.core.kpis import Estimate
from baton.reports import intervals
from baton.reports.intervals import Interval
from baton.reports.kpis import KpiReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change in the KPI's unit; of a count a week, the share by which it fell.

    `interval` is None where too few rows tell, and for medians.
    """

    now: KpiReading
    before: KpiReading
    value: float
    interval: Interval | None

    @property
    def is_clear(self) -> bool:
        """Whether it is there at all, 19 times out of 20."""
        return self.interval is not None and (
            self.interval.is_above(0) or self.interval.is_below(0)
        )


def change_of(now: KpiReading, before: KpiReading) -> Change | None:
    """Return the change of a KPI; None where one side has no value."""
    if now.value is None or before.value is None:
        return None
    if now.kpi.estimate is Estimate.POISSON:
        return _fall(now, before, now.value, before.value)
    value = now.value - before.value
    return Change(now=now, before=before, value=value, interval=_lies(now, before))


def _lies(now: KpiReading, before: KpiReading) -> Interval | None:
    if now.kpi.estimate is Estimate.RANKS:
        return None
    if not before.among:  # a figure that somebody brought: as sure as they were
        return _shifted(now.interval, before.value)
    if now.kpi.estimate is Estimate.WILSON:
        return intervals.share_difference((now.count, now.among), (before.count, before.among))
    if now.sums is None or before.sums is None:
        return None
    return intervals.difference(now.sums, before.sums)


def _shifted(found: Interval | None, by: float | None) -> Interval | None:
    if found is None or by is None:
        return None
    return Interval(low=found.low - by, high=found.high - by)


def _fall(now: KpiReading, before: KpiReading, after: float, ago: float) -> Change | None:
    if not ago:
        return None
    lies = None
    if before.among and now.span and before.span:
        spans = now.span.total_seconds(), before.span.total_seconds()
        lies = intervals.drop((now.among, spans[0]), (before.among, spans[1]))
    elif now.interval is not None:
        lies = Interval(low=1 - now.interval.high / ago, high=1 - now.interval.low / ago)
    return Change(now=now, before=before, value=1 - after / ago, interval=lies)


def part_of(change: Change) -> tuple[float, Interval | None]:
    """Return by what part of what it was a KPI fell, and where that lies; below 0 it rose."""
    now, before = change.now, change.before
    if now.kpi.estimate is Estimate.POISSON:
        return change.value, change.interval
    if not before.value or now.value is None:
        return 0.0, None
    lies = None
    if now.kpi.estimate is Estimate.WILSON and before.among:
        lies = intervals.share_ratio((now.count, now.among), (before.count, before.among))
    elif now.kpi.estimate is Estimate.RANKS and before.among:
        lies = _ratio_of_medians(now.interval, before.interval)
    elif not before.among and now.interval is not None:
        ago = before.value
        lies = Interval(low=now.interval.low / ago, high=now.interval.high / ago)
    fell = None if lies is None else Interval(low=1 - lies.high, high=1 - lies.low)
    return 1 - now.value / before.value, fell


def _ratio_of_medians(now: Interval | None, before: Interval | None) -> Interval | None:
    """Return where a median by another lies: as wide as both allow at once, so never too sure."""
    if now is None or before is None or before.low <= 0:
        return None
    return Interval(low=now.low / before.high, high=now.high / before.low)


def changes_of(
    now: Mapping[str, KpiReading], before: Mapping[str, KpiReading]
) -> dict[str, Change]:
    """Return the changes of those KPIs that have a value on both sides, by KPI."""
    found = {name: change_of(one, before[name]) for name, one in now.items() if name in before}
    return {name: one for name, one in found.items() if one is not None}
