"""What the numbers of a flow say together, in words: working, harming, or not known yet.

A verdict is never drawn from efficiency alone, nor from fewer rows than bear it (K8-K11,
X28). Every limit below is a starting guardrail of the contract; a flow's own gates come first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from baton.core.kpi_catalogue import measures
from baton.core.kpi_catalogue.measures import Measure, Told
from baton.core.kpis import Estimate
from baton.core.rollout import SEVERAL_HUNDRED
from baton.flows.charter import Charter, Gate, Stance
from baton.reports import changes, intervals
from baton.reports.changes import Change, change_of
from baton.reports.intervals import Interval
from baton.reports.kpis import KpiReading

MOST_RECONTACTS = 0.08  # K11
MOST_CSAT_FALL = 2.0  # points of 100 (X8: approve within 2)
LONG_ENOUGH = timedelta(days=28)
"""The shorter of the pilots of AB9."""
POOR_CSAT = 50.0  # worse than the middle mark; ours, for K8's "poor"

RESOLVED = Gate(kpi="automated_resolution", stance=Stance.AT_LEAST, limit=0.25)
"""Asked of flows for what is simple (K11)."""

SERVED = Gate(kpi="handoff_csat_change", stance=Stance.AT_LEAST, limit=-1.0)
"""Asked of all: who came to a person marks them at most a point of 100 lower than before (K11, X8).
More is no fault."""

_SIMPLE = 2  # complexity up to which a flow automates what is simple (T7)

NAMES = (
    "containment",
    "automated_resolution",
    "escalation_rate",
    "recontact_72h",
    "csat",
    "csat_after_handoff",
)
"""The KPIs that a verdict is drawn from, beside those of the flow's own gates."""


class Verdict(StrEnum):
    """What becomes of a flow, as far as its numbers tell."""

    HARMING = "harming"
    MISSING = "missing its gate"
    WORKING = "working"
    UNCLEAR = "not clear yet"
    TOO_FEW = "too few to judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict with what it stands on: each reason a clause of a sentence."""

    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReading:
    """A flow's gate beside what was counted; `holds` is None while nobody can say.

    `value` is what is held against the limit: of a gate on a change, the change.
    """

    gate: Gate
    reading: KpiReading | None
    holds: bool | None
    value: float | None = None

    @property
    def is_within(self) -> bool:
        """Whether the value is on the good side of the limit, however sure that is."""
        if self.value is None:
            return False
        is_most = self.gate.stance is Stance.AT_MOST
        return self.value <= self.gate.limit if is_most else self.value >= self.gate.limit


def held_to(charter: Charter) -> tuple[Gate, ...]:
    """Return a flow's own gates, and the guardrails on what it sets no gate on itself (K11)."""
    is_simple = charter.triage is not None and charter.triage.complexity <= _SIMPLE
    ours = (RESOLVED, SERVED) if is_simple else (SERVED,)
    own = {gate.kpi for gate in charter.gates}
    return (*charter.gates, *(gate for gate in ours if gate.kpi not in own))


def judge(
    now: Mapping[str, KpiReading],
    before: Mapping[str, KpiReading],
    gates: tuple[GateReading, ...] = (),
) -> Judged:
    """Return the verdict on a flow; `before` is what it was in the window or period before."""
    contained = now["containment"]
    if not contained.is_enough:
        least = contained.kpi.min_rows
        told = f"{contained.among} of the {least} matters that a verdict takes"
        return Judged(verdict=Verdict.TOO_FEW, reasons=(told,))
    facts = tuple(_facts(now, before))
    if harms := tuple(_harms(now, before)):
        return Judged(verdict=Verdict.HARMING, reasons=harms + facts)
    missed = [one for one in gates if one.holds is False]
    if missed:
        reasons = tuple(_missed(one) for one in missed)
        return Judged(verdict=Verdict.MISSING, reasons=reasons + facts)
    if few := _few_to_praise(contained):
        return Judged(verdict=Verdict.TOO_FEW, reasons=(few, *facts))
    if lacking := tuple(_lacking(now)):
        return Judged(verdict=Verdict.UNCLEAR, reasons=lacking + facts)
    return Judged(verdict=Verdict.WORKING, reasons=facts)


def hold(
    gate: Gate, readings: Mapping[str, KpiReading], changed: Mapping[str, Change]
) -> GateReading:
    """Return whether a gate holds: nobody can say while the limit lies within the interval.

    Gates on a change, such as that of CSAT, are held against the `changed` from the baseline.
    A limit is missed as soon as that is clear, and kept only where no young row can undo it.
    """
    measure = measures.find(gate.kpi)
    reading = readings.get(measure.kpi) if measure else None
    if measure is None or reading is None:
        return GateReading(gate=gate, reading=None, holds=None)
    value, lies = _measured(measure, reading, changed.get(measure.kpi))
    holds = None
    if lies is not None and reading.is_enough:
        is_most = gate.stance is Stance.AT_MOST
        if lies.is_below(gate.limit) or lies.high == gate.limit:
            holds = is_most
        elif lies.is_above(gate.limit) or lies.low == gate.limit:
            holds = not is_most
    if holds and measure.told is Told.VALUE and not _stays_kept(gate, reading):
        holds = None
    return GateReading(gate=gate, reading=reading, holds=holds, value=value)


