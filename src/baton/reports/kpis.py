"""KPIs of a slice: what was counted, its value, and how sure that is.

The catalogue says what is counted (`core.kpi_catalogue`), `reports.tallies` counts it, and a
number opens exactly the rows that the same rule finds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import QuerySet

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Estimate, Grain, Kpi, Limits, Unit
from baton.reports import intervals, slices, tallies
from baton.reports.intervals import Interval, Sums
from baton.reports.slices import DIMENSIONS, Slice
from baton.reports.sources import SOURCES
from baton.reports.tallies import Counter, Tally

PARTS = ("numerator", "denominator")


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiReading:
    """One KPI's value over a slice.

    Attributes:
        value: in the KPI's unit; None without rows.
        interval: where the true value lies; None where too few rows tell.
        count: the rows of its numerator; for a mean or a median, those it was taken over.
        among: the rows of its denominator.
        young: of those, how many may still change it.
        sums: what its mean is made of; None for any other.
        span: how long a while it is of; None without both ends.
    """

    kpi: Kpi
    value: float | None
    interval: Interval | None
    count: int
    among: int
    young: int
    sums: Sums | None = None
    span: timedelta | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are rows enough for a verdict to stand on."""
        return self.among >= self.kpi.min_rows


def kpis_of(
    looked_at: Slice,
    limits: Limits,
    names: Iterable[str] = tuple(CATALOGUE),
) -> dict[str, KpiReading]:
    """Return KPIs of a slice; those whose rows it cannot tell apart are left out."""
    return kpis_in((looked_at,), limits, names)[0]


def kpis_in(
    parts: Sequence[Slice], limits: Limits, names: Iterable[str] = tuple(CATALOGUE)
) -> list[dict[str, KpiReading]]:
    """Return the same of each of some windows, the earliest first, that follow on one another."""
    whole = replace(parts[0], until=parts[-1].until)
    asked = [CATALOGUE[name] for name in names if whole.fits(CATALOGUE[name])]
    found: list[dict[str, KpiReading]] = [{} for _ in parts]
    for counter, own in _counters(asked, whole, limits):
        told = counter.tally_parts(own, parts) if len(parts) > 1 else [counter.tally(own, whole)]
        for readings, tallies_of, part in zip(found, told, parts, strict=True):
            readings.update({kpi.name: _reading(kpi, tallies_of[kpi.name], part) for kpi in own})
    return [{kpi.name: readings[kpi.name] for kpi in asked} for readings in found]


def kpis_by(
    dimension: str,
    looked_at: Slice,
    limits: Limits,
    names: Sequence[str],
) -> dict[str | int, dict[str, KpiReading]]:
    """Return KPIs by the values of a dimension; rows without one are under "" or 0."""
    asked = [CATALOGUE[name] for name in names if dimension in DIMENSIONS[CATALOGUE[name].grain]]
    asked = [kpi for kpi in asked if looked_at.fits(kpi)]
    found: dict[str | int, dict[str, KpiReading]] = {}
    for counter, own in _counters(asked, looked_at, limits):
        for value, told in counter.tally_by(dimension, own, looked_at):
            readings = found.setdefault(value, {})
            readings.update({kpi.name: _reading(kpi, told[kpi.name], looked_at) for kpi in own})
    return found


def _counters(
    asked: Sequence[Kpi], looked_at: Slice, limits: Limits
) -> Iterator[tuple[Counter, list[Kpi]]]:
    """Return what counts each grain, with the KPIs that it counts."""
    for grain in Grain:
        own = [kpi for kpi in asked if kpi.grain is grain]
        if own:
            yield tallies.counter_of(grain, looked_at, limits), own


_BY_DAY = (Estimate.WILSON, Estimate.STUDENT)


def kpis_over(
    looked_at: Slice, limits: Limits, names: Sequence[str], *, zone: tzinfo, is_weekly: bool
) -> dict[date, dict[str, KpiReading]]:
    """Return shares and means day by day, or week by week from Monday, by a place's clock."""
    asked = [CATALOGUE[name] for name in names if looked_at.fits(CATALOGUE[name])]
    by_day = [kpi for kpi in asked if kpi.estimate in _BY_DAY]
    parts = list(_parts(looked_at, zone, is_weekly=is_weekly))
    if not parts:
        return {}
    told = kpis_in([part for _, part in parts], limits, [kpi.name for kpi in by_day])
    return {
        begins: readings
        for (begins, _), readings in zip(parts, told, strict=True)
        if any(one.among for one in readings.values())
    }


