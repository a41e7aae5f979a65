"""A pilot on invented matters of known truth, through the same gates and stops as a real one.

Every contact, matter and mark is drawn from a seed; what harms, and from which day on, is known.
So it can be told how soon a harm is caught, and how often a harmless flow is paused for nothing.
"""

import hashlib
import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import floor
from statistics import fmean

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.rollout import Admission, Kind, Plan, Reach, Stage
from baton.reports import intervals, stops
from baton.reports.intervals import Sums
from baton.reports.kpis import KpiReading
from baton.reports.stops import Look, StopLimits

_LOOKS_A_DAY = timedelta(days=1) // stops.EVERY
_RETURNS_AFTER = 1.0  # days on the average after which those who come back do so; 3 at most


_MOST_DAYS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """How a flow really does; shares from 0 to 1, marks of 100 with their standard deviation.

    `at_once` is the share of what it hands over that it hands over with its first answer.
    """

    escalates: float = 0.06
    at_once: float = 0.75
    returns: float = 0.05
    csat: float = 82.0
    spread: float = 18.0
    rated: float = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is played: matters a day for all contacts, the truth, and the harm from a day on."""

    plan: Plan
    matters_a_day: int = 120
    days: int = 90
    truth: Truth = Truth()
    harm: Truth | None = None
    harm_on: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One matter that the flow took: when, in days, and what came of it."""

    at: float
    is_handed: bool
    is_at_once: bool
    returns_at: float | None
    mark: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How one pilot went: when it paused and why, and the share that was served while it ran.

    `was_early` says that it paused before there was any harm, and somebody let it go on.
    """

    paused_at: float | None
    reasons: tuple[str, ...]
    was_early: bool
    served: float
    meant: float

    def is_caught(self, world: World, within: float) -> bool:
        """Return whether a harm was caught in time."""
        if self.paused_at is None:
            return False
        return world.harm_on <= self.paused_at <= world.harm_on + within


def run(world: World, limits: StopLimits, seed: int) -> Ran:
    """Play one pilot until it pauses itself for its harm, or to its last day.

    Paused before there is any, it is looked at and let go on the day after next; without a harm
    to come it ends there.
    """
    chance = random.Random(seed)  # noqa: S311 - invented people, no secret
    told, shadowed = _Told(), _Told()
    seen = served = resumed = 0
    meant = 0.0
    for day in range(world.days):
        stage, reach = _stands(world.plan, day)
        if day < resumed:
            continue
        came, taken = _serve(chance, world, told, shadowed, (seed, day), reach)
        seen, served, meant = seen + came, served + taken, meant + came * reach.share
        found = _first_harm(told, shadowed, limits, day, max(stage, resumed), reach)
        if found and world.harm and found[0] < world.harm_on:
            resumed = day + 2
        elif found:
            return _ran(*found, served, seen, meant, was_early=resumed > 0)
    return _ran(None, (), served, seen, meant, was_early=resumed > 0)


def _serve(  # noqa: PLR0913, PLR0917 - a day is told by these
    chance: random.Random,
    world: World,
    told: "_Told",
    shadowed: "_Told",
    place: tuple[int, int],
    reach: Reach,
) -> tuple[int, int]:
    """Let a day's matters come; return for how many the flow was, and how many it took."""
    came = taken = 0
    seed, day = place
    for number in range(world.matters_a_day):
        at = day + number / world.matters_a_day
        if reach.kind is Kind.SHADOW:  # people answer as well as a calm flow does
            shadowed.add(_matter(chance, world, at))
        elif reach.kind in (Kind.SHARE, Kind.FULL):
            came += 1
            contact = _contact(seed, day, number)
            if reach.admission_of(contact, "pilot") is Admission.SERVED:
                taken += 1
                told.add(_matter(chance, world, at))
    return came, taken


