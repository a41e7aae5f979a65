"""A KPI's definition as SQL over exported rows, for any warehouse: the same rule in other words.

`$since` and `$until` bound the window, `$now` is the moment of the look; `$silent_since` and
`$csat_window` are the workspace's limits (`core.kpis.Limits`), the latter in seconds.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from baton.core.kpis import Column, Condition, Either, Estimate, Given, Kpi, Op, Rule
from baton.reports.sources import SOURCES

_WEEK = timedelta(days=7)


def statement_of(kpi: Kpi) -> str:
    """Return a query that tells `among`, `counted` and `value` of a KPI in a window."""
    source = SOURCES[kpi.grain]
    among = where(kpi.among)
    counted = f"{among} AND {where(kpi.counts)}" if kpi.counts else among
    return (
        f"SELECT count(*) FILTER (WHERE {among}) AS among,\n"
        f"       count(*) FILTER (WHERE {counted}) AS counted,\n"
        f"       {_VALUES[kpi.estimate](kpi, among, counted)} AS value\n"
        f"FROM {source.name}\n"
        f'WHERE "{source.at}" >= $since AND "{source.at}" < $until'
    )


def _share(_: Kpi, among: str, counted: str) -> str:
    return f"count(*) FILTER (WHERE {counted}) * 1.0 / NULLIF(count(*) FILTER (WHERE {among}), 0)"


def _mean(kpi: Kpi, among: str, _: str) -> str:
    return f"avg({kpi.of}) FILTER (WHERE {among})"


def _median(kpi: Kpi, among: str, _: str) -> str:
    return f"percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN {among} THEN {kpi.of} END)"


def _a_week(_: Kpi, among: str, __: str) -> str:
    seconds = int(_WEEK.total_seconds())
    return (
        f"count(*) FILTER (WHERE {among}) * {seconds}.0 / "
        "EXTRACT(EPOCH FROM CAST($until AS TIMESTAMPTZ) - CAST($since AS TIMESTAMPTZ))"
    )


def _ratio(kpi: Kpi, among: str, _: str) -> str:
    return (
        f"sum({kpi.of}) FILTER (WHERE {among}) * 1.0 / "
        f"NULLIF(sum({kpi.per}) FILTER (WHERE {among}), 0)"
    )


_VALUES: Mapping[Estimate, Callable[[Kpi, str, str], str]] = {
    Estimate.WILSON: _share,
    Estimate.STUDENT: _mean,
    Estimate.RANKS: _median,
    Estimate.POISSON: _a_week,
    Estimate.RATIO: _ratio,
}


def where(rule: Rule) -> str:
    """Return a rule as a condition."""
    return " AND ".join(_part(part) for part in rule) or "TRUE"


def _part(part: Condition | Either) -> str:
    if isinstance(part, Either):
        return f"({' OR '.join(_part(one) for one in part.conditions)})"
    match part.op:
        case Op.KNOWN:
            return f"{part.column} IS NOT NULL"
        case Op.UNKNOWN:
            return f"{part.column} IS NULL"
        case _:
            return f"{part.column} {_SIGNS[part.op]} {_bound(part.value)}"


_SIGNS = {
    Op.IS: "=",
    Op.IS_NOT: "IS DISTINCT FROM",
    Op.ONE_OF: "IN",
    Op.OVER: ">",
    Op.AT_MOST: "<=",
    Op.AT_LEAST: ">=",
}


def _bound(value: object) -> str:
    match value:
        case Given():
            return f"${value.value}"
        case Column(name=name):
            return name
        case tuple():
            return f"({', '.join(_bound(one) for one in value)})"
        case bool():
            return str(value).upper()
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            return str(value)
