"""When a flow must stop by itself: its numbers say clearly that it harms (AL2, AL3, PL24).

The same is asked several times a day, for weeks. A limit that is broken with 95 % certainty would
be broken by chance every few days then, so a stop takes `CERTAINTY`; what harms is far beyond it
within days. Each of several spans up to now is looked at, so that a sudden harm is seen in the
shortest and a slow one in the longest.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import sqrt
from typing import TypeVar

from baton.core.policy import Policy
from baton.flows.charter import Gate, Stance
from baton.reports import intervals
from baton.reports.kpis import KpiReading

CERTAINTY = 0.99999
"""Chance breaks a limit once in 200,000 looks. A pilot of 90 days has thousands, and false pauses
are spent where they buy most: in the soft launch, where few matters come (`cautious`)."""

SPANS = (timedelta(days=3), timedelta(days=7), timedelta(days=14))
BEFORE = timedelta(days=28)
"""What stood before a span: as long as a rhythm of weeks shows."""

EVERY = timedelta(hours=6)
"""How often one looks."""

NAMES = ("escalation_rate", "recontact_72h", "csat")


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLimits:
    """What stops a flow; shares from 0 to 1, CSAT in points of 100."""

    escalation_rate: float
    rise: float
    recontact_rate: float
    csat_fall: float
    matters: int
    marks: int
    marks_before: int
    certainty: float = CERTAINTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was counted in a span up to now, and before it: by a baseline, where there is one.

    Attributes:
        ripe: of those of now who will come back, the share (0-1) that is back already if they are
            as quick as those before. Who came yesterday had no time for it yet.
    """

    span: timedelta
    now: Mapping[str, KpiReading]
    before: Mapping[str, KpiReading]
    ripe: float = 1.0


def limits_of(policy: Policy, gates: Sequence[Gate] = ()) -> StopLimits:
    """Return the limits of a flow: its own gate on escalations comes before the policy's."""
    own = [
        gate.limit
        for gate in gates
        if gate.kpi == "escalation_rate" and gate.stance is Stance.AT_MOST
    ]
    return StopLimits(
        escalation_rate=min(own, default=policy.pause_escalation_rate),
        rise=policy.pause_rise,
        recontact_rate=policy.pause_recontact_rate,
        csat_fall=policy.pause_csat_fall,
        matters=policy.pause_matters,
        marks=policy.pause_csat_marks,
        marks_before=policy.pause_csat_marks,
    )


CAUTIOUS_SHARE = 0.20
"""Up to this share a flow is let to people for the first time (PL6, AL8)."""

CAUTIOUS_CERTAINTY = 0.997
"""A soft launch lasts a week or two, so that chance has fewer looks at it; few matters come, and
what is clear by then is enough to stop and look. Marks are looked at once a day, by whole days of
the stage: each look is a chance to err, and theirs have no exact test that is careful by itself."""

CAUTIOUS_FALL = 10.0
"""Points of 100 by which a handful of marks must fall: a smaller fall is believed once it is as
clear as at any other time. Ours."""

CAUTIOUS_MATTERS = 15
"""The least that a soft launch is judged by: its share of a day or two. Ours."""

ALL_WORSE = 3.5
"""So many standard deviations beyond chance all three lie together, each beyond one. Apart they
would take 3.0 to be as sure; people who are handed over also mark worse, so that they are not."""

CAUTIOUS_MARKS = 8
"""The least marks that a soft launch is judged by, beside as many before as ever. Ours."""


def find_first_harms(looks: Sequence[Look], limits: StopLimits) -> tuple[str, ...]:
    """Return why a flow must stop that is let to its first people (AL8).

    Less is taken for clear, from fewer matters on; what stops a flow at any time stops it too.
    """
    first = _cautious(limits)
    return find_harms(looks, first) or find_harms(looks, limits) or _all_worse(looks, first)


def _cautious(limits: StopLimits) -> StopLimits:
    return replace(
        limits,
        csat_fall=max(limits.csat_fall, CAUTIOUS_FALL),
        matters=min(limits.matters, CAUTIOUS_MATTERS),
        marks=min(limits.marks, CAUTIOUS_MARKS),
        certainty=CAUTIOUS_CERTAINTY,
    )


AT_ONCE = "at_once"
"""Handed over with the first answer, of all: what drafts in shadow tell too, for they go no
further than that. Beside all that a flow hands over they would tell too little."""

OF_SHADOW = (AT_ONCE, "recontact_72h", "csat")


def told_before(
    own: Mapping[str, KpiReading], shadow: Mapping[str, KpiReading]
) -> Mapping[str, KpiReading]:
    """Return what stood before a span in a soft launch: its own matters, or the more of its shadow.

    On the matters that it drafted for people reached what it is let to people instead of: the
    same kind of matters, answered the weeks before.
    """
    more = (one for one in OF_SHADOW if one not in own or own[one].among < shadow[one].among)
    return {**own, **{name: shadow[name] for name in more}}


Span = TypeVar("Span", float, timedelta)

LEAST_RETURNS = 20
"""How soon people come back is told by so many returns at least; ours."""