def _first_harm(  # noqa: PLR0913, PLR0917 - a day's looks are told by these
    told: "_Told", shadowed: "_Told", limits: StopLimits, day: int, since: int, reach: Reach
) -> tuple[float, tuple[str, ...]] | None:
    """Return when a day's looks first found a harm, and why; None for a day without one."""
    is_soft = _is_soft(reach)
    find = stops.find_first_harms if is_soft else stops.find_harms
    for turn in range(1, _LOOKS_A_DAY + 1) if told.matters else ():
        now = day + turn / _LOOKS_A_DAY
        if harms := find(_looks(told, shadowed, now, since, is_soft=is_soft), limits):
            return now, harms
    return None


def _ran(  # noqa: PLR0913 - what a pilot came to is told by these
    at: float | None,
    reasons: tuple[str, ...],
    served: int,
    seen: int,
    meant: float,
    *,
    was_early: bool,
) -> Ran:
    return Ran(
        paused_at=at,
        reasons=reasons,
        was_early=was_early,
        served=served / seen if seen else 0.0,
        meant=meant / seen if seen else 0.0,
    )


def stage_days(plan: Plan) -> Iterator[tuple[int, Stage]]:
    """Yield on which day each stage of a plan begins, as it is planned."""
    day = 0
    for stage in plan.stages:
        yield day, stage
        day += stage.lasts.days


def _stands(plan: Plan, day: int) -> tuple[int, Reach]:
    begins, stage = max((one for one in stage_days(plan) if one[0] <= day), key=lambda one: one[0])
    return begins, Reach(kind=stage.kind, share=stage.share)


def _is_soft(reach: Reach) -> bool:
    return reach.kind is Kind.SHARE and reach.share <= stops.CAUTIOUS_SHARE


def _contact(seed: int, day: int, number: int) -> str:
    # Contacts come again, as they do: some 40 days' worth of them.
    return hashlib.sha256(f"{seed}:{day % 40}:{number}".encode()).hexdigest()[:32]


def _matter(chance: random.Random, world: World, at: float) -> Matter:
    truth = world.harm if world.harm and at >= world.harm_on else world.truth
    is_handed = chance.random() < truth.escalates
    returns = chance.random() < truth.returns
    mark = chance.gauss(truth.csat, truth.spread) if chance.random() < truth.rated else None
    after = min(chance.expovariate(1 / _RETURNS_AFTER), _MOST_DAYS)
    return Matter(
        at=at,
        is_handed=is_handed,
        is_at_once=is_handed and chance.random() < truth.at_once,
        returns_at=at + after if returns else None,
        mark=None if mark is None else min(max(mark, 0.0), 100.0),
    )


class _Told:
    """The matters so far in order, with running sums, so that a span is two look-ups."""

    def __init__(self) -> None:
        self.matters: list[Matter] = []
        self._at: list[float] = []
        self._sums: list[tuple[int, int, int, int, float, float]] = [(0, 0, 0, 0, 0.0, 0.0)]

    def add(self, matter: Matter) -> None:
        """Take the next matter."""
        handed, at_once, back, marked, total, squares = self._sums[-1]
        mark = matter.mark
        self.matters.append(matter)
        self._at.append(matter.at)
        self._sums.append(
            (
                handed + matter.is_handed,
                at_once + matter.is_at_once,
                back + (matter.returns_at is not None),
                marked + (mark is not None),
                total + (mark or 0.0),
                squares + (mark or 0.0) ** 2,
            )
        )

    def ripe(self, since: float, now: float, like: "_Told") -> float:
        """Return the share of returns to come that a span may show by now."""
        low, high = bisect_left(self._at, since), bisect_left(self._at, now)
        ages = [now - one.at for one in self.matters[low:high]]
        after = [one.returns_at - one.at for one in like.matters if one.returns_at is not None]
        return stops.ripe_share(ages, after)

    def readings(self, since: float, until: float, now: float) -> Mapping[str, KpiReading]:
        """Return the KPIs that stop a flow, of a span, as they are known by now."""
        low, high = bisect_left(self._at, since), bisect_left(self._at, until)
        handed, at_once, back, marked, total, squares = (
            after - before for after, before in zip(self._sums[high], self._sums[low], strict=True)
        )
        # Who came back later than now is not known yet: only the last days hold such matters.
        fresh = max(low, bisect_left(self._at, now - _MOST_DAYS))
        back -= sum((one.returns_at or 0.0) >= now for one in self.matters[fresh:high])
        sums = Sums(count=int(marked), total=total, squares=squares) if marked else None
        csat = KpiReading(
            kpi=CATALOGUE["csat"],
            value=sums.mean if sums else None,
            interval=None,
            count=int(marked),
            among=int(marked),
            young=0,
            sums=sums,
        )
        return {
            "escalation_rate": _share("escalation_rate", int(handed), high - low),
            stops.AT_ONCE: _share("escalation_rate", int(at_once), high - low),
            "recontact_72h": _share("recontact_72h", int(back), high - low),
            "csat": csat,
        }


