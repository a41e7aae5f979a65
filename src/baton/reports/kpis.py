"""KPIs counted by the database: one query a grain, whatever the number of KPIs or of rows.

The catalogue says what is counted (`core.kpi_catalogue`); here its rules become queries, and
a number opens exactly the rows that the same rule finds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Column, Condition, Either, Estimate, Given, Grain, Kpi, Limits, Op, Rule
from baton.reports import intervals
from baton.reports.intervals import Interval, Sums
from baton.store.models import Booking, Episode, Invoice, Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where a grain's rows stand: the moment that places them, and how they are told apart."""

    table: Any
    at: str
    dimensions: Mapping[str, str]


_COMMON = {
    name: name for name in ("flow", "version", "step", "channel", "intent", "triage", "queue")
} | {"inbox": "inbox_id", "agent": "agent_id"}
_SOURCES: Mapping[Grain, _Source] = {
    Grain.EPISODE: _Source(table=Episode, at="began_at", dimensions=_COMMON),
    Grain.STRETCH: _Source(
        table=Stretch, at="began_at", dimensions={**_COMMON, "reason": "reason"}
    ),
    Grain.BOOKING: _Source(table=Booking, at="starts_at", dimensions={"activity": "activity_id"}),
    Grain.INVOICE: _Source(table=Invoice, at="due_at", dimensions={"cause": "cause"}),
}
DIMENSIONS: Mapping[Grain, tuple[str, ...]] = {
    grain: tuple(source.dimensions) for grain, source in _SOURCES.items()
}
"""By what the rows of each grain can be told apart."""

