"""An experiment as it is designed before it begins: what is tried, on whom, and what tells.

One business metric decides, guards must not be harmed, and the number of contacts that it takes
is known before anybody is dealt an arm (AB2, AB9, X28). What was designed never changes; who
wants another design begins another experiment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from baton.core import share
from baton.core.escalation_rules import BUILT_IN, Limit
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Estimate, Grain, Kpi, Side, Unit

LEAST_DAYS = 28
"""Four weeks: the shorter of the pilots of AB9, and most billing and appointment cycles (AB10)."""

MOST_DAYS = 366
FEWEST_ARMS, MOST_ARMS = 2, 4
MOST_GUARDS = 4
MONEY_AFTER = timedelta(days=30)
"""What a contact pays within it of their exposure is what an arm earned (AB3)."""

_WHOLE = 100
_JUDGED = (Estimate.WILSON, Estimate.STUDENT)
_IN_THEIR_TALK = (Grain.EPISODE, Grain.STRETCH)
SETTLED_AT: Mapping[Grain, str] = {
    Grain.BOOKING: "starts_at",
    Grain.INVOICE: "due_at",
    Grain.MEMBER: "day_30_at",
    Grain.SURVEY: "day_30_at",
    Grain.RETURN: "decided_at",
    Grain.LINK: "soon_at",
    Grain.OUTREACH: "soon_at",
    Grain.RUN: "updated_at",
    Grain.ROUND: "day_30_at",
}
"""When nothing changes a contact's row any more, by what the row is; of an episode or a stretch it
is its own end."""

_SETTLED_OF: Mapping[str, str] = dict.fromkeys(
    ("retention_90d", "retention_automated", "retention_touched"), "day_90_at"
)
_NEVER_SETTLED = frozenset({"nps_response_rate", "visit_response_rate"})
"""Shares whose rows have no such moment: who has not answered yet may still do so."""


class Tries(StrEnum):
    """What differs between the arms: one thing, so that its effect can be told."""

    TIMING = "timing"
    CALL_TO_ACTION = "call to action"
    COPY = "copy"
    OFFER = "offer"
    CARE = "care"  # what is done for the contact: a call of a person, a voucher (AB8)
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One of the ways, with its share of contacts in percent."""

    name: str
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """All that is settled before an experiment begins.

    Attributes:
        name: what it is called in addresses and on the command line; of a threshold also what
            deals its contacts.
        flow, split: the step whose variants are the arms; both "" for a threshold.
        field: the limit of the policy whose values are the arms; "" for a split.
        control: the arm that the others are held against; a hold-out is one that does nothing.
        metric: the KPI that decides.
        guards: KPIs that must not get clearly worse.
        baseline, spread: the metric as it is, and how far single values lie apart (a standard
            deviation), in its unit.
        effect: the smallest change of the metric that would matter, above 0, in its unit.
        contacts: how many all arms together take.
        least_days: however clear it is, nothing is kept before (AB9, AB10).
    """

    name: str
    flow: str = ""
    split: str = ""
    field: str = ""
    arms: tuple[Arm, ...]
    control: str
    tries: Tries
    metric: str
    guards: tuple[str, ...]
    baseline: float
    spread: float
    effect: float
    contacts: int
    least_days: int = LEAST_DAYS

    def share_of(self, name: str) -> float:
        """Return an arm's part of all contacts, 0 to 1."""
        return next(arm.share for arm in self.arms if arm.name == name) / _WHOLE

    @property
    def tried(self) -> tuple[Arm, ...]:
        """The arms that are held against the control."""
        return tuple(arm for arm in self.arms if arm.name != self.control)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTrial:
    """A limit of the policy that is being tried, as turns find it."""

    name: str
    field: str
    arms: tuple[Arm, ...]

    def arm_of(self, contact: str) -> Arm:
        """Return a contact's arm: the same as long as the experiment runs, and ever after."""
        return self.arms[share.dealt(contact, self.name, [arm.share for arm in self.arms])]


def measurable() -> tuple[Kpi, ...]:
    """Return the KPIs that an experiment can be judged by: shares and means."""
    return tuple(kpi for kpi in CATALOGUE.values() if _can_judge(kpi))


def settled_at(kpi: Kpi) -> str:
    """Return the column that says when a row of a KPI counts as ended."""
    return _SETTLED_OF.get(kpi.name) or SETTLED_AT.get(kpi.grain, "ended_at")


def _can_judge(kpi: Kpi) -> bool:
    is_of_somebody = kpi.grain in _IN_THEIR_TALK or kpi.grain in SETTLED_AT
    return kpi.estimate in _JUDGED and is_of_somebody and kpi.name not in _NEVER_SETTLED


def limits() -> tuple[Limit, ...]:
    """Return the limits of the policy that can be tried: those whose values are whole numbers."""
    found = (limit for rule in BUILT_IN for limit in rule.limits)
    return tuple(one for one in found if one.least >= 1)


def guards_of(metric: Kpi) -> tuple[str, ...]:
    """Return the guards to begin with: what contacts get, of what the metric is read with (K9)."""
    can = {kpi.name for kpi in measurable() if kpi.side is Side.OUTCOME}
    found = (*metric.pairs_with, "recontact_72h", "csat")
    named = dict.fromkeys(name for name in found if name in can and name != metric.name)
    return tuple(named)[:2]


def problems_of(design: Design) -> dict[str, str]:
    """Return what is wrong with a design, by field; nothing for one that may begin."""
    can = {kpi.name for kpi in measurable()}
    names = [arm.name for arm in design.arms]
    problems: dict[str, str] = {}
    if not FEWEST_ARMS <= len(names) <= MOST_ARMS or len(set(names)) < len(names):
        problems["arms"] = f"Name {FEWEST_ARMS} to {MOST_ARMS} different arms."
    elif any(arm.share < 1 for arm in design.arms) or sum(a.share for a in design.arms) != _WHOLE:
        problems["arms"] = "The shares must be 1 or more each, and 100 together."
    if design.control not in names:
        problems["control"] = "Choose one of the arms as what the others are held against."
    if design.metric not in can:
        problems["metric"] = "Choose a share or a mean of the catalogue."
    problems |= _guard_problems(design, can)
    if not 1 <= design.least_days <= MOST_DAYS:
        problems["least_days"] = f"Let it run 1 to {MOST_DAYS} days at least."
    if design.effect <= 0 or design.spread <= 0:
        problems["effect"] = "Say which change would matter: more than nothing."
    elif design.metric in can:
        problems |= _size_problems(design, CATALOGUE[design.metric].unit)
    return problems


def _guard_problems(design: Design, can: Iterable[str]) -> dict[str, str]:
    if not design.guards:
        return {"guards": "Choose at least one number that must not get worse."}
    if design.metric in design.guards:
        return {"guards": "The metric decides already; choose others as guards."}
    if set(design.guards) - set(can) or len(design.guards) > MOST_GUARDS:
        return {"guards": f"Choose up to {MOST_GUARDS} shares or means of the catalogue."}
    return {}


_WIDEST = {Unit.SHARE: 1.0, Unit.SCORE: 100.0}


def _size_problems(design: Design, unit: Unit) -> dict[str, str]:
    widest = _WIDEST.get(unit)
    if widest is None:
        return {}
    if not 0 <= design.baseline <= widest:
        return {"baseline": "It lies from 0 to 100."}
    if design.effect >= widest:
        return {"effect": "A change of so much is not possible."}
    return {}
