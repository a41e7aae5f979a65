"""A rollout: whom a flow reaches while it is proven, and by which stages it reaches more (PL2).

A contact's place in a flow is fixed, so a growing share keeps everybody who was in it, on
every machine and after every restart (PL22). A flow in shadow decides for all of its people
and says nothing to any of them (PL5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from baton.core import share
from baton.core.errors import InvalidInput


class Kind(StrEnum):
    """What a stage does to the people that a flow is for."""

    DRAFT = "draft"  # nothing starts yet
    SHADOW = "shadow"  # it decides, and nothing is sent
    SHARE = "share"  # a share of them is served
    FULL = "full"
    OFF = "off"  # rolled back: people answer


class Admission(StrEnum):
    """How a flow takes one contact."""

    SERVED = "served"
    SHADOWED = "shadowed"
    LEFT = "left"  # to other flows, or to people


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Whom a rollout is limited to; what is empty limits nothing.

    `channels`, `locations` and `products` are names, of which one must fit; `segment` is a
    condition on the contact, as in a flow's trigger.
    """

    channels: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    segment: str = ""

    def fit(self, *, channel: str, locations: Sequence[str], products: Sequence[str]) -> bool:
        """Return whether somebody on a channel, at a place, about products is within them.

        What nobody knows of them is not within: a slice that was agreed on stays that slice.
        """
        return (
            (not self.channels or channel in self.channels)
            and (not self.locations or not self.locations.isdisjoint(locations))
            and (not self.products or not self.products.isdisjoint(products))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom a flow reaches now: the kind of its stage, the share from 0 to 1, and its bounds.

    With `gives_up`, those who are in it go no further: who answers what it asked gets a person.
    """

    kind: Kind
    share: float = 0.0
    gives_up: bool = False
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def starts(self) -> bool:
        """Whether anything starts, be it in shadow."""
        return self.kind not in (Kind.DRAFT, Kind.OFF)

    def admission_of(self, contact: str, flow: str) -> Admission:
        """Return how the flow takes a contact who is within the bounds."""
        match self.kind:
            case Kind.SHADOW:
                return Admission.SHADOWED
            case Kind.FULL:
                return Admission.SERVED
            case Kind.SHARE if place_in(flow, contact) < self.share:
                return Admission.SERVED
            case _:
                return Admission.LEFT


def place_in(flow: str, contact: str) -> float:
    """Return a contact's fixed place in a flow's rollout, from 0 up to before 1."""
    return share.place_of(contact, f"rollout:{flow}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a plan.

    Attributes:
        share: of the flow's people, 0 to 1; it may be set from `least` to `most`.
        lasts: how long it is planned to take; it never ends by itself.
        matters: so many of the flow's matters a verdict on it takes at least (X12).
        drafts: so many shadow drafts beside real answers it takes to leave it.
        needs: what of `Check` must be answered for before it begins.
        renews: what must be answered for anew, since the stage before it began.
    """

    name: str
    title: str
    kind: Kind
    lasts: timedelta
    share: float = 0.0
    least: float = 0.0
    most: float = 0.0
    matters: int = 0
    drafts: int = 0
    needs: tuple["Check", ...] = ()
    renews: tuple["Check", ...] = ()


class Check(StrEnum):
    """What somebody answers for before a flow reaches people (E31, GV12, P20)."""

    TRIAGE = "triage"
    OWNER = "owner"
    METRICS = "metrics"
    BASELINE = "baseline"
    TRIGGERS = "triggers"
    TEMPLATES = "templates"
    CONSENT = "consent"
    COMPLIANCE = "compliance"
    AGENTS = "agents"
    ESCALATIONS_REVIEWED = "escalations_reviewed"
    FIX = "fix"
    DASHBOARDS = "dashboards"
    MONTH_AUDITED = "month_audited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Stages in order; without `may_scale` the last one says go on or stop, and no more (X12).

    One that `follows` a pilot begins where that one's gates held, and takes over its answers.
    """

    name: str
    title: str
    about: str
    stages: tuple[Stage, ...]
    may_scale: bool = True
    follows: bool = False

    def at(self, name: str) -> Stage:
        """Return a stage by its name; raises InvalidInput for none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise InvalidInput({"stage": f"{self.title} has no stage {name!r}."})

    def after(self, name: str) -> Stage | None:
        """Return the stage behind another one, None behind the last."""
        place = self.stages.index(self.at(name))
        return self.stages[place + 1] if place + 1 < len(self.stages) else None

    def before(self, name: str) -> tuple[Stage, ...]:
        """Return the stages in front of another one."""
        return self.stages[: self.stages.index(self.at(name))]

    def needed_for(self, name: str) -> tuple[Check, ...]:
        """Return all that must be answered for before a stage begins, in order."""
        upto = (*self.before(name), self.at(name))
        return tuple(dict.fromkeys(check for stage in upto for check in stage.needs))


_WEEK = timedelta(days=7)
_DESIGNED = (Check.METRICS, Check.BASELINE, Check.TRIGGERS)
_BUILT = (Check.TRIAGE, Check.OWNER, *_DESIGNED, Check.TEMPLATES, Check.CONSENT)
_LIVE = (Check.COMPLIANCE, Check.AGENTS)
SEVERAL_HUNDRED = 300
"""Matters that "several hundred" are at least (PL15, X12); ours."""
_FULL = Stage(
    name="full",
    title="Everybody",
    kind=Kind.FULL,
    lasts=timedelta(0),
    share=1.0,
    least=1.0,
    most=1.0,
    needs=(Check.ESCALATIONS_REVIEWED, Check.DASHBOARDS),
)

NINETY_DAYS = Plan(
    name="90_days",
    title="90 days",
    about="Twelve weeks from the audit to the decision, and a look back on day 90.",
    stages=(
        Stage(name="audit", title="Audit", kind=Kind.DRAFT, lasts=_WEEK),
        Stage(
            name="design",
            title="Design",
            kind=Kind.DRAFT,
            lasts=_WEEK,
            needs=(Check.TRIAGE, Check.OWNER),
        ),
        Stage(name="build", title="Build", kind=Kind.DRAFT, lasts=2 * _WEEK, needs=_DESIGNED),
        Stage(
            name="validate",
            title="Validate in shadow",
            kind=Kind.SHADOW,
            lasts=2 * _WEEK,
            drafts=30,
            needs=_BUILT,
        ),
        Stage(
            name="soft_launch",
            title="Soft launch",
            kind=Kind.SHARE,
            lasts=_WEEK,
            share=0.15,
            least=0.10,
            most=0.20,
            matters=30,
            needs=_LIVE,
        ),
        Stage(
            name="measure",
            title="Measure and mend",
            kind=Kind.SHARE,
            lasts=3 * _WEEK,
            share=0.50,
            least=0.40,
            most=0.60,
            matters=SEVERAL_HUNDRED,
            needs=(Check.ESCALATIONS_REVIEWED,),
        ),
        Stage(
            name="decide",
            title="Scale or pause",
            kind=Kind.SHARE,
            lasts=2 * _WEEK,
            share=0.60,
            least=0.40,
            most=0.60,
            matters=SEVERAL_HUNDRED,
            needs=(Check.FIX,),
        ),
        _FULL,
    ),
)
FOUR_TO_SIX_WEEKS = Plan(
    name="six_weeks",
    title="4 to 6 weeks",
    about="A focused pilot on 10 to 25 percent, or on a slice, for four to six weeks.",
    stages=(
        Stage(name="prepare", title="Prepare", kind=Kind.DRAFT, lasts=_WEEK),
        Stage(
            name="validate",
            title="Validate in shadow",
            kind=Kind.SHADOW,
            lasts=_WEEK,
            drafts=30,
            needs=_BUILT,
        ),
        Stage(
            name="pilot",
            title="Focused pilot",
            kind=Kind.SHARE,
            lasts=5 * _WEEK,
            share=0.25,
            least=0.10,
            most=0.25,
            matters=SEVERAL_HUNDRED,
            needs=_LIVE,
        ),
        _FULL,
    ),
)
FOURTEEN_DAYS = Plan(
    name="14_days",
    title="14 days",
    about="A smoke test at low volume: it says go on or stop, and nothing of the KPIs.",
    stages=(
        Stage(name="prepare", title="Prepare", kind=Kind.DRAFT, lasts=_WEEK),
        Stage(
            name="smoke",
            title="Low volume",
            kind=Kind.SHARE,
            lasts=2 * _WEEK,
            share=0.10,
            least=0.01,
            most=0.10,
            needs=(*_BUILT, *_LIVE),
        ),
        Stage(
            name="review",
            title="Review every escalation",
            kind=Kind.SHARE,
            lasts=_WEEK,
            share=0.10,
            least=0.01,
            most=0.10,
            needs=(Check.ESCALATIONS_REVIEWED, Check.FIX),
        ),
    ),
    may_scale=False,
)
SHADOW_FIRST = Plan(
    name="shadow_first",
    title="Shadow first",
    about="In shadow from the first hour, then 10 to 25 percent for four weeks.",
    stages=(
        # Nothing is sent, so nothing has to be answered for before it; the first share takes all.
        Stage(
            name="validate",
            title="Validate in shadow",
            kind=Kind.SHADOW,
            lasts=2 * _WEEK,
            drafts=30,
        ),
        Stage(
            name="pilot",
            title="Focused pilot",
            kind=Kind.SHARE,
            lasts=4 * _WEEK,
            share=0.25,
            least=0.10,
            most=0.25,
            matters=SEVERAL_HUNDRED,
            needs=(*_BUILT, *_LIVE),
        ),
        _FULL,
    ),
)
"""What the set-up begins a first flow with: live in shadow the same afternoon."""

_MONTH = timedelta(days=30)
_EACH_MONTH = (Check.AGENTS, Check.MONTH_AUDITED)


def _month(number: int, share: float, *, renews: tuple[Check, ...] = _EACH_MONTH) -> Stage:
    return Stage(
        name=f"month_{number}",
        title=f"Month {number}",
        kind=Kind.SHARE,
        lasts=_MONTH,
        share=share,
        least=share - 0.10,
        most=share,
        matters=SEVERAL_HUNDRED,
        needs=(*_BUILT, *_LIVE),
        renews=renews,
    )


SIX_MONTHS = Plan(
    name="six_months",
    title="6 months",
    about="After a pilot whose gates held: a share more each month, once people were trained for "
    "it and the month's returns and escalations were audited.",
    stages=(
        _month(1, 0.50, renews=()),
        *(_month(number, share) for number, share in ((2, 0.60), (3, 0.70), (4, 0.80))),
        *(_month(number, share) for number, share in ((5, 0.90), (6, 0.95))),
        replace(_FULL, renews=_EACH_MONTH),
    ),
    follows=True,
)
"""The controlled growth behind a pilot (PL20); the shares of its months are ours."""

PLANS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (NINETY_DAYS, FOUR_TO_SIX_WEEKS, FOURTEEN_DAYS, SHADOW_FIRST, SIX_MONTHS)
}
"""The presets (PL2, PL16, PL18, X12), the one to begin with, and the one to go on with."""

FIRST_PLANS = tuple(plan for plan in PLANS.values() if not plan.follows)
"""By which a flow may begin that was not proven yet."""

MANY_FLOWS = 3
"""More flows that are not proven yet at a time are warned of (X11, PL14)."""


def plan_of(name: str) -> Plan:
    """Return a preset by its name; raises InvalidInput for none."""
    if name not in PLANS:
        raise InvalidInput({"plan": "Choose one of the plans."})
    return PLANS[name]


def checked_share(stage: Stage, wanted: float) -> float:
    """Return a share that a stage allows; raises InvalidInput beyond its range."""
    if not stage.least <= wanted <= stage.most:
        told = f"{stage.title} serves {stage.least:.0%} to {stage.most:.0%}."
        raise InvalidInput({"share": told})
    return wanted