PARTS = ("numerator", "denominator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which rows are looked at: of a workspace, in a window, of some values of dimensions.

    Attributes:
        since: from this moment on; None for all that was.
        until: up to before this moment; None for all that will have been.
        only: dimensions with the value that they must have.
    """

    workspace_id: str
    since: datetime | None = None
    until: datetime | None = None
    only: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def span(self) -> timedelta | None:
        """How long a while it is; None without both ends."""
        return self.until - self.since if self.since and self.until else None

    def fits(self, kpi: Kpi) -> bool:
        """Return whether a KPI's rows can be told apart so."""
        return set(self.only) <= set(DIMENSIONS[kpi.grain])


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
    asked = [CATALOGUE[name] for name in names if looked_at.fits(CATALOGUE[name])]
    found: dict[str, KpiReading] = {}
    for grain in Grain:
        own = [kpi for kpi in asked if kpi.grain is grain]
        if own:
            counts = _rows(grain, looked_at).aggregate(**_counts(own, limits))
            for kpi in own:
                found[kpi.name] = _reading(kpi, counts, looked_at, limits)
    return {kpi.name: found[kpi.name] for kpi in asked}


def kpis_by(
    dimension: str,
    looked_at: Slice,
    limits: Limits,
    names: Sequence[str],
) -> dict[str | int, dict[str, KpiReading]]:
    """Return KPIs by the values of a dimension; rows without one are under "" or 0."""
    asked = [CATALOGUE[name] for name in names if dimension in DIMENSIONS[CATALOGUE[name].grain]]
    found: dict[str | int, dict[str, KpiReading]] = {}
    for grain in Grain:
        own = [kpi for kpi in asked if kpi.grain is grain and looked_at.fits(kpi)]
        if not own:
            continue
        column = _SOURCES[grain].dimensions[dimension]
        grouped = _rows(grain, looked_at).order_by().values(column)
        for counts in grouped.annotate(**_counts(own, limits)):
            value = counts[column]
            part = replace(looked_at, only={**looked_at.only, dimension: value})
            readings = found.setdefault(value, {})
            readings.update({kpi.name: _reading(kpi, counts, part, limits) for kpi in own})
    return found


_BY_DAY = (Estimate.WILSON, Estimate.STUDENT)


def kpis_over(
    looked_at: Slice, limits: Limits, names: Sequence[str], *, zone: tzinfo, is_weekly: bool
) -> dict[date, dict[str, KpiReading]]:
    """Return shares and means day by day, or week by week from Monday, by a place's clock."""
    by_day = [name for name in names if CATALOGUE[name].estimate in _BY_DAY]
    found: dict[date, dict[str, KpiReading]] = {}
    for begins, part in _parts(looked_at, zone, is_weekly=is_weekly):
        readings = kpis_of(part, limits, by_day)
        if any(one.among for one in readings.values()):
            found[begins] = readings
    return found


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
    at = _SOURCES[kpi.grain].at
    return _rows(kpi.grain, looked_at).filter(_query(rule, limits)).order_by(f"-{at}", "-pk")


def _rows(grain: Grain, looked_at: Slice) -> "QuerySet[Any]":
    source = _SOURCES[grain]
    found = source.table.objects.filter(workspace_id=looked_at.workspace_id)
    if looked_at.since is not None:
        found = found.filter(**{f"{source.at}__gte": looked_at.since})
    if looked_at.until is not None:
        found = found.filter(**{f"{source.at}__lt": looked_at.until})
    only = {source.dimensions[name]: value for name, value in looked_at.only.items()}
    rows: QuerySet[Any] = found.filter(**only)
    return rows


def _counts(own: Sequence[Kpi], limits: Limits) -> dict[str, Any]:
    """Return the sums that the values of KPIs of one grain are made of."""
    found: dict[str, Any] = {}
    for kpi in own:
        among = _query(kpi.among, limits)
        found[f"{kpi.name}__among"] = Count("pk", filter=among)
        if kpi.counts:
            found[f"{kpi.name}__count"] = Count("pk", filter=among & _query(kpi.counts, limits))
        if kpi.matures_after:
            cut = limits.now - kpi.matures_after
            found[f"{kpi.name}__young"] = Count("pk", filter=among & Q(ended_at__gt=cut))
        if kpi.estimate is Estimate.STUDENT:
            square = F(kpi.of) * F(kpi.of)
            found[f"{kpi.name}__total"] = Sum(kpi.of, filter=among)
            found[f"{kpi.name}__squares"] = Sum(square, filter=among, output_field=FloatField())
    return found


def _reading(kpi: Kpi, counts: Mapping[str, Any], looked_at: Slice, limits: Limits) -> KpiReading:
    among = int(counts[f"{kpi.name}__among"])
    count = int(counts[f"{kpi.name}__count"]) if kpi.counts else among
    value: float | None = None
    interval: Interval | None = None
    sums = None
    if among and kpi.estimate is Estimate.WILSON:
        value, interval = count / among, intervals.wilson(count, among)
    elif among and kpi.estimate is Estimate.STUDENT:
        total, squares = counts[f"{kpi.name}__total"], counts[f"{kpi.name}__squares"]
        sums = Sums(count=among, total=float(total), squares=float(squares))
        value, interval = sums.mean, _within(intervals.student(sums))
    elif among and kpi.estimate is Estimate.POISSON:
        value, interval = _a_week(among, looked_at)
    elif among:
        value, interval = _median(kpi, among, looked_at, limits)
    return KpiReading(
        kpi=kpi,
        value=value,
        interval=interval,
        count=count,
        among=among,
        young=int(counts[f"{kpi.name}__young"]) if kpi.matures_after else 0,
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


_HIGHEST_SCORE = 100.0


def _within(found: Interval | None) -> Interval | None:
    """Return the interval of a mean score, which no score can leave.

    None where all marks are the same: that tells nothing of how others would mark.
    """
    if found is None or found.low == found.high:
        return None
    return Interval(low=max(found.low, 0.0), high=min(found.high, _HIGHEST_SCORE))


def _median(
    kpi: Kpi, count: int, looked_at: Slice, limits: Limits
) -> tuple[float, Interval | None]:
    """Return a median and its bounds: four rows by their place, however many there are."""
    found = _rows(kpi.grain, looked_at).filter(_query(kpi.among, limits))
    in_order = found.order_by(kpi.of).values_list(kpi.of, flat=True)
    begin = (count - 1) // 2
    middle = list(in_order[begin : count // 2 + 1])
    bounds = intervals.ranks(count)
    interval = None
    if bounds is not None:
        low, high = (float(in_order[place]) for place in bounds)
        interval = Interval(low=low, high=high)
    return sum(middle) / len(middle), interval


def _query(rule: Rule, limits: Limits) -> Q:
    """Return a rule as a query; what it finds is what `core.kpis.holds` says."""
    found = Q(pk__isnull=False)
    for part in rule:
        if isinstance(part, Either):
            either = Q()
            for one in part.conditions:
                either |= _test(one, limits)
            found &= either
        else:
            found &= _test(part, limits)
    return found


_LOOKUPS = {
    Op.IS: "exact",
    Op.ONE_OF: "in",
    Op.OVER: "gt",
    Op.AT_MOST: "lte",
    Op.AT_LEAST: "gte",
}


def _test(test: Condition, limits: Limits) -> Q:
    match test.op:
        case Op.KNOWN:
            return Q(**{f"{test.column}__isnull": False})
        case Op.UNKNOWN:
            return Q(**{f"{test.column}__isnull": True})
        case Op.IS_NOT:
            return ~Q(**{test.column: test.value})
        case _:
            return Q(**{f"{test.column}__{_LOOKUPS[test.op]}": _bound(test, limits)})


def _bound(test: Condition, limits: Limits) -> object:
    match test.value:
        case Given():
            return limits.of(test.value)
        case Column(name=name):
            return F(name)
        case _:
            return test.value