def _looks(
    told: _Told, shadowed: _Told, now: float, since: int, *, is_soft: bool
) -> tuple[Look, ...]:
    found = []
    people = shadowed.readings(0.0, now, now)
    for span in stops.SPANS:
        begins = max(now - span.days, float(since))
        look = Look(
            span=span,
            now=told.readings(begins, now, now),
            before=told.readings(begins - stops.BEFORE.days, begins, now),
        )
        if is_soft:
            whole = since + floor(now - since)
            marked = told.readings(max(whole - span.days, float(since)), whole, now)
            look = replace(
                look,
                now={**look.now, "csat": marked["csat"]},
                before=stops.told_before(look.before, people),
                ripe=told.ripe(begins, now, shadowed),
            )
        found.append(look)
    return tuple(found)


def _share(name: str, count: int, among: int) -> KpiReading:
    return KpiReading(
        kpi=CATALOGUE[name],
        value=count / among if among else None,
        interval=intervals.wilson(count, among),
        count=count,
        among=among,
        young=0,
    )


HARMS: Mapping[str, Truth] = {
    "escalations": replace(Truth(), escalates=0.35),
    "recontacts": replace(Truth(), returns=0.35),
    "csat": replace(Truth(), csat=62.0),
    "all three, half as bad": replace(Truth(), escalates=0.22, returns=0.20, csat=70.0),
}
"""Harms of known size, beside a flow that hands over 6 %, of whose contacts 5 % come back, and
whose mean mark is 82 of 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How many of some seeds were caught in time, or paused for nothing before.

    `days` are how long a harm lasted where it was caught, the shortest first; `share_error` is
    how far the share that was served was from the one that was meant, over the people of all
    pilots, and `worst_share_error` the same in one that ran to its end, at most.
    """

    seeds: int
    caught: int
    early: int
    days: tuple[float, ...]
    share_error: float
    worst_share_error: float

    @property
    def median_days(self) -> float | None:
        """How long a harm lasted in the middle; None where none was caught."""
        return self.days[len(self.days) // 2] if self.days else None


def measure(
    world: World, limits: StopLimits, *, seeds: int, first: int = 0, within: float = 3.0
) -> Measured:
    """Play a world with so many seeds, from the first on."""
    ran = [run(world, limits, seed) for seed in range(first, first + seeds)]
    begins = world.harm_on if world.harm else world.days + 1
    late = [one.paused_at - begins for one in ran if one.paused_at and one.paused_at >= begins]
    return Measured(
        seeds=seeds,
        caught=sum(one.is_caught(world, within) for one in ran),
        early=sum(one.was_early or (one.paused_at or begins) < begins for one in ran),
        days=tuple(sorted(late)),
        share_error=abs(fmean(one.served - one.meant for one in ran)),
        worst_share_error=max(
            (abs(one.served - one.meant) for one in ran if one.paused_at is None), default=0.0
        ),
    )