def ripe_share(ages: Sequence[Span], returned_after: Sequence[Span]) -> float:
    """Return the share (0-1) of the returns to come that matters of such ages show by now.

    By how soon others came back; ages and spans in one unit. 1, the careful end, while too few
    came back to tell.
    """
    if not ages or len(returned_after) < LEAST_RETURNS:
        return 1.0
    spans = sorted(returned_after)
    return sum(bisect_right(spans, age) for age in ages) / (len(ages) * len(spans))


def find_harms(looks: Sequence[Look], limits: StopLimits) -> tuple[str, ...]:
    """Return why a flow must stop, in words; nothing while it need not."""
    found: dict[str, str] = {}
    for look in looks:  # the shortest span first: it tells best when it began
        for name, told in _harms(look, limits):
            found.setdefault(name, f"{told} in {look.span.days} days")
    return tuple(found.values())


def _harms(look: Look, limits: StopLimits) -> Iterator[tuple[str, str]]:
    handed, before = look.now.get("escalation_rate"), look.before.get("escalation_rate")
    if handed and _is_over(handed, limits.escalation_rate, limits):
        yield "escalations", f"{_share(handed)} were handed over, {_limit(limits.escalation_rate)}"
    elif handed and before and _rose(handed, before, limits):
        yield "escalations", f"{_share(handed)} were handed over, {_share(before)} before"
    elif (
        (at_once := look.now.get(AT_ONCE))
        and (drafted := look.before.get(AT_ONCE))
        and _rose(at_once, drafted, limits)
    ):
        told = f"{_share(at_once)} were handed over at once, {_share(drafted)} in shadow"
        yield "escalations", told
    back, before = look.now.get("recontact_72h"), look.before.get("recontact_72h")
    if back and _is_over(back, limits.recontact_rate, limits):
        yield "recontact", f"{_share(back)} came back, {_limit(limits.recontact_rate)}"
    elif back and before and _rose(back, before, limits, look.ripe):
        yield "recontact", f"{_share(back)} came back, {_share(before)} before"
    fall = _fall(look, limits)
    if fall is not None:
        yield "csat", f"CSAT fell by {fall:.1f} points of 100"


def _all_worse(looks: Sequence[Look], limits: StopLimits) -> tuple[str, ...]:
    """Return the harm of a flow that does worse in everything, and in nothing clearly alone."""
    for look in looks:
        beyond = tuple(_beyond_chance(look, limits))
        if len(beyond) == len(OF_SHADOW) and min(beyond) > 1:
            together = sum(beyond) / sqrt(len(beyond))
            if together > ALL_WORSE:
                told = "more were handed over at once, more came back and marks fell, all together"
                return (f"{told} in {look.span.days} days",)
    return ()


def _beyond_chance(look: Look, limits: StopLimits) -> Iterator[float]:
    """Yield of each how far it got worse, in standard deviations; nothing of what is too few."""
    for name, ripe in ((AT_ONCE, 1.0), ("recontact_72h", look.ripe)):
        now, before = look.now.get(name), look.before.get(name)
        if now and before and now.among * ripe and now.among >= limits.matters <= before.among:
            counts = (now.count, now.among * ripe), (before.count, before.among)
            yield intervals.spreads_of(intervals.chance_of_more(*counts))
    marks, ago = look.now.get("csat"), look.before.get("csat")
    if marks and ago and marks.sums and ago.sums and marks.among >= limits.marks:
        found = intervals.alike_difference(marks.sums, ago.sums)
        if found is not None:
            yield -(found.low + found.high) / (found.high - found.low) * intervals.REACH


def _is_over(reading: KpiReading, limit: float, limits: StopLimits) -> bool:
    if reading.among < limits.matters:
        return False
    return intervals.wilson(reading.count, reading.among, limits.certainty).is_above(limit)


def _rose(now: KpiReading, before: KpiReading, limits: StopLimits, ripe: float = 1.0) -> bool:
    if now.among < limits.matters or before.among < limits.matters:
        return False
    seen = now.among * ripe  # so many matters' worth of what is to come could be seen by now
    if not seen or now.count / seen - before.count / before.among <= limits.rise:
        return False
    by_chance = intervals.chance_of_more((now.count, seen), (before.count, before.among))
    return by_chance < (1 - limits.certainty) / 2


def _fall(look: Look, limits: StopLimits) -> float | None:
    """Return by how much CSAT clearly fell, None where it did not by so much."""
    now, before = look.now.get("csat"), look.before.get("csat")
    if now is None or before is None or now.sums is None or before.value is None:
        return None
    if now.among < limits.marks:
        return None
    fall = before.value - now.sums.mean
    if before.sums is None:  # a figure that somebody brought: as sure as they were
        lies = intervals.student(now.sums, limits.certainty)
        is_clear = lies is not None and lies.is_below(before.value)
    elif before.among < limits.marks_before:
        return None
    else:
        change = intervals.alike_difference(now.sums, before.sums, limits.certainty)
        is_clear = change is not None and change.is_below(0)
    return fall if is_clear and fall > limits.csat_fall else None


def _share(reading: KpiReading) -> str:
    return f"{reading.count / reading.among:.0%}"


def _limit(limit: float) -> str:
    return f"more than {limit:.0%}"