def _parts(looked_at: Slice, zone: tzinfo, *, is_weekly: bool) -> Iterator[tuple[date, Slice]]:
    """Return a window's days or weeks: each is asked for by its ends, which an index finds."""
    if looked_at.since is None or looked_at.until is None:
        return
    begins = looked_at.since.astimezone(zone).date()
    if is_weekly:
        begins -= timedelta(days=begins.weekday())
    while (since := datetime.combine(begins, time(), tzinfo=zone)) < looked_at.until:
        following = begins + timedelta(days=7 if is_weekly else 1)
        until = datetime.combine(following, time(), tzinfo=zone)
        yield (
            begins,
            replace(
                looked_at,
                since=max(since, looked_at.since),
                until=min(until, looked_at.until),
            ),
        )
        begins = following


def rows_behind(kpi: Kpi, part: str, looked_at: Slice, limits: Limits) -> "QuerySet[Any]":
    """Return the rows that a number counts, the newest first; `part` is one of `PARTS`."""
    rule = kpi.numerator if part == "numerator" else kpi.among
    rows = slices.rows_of(kpi.grain, looked_at).filter(slices.query(rule, limits))
    return rows.order_by(f"-{SOURCES[kpi.grain].at}", "-pk")


def _reading(kpi: Kpi, tally: Tally, looked_at: Slice) -> KpiReading:
    value: float | None = None
    interval: Interval | None = None
    sums = None
    if tally.among:
        match kpi.estimate:
            case Estimate.WILSON:
                value = tally.count / tally.among
                interval = intervals.wilson(tally.count, tally.among)
            case Estimate.STUDENT:
                sums = Sums(count=tally.among, total=tally.total, squares=tally.squares)
                value, interval = sums.mean, _within(intervals.student(sums), kpi.unit)
            case Estimate.POISSON:
                value, interval = _a_week(tally.among, looked_at)
            case Estimate.RATIO:
                value, interval = _ratio(tally)
            case Estimate.RANKS:
                value, interval = _median(tally)
    return KpiReading(
        kpi=kpi,
        value=value,
        interval=interval,
        count=tally.count,
        among=tally.among,
        young=tally.young,
        sums=sums,
        span=looked_at.span,
    )


_WEEK = timedelta(days=7)


def _a_week(count: int, looked_at: Slice) -> tuple[float | None, Interval | None]:
    """Return how many came in a week; nobody can say of a slice without both ends."""
    if looked_at.span is None:
        return None, None
    weeks = looked_at.span / _WEEK
    lies = intervals.counted(count)
    return count / weeks, Interval(low=lies.low / weeks, high=lies.high / weeks)


_BOUNDS = {Unit.SCORE: (0.0, 100.0), Unit.BALANCE: (-100.0, 100.0)}


def _within(found: Interval | None, unit: Unit) -> Interval | None:
    """Return the interval of a mean score, which no score can leave.

    None where all marks are the same: that tells nothing of how others would mark.
    """
    if found is None or found.low == found.high:
        return None
    lowest, highest = _BOUNDS[unit]
    return Interval(low=max(found.low, lowest), high=min(found.high, highest))


def _ratio(tally: Tally) -> tuple[float | None, Interval | None]:
    """Return one sum by another; what is taken by is above 0 in every row."""
    if not tally.per:
        return None, None
    pairs = intervals.Pairs(
        count=tally.among,
        total=tally.total,
        squares=tally.squares,
        per=tally.per,
        per_squares=tally.per_squares,
        products=tally.products,
    )
    return tally.total / tally.per, intervals.ratio(pairs)


def _median(tally: Tally) -> tuple[float, Interval | None]:
    """Return a median and its bounds: four values by their place, however many there are."""
    middle = sorted({(tally.among - 1) // 2, tally.among // 2})
    bounds = intervals.ranks(tally.among)
    found = tally.in_order([*middle, *(bounds or ())])
    value = sum(found[: len(middle)]) / len(middle)
    return value, Interval(low=found[-2], high=found[-1]) if bounds else None
