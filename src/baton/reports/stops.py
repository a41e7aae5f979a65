"""When a flow must stop by itself: its numbers say clearly that it harms (AL2, AL3, PL24).

The same is asked several times a day, for weeks. A limit that is broken with 95 % certainty would
be broken by chance every few days then, so a stop takes `CERTAINTY`; what harms is far beyond it
within days. Each of several spans up to now is looked at, so that a sudden harm is seen in the
shortest and a slow one in the longest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from baton.core.policy import Policy
from baton.flows.charter import Gate, Stance
from baton.reports import intervals
from baton.reports.kpis import KpiReading

CERTAINTY = 0.9999
"""Chance breaks a limit once in 20,000 looks: with the looks of a pilot of 90 days, of which most
see the same matters, it pauses a harmless flow in fewer than one of 20 (`baton simulate --pilot`
measures it)."""

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
    certainty: float = CERTAINTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was counted in a span up to now, and before it: by a baseline, where there is one."""

    span: timedelta
    now: Mapping[str, KpiReading]
    before: Mapping[str, KpiReading]


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
    )


CAUTIOUS_SHARE = 0.20
"""Up to this share a flow is let to people for the first time (PL6, AL8)."""

CAUTIOUS_CERTAINTY = 0.995
"""A soft launch lasts a week or two, so that chance has fewer looks at it; few matters come, and
what is clear by then is enough to stop and look."""

CAUTIOUS_MATTERS = 15
"""The least that a soft launch is judged by: its share of a day or two. Ours."""


def cautious(limits: StopLimits) -> StopLimits:
    """Return the limits of a soft launch: less is taken for clear, from fewer matters on.

    Marks are waited for as ever: a handful of them lies too far apart to stop anything by.
    """
    return replace(
        limits,
        matters=min(limits.matters, CAUTIOUS_MATTERS),
        certainty=CAUTIOUS_CERTAINTY,
    )


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
    back, before = look.now.get("recontact_72h"), look.before.get("recontact_72h")
    if back and _is_over(back, limits.recontact_rate, limits):
        yield "recontact", f"{_share(back)} came back, {_limit(limits.recontact_rate)}"
    elif back and before and _rose(back, before, limits):
        yield "recontact", f"{_share(back)} came back, {_share(before)} before"
    fall = _fall(look, limits)
    if fall is not None:
        yield "csat", f"CSAT fell by {fall:.1f} points of 100"


def _is_over(reading: KpiReading, limit: float, limits: StopLimits) -> bool:
    if reading.among < limits.matters:
        return False
    return intervals.wilson(reading.count, reading.among, limits.certainty).is_above(limit)


def _rose(now: KpiReading, before: KpiReading, limits: StopLimits) -> bool:
    if min(now.among, before.among) < limits.matters:
        return False
    rise = now.count / now.among - before.count / before.among
    lies = intervals.share_difference(
        (now.count, now.among), (before.count, before.among), limits.certainty
    )
    return rise > limits.rise and lies.is_above(0)


def _fall(look: Look, limits: StopLimits) -> float | None:
    """Return by how much CSAT clearly fell, None where it did not by so much."""
    now, before = look.now.get("csat"), look.before.get("csat")
    if now is None or before is None or now.sums is None or before.value is None:
        return None
    if now.among < limits.marks:
        return None
    fall = before.value - now.sums.mean
    if before.sums is None:  # a figure that somebody brought: as sure as they were
        lies = intervals.student(now.sums, CERTAINTY)
        is_clear = lies is not None and lies.is_below(before.value)
    elif before.among < limits.marks:
        return None
    else:
        change = intervals.difference(now.sums, before.sums, CERTAINTY)
        is_clear = change is not None and change.is_below(0)
    return fall if is_clear and fall > limits.csat_fall else None


def _share(reading: KpiReading) -> str:
    return f"{reading.count / reading.among:.0%}"


def _limit(limit: float) -> str:
    return f"more than {limit:.0%}"