def _stays_kept(gate: Gate, reading: KpiReading) -> bool:
    """Return whether a share keeps its limit on the rows that nothing changes any more.

    Of the young, some may still come back; which did already is not known. So the settled rows are
    taken at their worst: with all that was counted for "at most", without the young for "at least".
    """
    if not reading.young or reading.kpi.estimate is not Estimate.WILSON:
        return True
    settled = reading.among - reading.young
    if settled < reading.kpi.min_rows:
        return False
    if gate.stance is Stance.AT_MOST:
        return intervals.wilson(min(reading.count, settled), settled).high <= gate.limit
    return intervals.wilson(max(reading.count - reading.young, 0), settled).low >= gate.limit


def _measured(
    measure: Measure, reading: KpiReading, change: Change | None
) -> tuple[float | None, Interval | None]:
    """Return what a gate's limit is held against, in the limit's own unit, and where it lies."""
    value, lies = reading.value, reading.interval
    if measure.told is not Told.VALUE:
        if change is None:
            return None, None
        value, lies = (
            (change.value, change.interval)
            if measure.told is Told.CHANGE
            else changes.part_of(change)
        )
    by = -1 if measure.told is Told.LIFT else 1 / measure.per
    if value is not None:
        value *= by
    if lies is not None:
        low, high = sorted((lies.low * by, lies.high * by))
        lies = Interval(low=low, high=high)
    return value, lies


def _harms(now: Mapping[str, KpiReading], before: Mapping[str, KpiReading]) -> Iterator[str]:
    returned = now["recontact_72h"]
    if _is_above(returned, MOST_RECONTACTS):
        yield f"clearly more than {MOST_RECONTACTS:.0%} came back about the same"
    if _rose(now, before, "containment") and _rose(now, before, "recontact_72h"):
        yield "more stay with the bot and more come back: it closes too early"  # K10
    fall = csat_change(now, before)
    if fall is not None and fall.is_below(-MOST_CSAT_FALL):
        yield f"CSAT fell by clearly more than {MOST_CSAT_FALL:.0f} points"
    served = now["csat_after_handoff"]
    if served.interval is not None and served.interval.is_below(POOR_CSAT):
        yield "contacts who came to a person were badly served after all"  # K8, G3


def csat_change(
    now: Mapping[str, KpiReading], before: Mapping[str, KpiReading], name: str = "csat"
) -> Interval | None:
    """Return where the change of a mean mark lies; None where too few gave one."""
    after, ago = now.get(name), before.get(name)
    change = change_of(after, ago) if after and ago else None
    return change.interval if change else None


def _rose(now: Mapping[str, KpiReading], before: Mapping[str, KpiReading], name: str) -> bool:
    after, ago = now[name], before[name]
    if not (after.is_enough and ago.is_enough):
        return False
    found = intervals.share_difference((after.count, after.among), (ago.count, ago.among))
    return found.is_above(0)


def _is_above(reading: KpiReading, limit: float) -> bool:
    return reading.is_enough and reading.interval is not None and reading.interval.is_above(limit)


def _missed(one: GateReading) -> str:
    bound = "at most" if one.gate.stance is Stance.AT_MOST else "at least"
    measure = measures.find(one.gate.kpi)
    title = measure.title if measure else one.gate.kpi.replace("_", " ")
    limit = f"{one.gate.limit:g}"
    if measure is not None and measure.is_share:
        limit = f"{one.gate.limit:.0%}"
    return f"{title.lower()} was to be {bound} {limit}"


def _few_to_praise(contained: KpiReading) -> str:
    """Tell that a good word takes several hundred matters or four weeks (AB9); "" where it may.

    Harm is told from fewer: it is clear then, and waiting costs contacts.
    """
    is_long = contained.span is None or contained.span >= LONG_ENOUGH
    if is_long or contained.among >= SEVERAL_HUNDRED:
        return ""
    days = contained.span.days if contained.span else 0
    told = f"{contained.among} matters in {days} days"
    return f"{told}: a good word takes several hundred, or four weeks"


def _lacking(now: Mapping[str, KpiReading]) -> Iterator[str]:
    """Tell what is missing for a good word: an outcome that is known to be good."""
    returned = now["recontact_72h"]
    settled = returned.among - returned.young
    if settled < returned.kpi.min_rows:
        told = f"only {settled}" if settled else "no"
        yield f"{told} matters were closed long enough ago to tell who comes back"
    elif returned.value is not None and returned.value > MOST_RECONTACTS:
        yield f"more than {MOST_RECONTACTS:.0%} came back, though not clearly"


def _facts(now: Mapping[str, KpiReading], before: Mapping[str, KpiReading]) -> Iterator[str]:
    for name, words in (("containment", "contained"), ("recontact_72h", "came back")):
        found = now[name]
        if found.value is not None and found.interval is not None:
            lies = found.interval
            yield f"{words} {found.value:.0%} ({lies.low:.0%} to {lies.high:.0%})"
    change = csat_change(now, before)
    if change is not None:
        half = (change.high - change.low) / 2
        yield f"CSAT {(change.high + change.low) / 2:+.1f} ± {half:.1f}"
    elif (marked := now["csat"]).value is not None:
        yield f"CSAT {marked.value:.0f} of {marked.among} mark{'s' * (marked.among > 1)}"
