"""What a KPI is: rows that are counted among other rows, with all that keeps it honest.

A KPI names its rows by tests on their columns, so that one definition is computed by the
database, opened row by row, printed and checked by hand. A numerator is a subset of its
denominator by construction: its tests come on top of the denominator's (invariant 12).
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from baton.core.policy import Policy


class Grain(StrEnum):
    """What one row is."""

    EPISODE = "episode"  # a matter from the contact's first word to its close, or its return
    STRETCH = "stretch"  # the time in which people own it: a handoff from its offer to its end
    BOOKING = "booking"
    SLOT = "slot"  # an activity at a time, with its places
    INVOICE = "invoice"
    MEMBER = "member"  # a membership, from the day somebody joined
    SURVEY = "survey"  # a question whether somebody recommends us, but none that follows one up
    RETURN = "return"
    LINK = "link"  # a short address in one message
    OUTREACH = "outreach"  # a message that we began and that went out
    RUN = "run"  # one contact going through one flow
    ROUND = "round"  # a contact who may leave, dealt something to win them back, or nothing


class Unit(StrEnum):
    """What a value is."""

    SHARE = "share"  # 0 to 1
    SCORE = "score"  # 0 to 100 (U1)
    BALANCE = "balance"  # -100 to 100 (NP1)
    SECONDS = "seconds"
    COUNT = "count"


class Side(StrEnum):
    """What a KPI tells of (K9): neither half is ever shown without the other."""

    EFFICIENCY = "efficiency"
    OUTCOME = "outcome"


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"


class Estimate(StrEnum):
    """How far the true value may lie from the counted one, 19 times out of 20."""

    WILSON = "wilson"  # a share: holds for few rows and near 0 and 1
    STUDENT = "student"  # a mean: Student's t
    RANKS = "ranks"  # a median: between two rows in order, whatever the distribution
    POISSON = "poisson"  # a count
    RATIO = "ratio"  # one sum by another: by how far rows are from the ratio of all


class Op(StrEnum):
    """How a column is tested; a column without a value passes `UNKNOWN` and `IS_NOT` alone."""

    IS = "is"
    IS_NOT = "is not"
    ONE_OF = "is one of"
    KNOWN = "is known"
    UNKNOWN = "is unknown"
    OVER = "is over"
    AT_MOST = "is at most"
    AT_LEAST = "is at least"


class Given(StrEnum):
    """A limit that a workspace's policy or the clock gives."""

    CSAT_WINDOW = "csat_window"  # seconds (X37)
    SILENT_SINCE = "silent_since"  # who was left alone since then has not come back (FQ19)
    NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What `Given` names, at one moment in one workspace."""

    csat_window: int
    silent_since: datetime
    now: datetime

    def of(self, name: Given) -> int | datetime:
        """Return one of them."""
        match name:
            case Given.CSAT_WINDOW:
                return self.csat_window
            case Given.SILENT_SINCE:
                return self.silent_since
            case Given.NOW:
                return self.now


def limits_of(policy: Policy, now: datetime) -> Limits:
    """Return the limits that a workspace's policy and the clock give."""
    return Limits(
        csat_window=int(policy.csat_window.total_seconds()),
        silent_since=now - policy.recontact_window,
        now=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Another column of the same row, to be held against."""

    name: str


Scalar = str | int | float | bool
Bound = Scalar | tuple[str, ...] | Given | Column | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a row's column."""

    column: str
    op: Op
    value: Bound = None


@dataclass(frozen=True, slots=True)
class Either:
    """Holds where one of its tests does."""

    conditions: tuple[Condition, ...]


Rule = tuple[Condition | Either, ...]
"""All of these hold."""

MIN_ROWS = 30
"""Fewer rows tell nothing that a verdict could stand on: the interval of a share is wider
than a third then. Ours; a mean of marks is worth a look from 200 on (X28)."""

MIN_MARKS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One measure of the catalogue.

    Attributes:
        definition: what it tells, in one sentence.
        formula: how it is computed, in words.
        among: the rows that it is taken over: its denominator.
        counts: tests on top of those, for a share: its numerator.
        of: the column whose mean, median or sum it is; "" for a share of rows, or a count a week.
        per: the column by whose sum that of `of` is divided, for a ratio.
        side: efficiency, or what the contact got.
        pairs_with: the KPIs without which it misleads (K9).
        min_rows: fewer rows in `among` are no ground for a verdict.
        matures_after: rows younger than this may still change it.
        sources: rows of the contract.
    """

    name: str
    title: str
    definition: str
    formula: str
    grain: Grain
    unit: Unit
    side: Side
    better: Better
    estimate: Estimate
    among: Rule
    counts: Rule = ()
    of: str = ""
    per: str = ""
    pairs_with: tuple[str, ...]
    min_rows: int = MIN_ROWS
    matures_after: timedelta = timedelta(0)
    sources: tuple[str, ...]

    @property
    def numerator(self) -> Rule:
        """The rows that it counts; for a mean or a median, those it is taken over."""
        return self.among + self.counts


def holds(rule: Rule, row: Mapping[str, object], limits: Limits) -> bool:
    """Return whether a row passes all tests; the meaning that every other form must keep."""
    return all(
        any(_passes(one, row, limits) for one in part.conditions)
        if isinstance(part, Either)
        else _passes(part, row, limits)
        for part in rule
    )


def _passes(test: Condition, row: Mapping[str, object], limits: Limits) -> bool:
    found = row[test.column]
    bound = _bound(test.value, row, limits)
    if test.op in _OF_NOTHING:
        return _OF_NOTHING[test.op](found, bound)
    return found is not None and bound is not None and _OF_SOMETHING[test.op](found, bound)


_Meaning = Callable[[Any, Any], bool]
_OF_NOTHING: Mapping[Op, _Meaning] = {
    Op.KNOWN: lambda found, _: found is not None,
    Op.UNKNOWN: lambda found, _: found is None,
    Op.IS_NOT: lambda found, bound: found != bound,
}
_OF_SOMETHING: Mapping[Op, _Meaning] = {
    Op.IS: operator.eq,
    Op.ONE_OF: lambda found, bound: found in bound,
    Op.OVER: operator.gt,
    Op.AT_MOST: operator.le,
    Op.AT_LEAST: operator.ge,
}


def _bound(value: Bound, row: Mapping[str, object], limits: Limits) -> object:
    match value:
        case Given():
            return limits.of(value)
        case Column(name=name):
            return row[name]
        case _:
            return value


def told(rule: Rule) -> str:
    """Return a rule in words, as the catalogue's page shows it."""
    return " and ".join(_told(part) for part in rule) or "every row"


def _told(part: Condition | Either) -> str:
    if isinstance(part, Either):
        return f"({' or '.join(_told(one) for one in part.conditions)})"
    match part.value:
        case None:
            bound = ""
        case Column(name=name):
            bound = f" {name}"
        case tuple() as words:
            bound = f" {', '.join(words)}"
        case other:
            bound = f" {str(other).lower() if isinstance(other, bool) else other}"
    return f"{part.column} {part.op.value}{bound}"
