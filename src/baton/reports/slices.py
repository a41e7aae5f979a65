"""Which rows a number looks at, and a rule as a query of the database that opens them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import F, Q, QuerySet

from baton.core.kpis import Column, Condition, Either, Given, Grain, Kpi, Limits, Op, Rule
from baton.reports.sources import LISTS, SOURCES
from baton.store.queries import located

DIMENSIONS: Mapping[Grain, tuple[str, ...]] = {
    grain: tuple(source.dimensions) for grain, source in SOURCES.items()
}
"""By what the rows of each grain can be told apart."""


Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which rows are looked at: of a workspace, in a window, of some values of dimensions.

    Attributes:
        since: from this moment on; None for all that was.
        until: up to before this moment; None for all that will have been.
        only: dimensions with the value that they must have, or one of several words.
        places: the locations that whoever looks works for: rows of others are not counted,
            whatever is asked for (P10). None of them for who sees all.
    """

    workspace_id: str
    since: datetime | None = None
    until: datetime | None = None
    only: Mapping[str, Value] = field(default_factory=dict)
    places: tuple[str, ...] = ()

    @property
    def span(self) -> timedelta | None:
        """How long a while it is; None without both ends."""
        return self.until - self.since if self.since and self.until else None

    def fits(self, kpi: Kpi) -> bool:
        """Return whether a KPI's rows can be told apart so."""
        return set(self.only) <= set(DIMENSIONS[kpi.grain])


def narrowed(looked_at: Slice, dimension: str, value: str | int) -> Slice:
    """Return the part of a slice with one value of a dimension."""
    return replace(looked_at, only={**looked_at.only, dimension: value})


def rows_of(grain: Grain, looked_at: Slice) -> "QuerySet[Any]":
    """Return the rows of a slice."""
    source = SOURCES[grain]
    found = _all_rows(grain).filter(workspace_id=looked_at.workspace_id)
    if looked_at.since is not None:
        found = found.filter(**{f"{source.at}__gte": looked_at.since})
    if looked_at.until is not None:
        found = found.filter(**{f"{source.at}__lt": looked_at.until})
    only = {source.dimensions[name]: value for name, value in looked_at.only.items()}
    for name, value in only.items():
        found = found.filter(_having(name, value))
    return _at_places(found, grain, looked_at)


def _at_places(found: "QuerySet[Any]", grain: Grain, looked_at: Slice) -> "QuerySet[Any]":
    """Leave out the rows of other places: by their own place, else by their contact's."""
    if not looked_at.places:
        return found
    if own := SOURCES[grain].dimensions.get("location"):
        return found.filter(**{f"{own}__in": ["", *looked_at.places]})
    return located.of_contacts(found, looked_at.workspace_id, looked_at.places)


@cache
def _all_rows(grain: Grain) -> "QuerySet[Any]":
    """Return a grain's rows, never asked for as such: what is joined to them is said once.

    To say it takes longer than to find the rows of a small window.
    """
    return SOURCES[grain].rows()


def _having(column: str, value: Value) -> Q:
    if column not in LISTS:
        return Q(**{f"{column}__in" if isinstance(value, tuple) else column: value})
    found = Q()
    for one in value if isinstance(value, tuple) else (value,):
        found |= Q(**{f"{column}__contains": f",{one},"})
    return found


def query(rule: Rule, limits: Limits) -> Q:
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
