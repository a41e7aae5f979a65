"""What a week's report names, by a rule: three trends, two flows to tune, one urgent fix (RP2).

The rule is written here and shown on the page, so that nobody chooses what is told:

- *Trends* are the KPIs of `WATCHED` whose change from the week before is the surest: its distance
  from none, by how far its interval reaches towards none. A change that is not clear is named as
  such; one for the better that young rows may still undo is not named.
- *Flows to tune* are those with the worst verdicts, the busiest first; working ones and those
  with too few matters are never named.
- The *urgent fix* is the busiest flow that does harm; else the watched KPI that got clearly worse,
  the surest first; else nothing is urgent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from baton.core.kpis import Better, Estimate
from baton.reports.changes import Change
from baton.reports.verdicts import Verdict

WATCHED = (
    "containment",
    "recontact_72h",
    "csat",
    "escalation_rate",
    "handoff_first_touch",
    "csat_after_handoff",
    "dropped_context",
    "people_contacts",
    "no_show_rate",
    "paid_on_time_rate",
)
TRENDS, TO_TUNE = 3, 2

RULE = (
    "Trends are the watched KPIs whose change is the surest: its distance from none, by how far "
    "its interval reaches towards none; a better share that may still change is not named. "
    "Flows to tune have the worst verdicts, the busiest first; working ones and those with too "
    "few matters are never named. The urgent fix is the busiest flow that does harm; else the "
    "watched KPI that got clearly worse; else nothing is."
)
"""The rule in words, as page, paper and letter tell it."""

SLICES: Mapping[str, tuple[str, ...]] = {
    "Operational": ("people_contacts", "time_to_human", "handoff_first_touch", "handle_time"),
    "Quality": ("containment", "recontact_72h", "csat", "csat_after_handoff", "dropped_context"),
    "Business": ("no_show_rate", "paid_on_time_rate"),
}
"""The three slices of a week (RP1), each with the KPIs that it is told by."""

_TUNED = (Verdict.HARMING, Verdict.MISSING, Verdict.UNCLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowWeek:
    """A flow in a week: the verdict, why, and how many matters it answers for."""

    name: str
    title: str
    verdict: Verdict
    reasons: tuple[str, ...]
    matters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a week's report names; `urgent` is a flow, a change, or None."""

    trends: tuple[Change, ...]
    to_tune: tuple[FlowWeek, ...]
    urgent: FlowWeek | Change | None


def name(changes: Mapping[str, Change], flows: Iterable[FlowWeek]) -> Named:
    """Return what a week's report names, by the rule above."""
    watched = [changes[one] for one in WATCHED if one in changes and is_ripe(changes[one])]
    surest = sorted(watched, key=sureness, reverse=True)
    ranked = sorted(
        (one for one in flows if one.verdict in _TUNED),
        key=lambda one: (_TUNED.index(one.verdict), -one.matters, one.title),
    )
    return Named(
        trends=tuple(surest[:TRENDS]),
        to_tune=tuple(ranked[:TO_TUNE]),
        urgent=_urgent(ranked, surest),
    )


def _urgent(ranked: Sequence[FlowWeek], surest: Sequence[Change]) -> FlowWeek | Change | None:
    if ranked and ranked[0].verdict is Verdict.HARMING:
        return ranked[0]
    return next((one for one in surest if one.is_clear and is_worse(one)), None)


def is_ripe(change: Change) -> bool:
    """Return whether no young row can undo a change: those still to come back make it worse."""
    is_share = change.now.kpi.estimate is Estimate.WILSON
    return not (is_share and change.now.young) or is_worse(change)


def sureness(change: Change) -> float:
    """Return how far a change is from none, by its interval's reach that way; over 1 is clear.

    An interval need not lie evenly about its value: two shares of all are no change at all,
    however far the one of fewer rows may be from it.
    """
    lies = change.interval
    if lies is None or not change.value:
        return 0.0
    reach = change.value - lies.low if change.value > 0 else lies.high - change.value
    return abs(change.value) / reach if reach > 0 else 0.0


def is_worse(change: Change) -> bool:
    """Return whether a change goes the wrong way."""
    # The change of a count is the share by which it fell.
    rose = change.value < 0 if change.now.kpi.estimate is Estimate.POISSON else change.value > 0
    if change.value == 0:
        return False
    return rose is (change.now.kpi.better is Better.LOWER)
