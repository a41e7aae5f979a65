"""What an experiment says so far, in words: each arm against the control, and the guards.

It may be looked at every day and stopped as soon as it is clear (`anytime`). What it could not
see yet is told beside it, so that "no difference" is never said where nobody could know (X28).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from baton.core.experiments import Design
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Better, Kpi, Unit
from baton.reports import anytime, power
from baton.reports.intervals import Interval, Sums
from baton.reports.power import Sides

USUAL_SPREAD = {Unit.SHARE: 0.4, Unit.SCORE: 25.0}
"""How far single values of a guard lie apart, as its interval is tuned; any is valid. Ours."""

_MONEY_SPREAD = 50_00.0  # minor units; the same


class Ruling(StrEnum):
    """What can be said of an arm, the strongest word first."""

    UNEVEN = "dealt unevenly"
    HARMING = "harming"
    WORSE = "worse"
    BETTER = "better"
    EARLY = "ahead, too early to keep"
    SAME = "no change that matters"
    SPENT = "no clear change"
    OPEN = "not clear yet"
    FEW = "too few to judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One number of an arm beside the control's.

    Attributes:
        change: the arm's mean less the control's; None where a side has no value.
        interval: where the true change lies, at whatever look.
        is_harmed: whether it got clearly worse; is_helped: clearly better.
    """

    kpi: Kpi
    tried: Sums
    control: Sums
    change: float | None
    interval: Interval | None
    is_harmed: bool
    is_helped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What a contact of an arm and of the control paid within 30 days, in minor units."""

    tried: Sums
    control: Sums
    change: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An arm against the control.

    `sees` is the smallest change of the metric that as many contacts show 4 times out of 5;
    None while there are none.
    """

    arm: str
    metric: Held
    guards: tuple[Held, ...]
    earned: Earned
    sees: float | None
    ruling: Ruling
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted of an experiment.

    Attributes:
        dealt: contacts by arm.
        sums: what the means of each number are made of, by KPI and arm.
        money: the same for what contacts paid.
        days: how many whole days it has run.
    """

    dealt: Mapping[str, int]
    sums: Mapping[str, Mapping[str, Sums]]
    money: Mapping[str, Sums]
    days: int


def sides_of(design: Design, arm: str) -> Sides:
    """Return what an arm and the control are made of, as far as it was known before."""
    return Sides(
        spreads=(design.spread, design.spread),
        shares=(design.share_of(arm), design.share_of(design.control)),
        alpha=power.alpha_of(len(design.arms)),
    )


def compare(design: Design, counted: Counted) -> tuple[Compared, ...]:
    """Return every arm against the control, in the order of the design."""
    return tuple(_compared(design, arm.name, counted) for arm in design.tried)


def is_uneven(design: Design, dealt: Mapping[str, int]) -> bool:
    """Return whether contacts were dealt by other shares than were meant."""
    counts = [dealt.get(arm.name, 0) for arm in design.arms]
    shares = [design.share_of(arm.name) for arm in design.arms]
    return anytime.odds_uneven(counts, shares) > anytime.UNEVEN


def _compared(design: Design, arm: str, counted: Counted) -> Compared:
    sides = sides_of(design, arm)
    metric = _held(CATALOGUE[design.metric], arm, design, counted, sides)
    guards = tuple(
        _held(CATALOGUE[name], arm, design, counted, _usual(sides, CATALOGUE[name].unit))
        for name in design.guards
        if name in CATALOGUE
    )
    money = Sides(spreads=(_MONEY_SPREAD, _MONEY_SPREAD), shares=sides.shares, alpha=sides.alpha)
    tried, control = counted.money[arm], counted.money[design.control]
    ruling, reasons = _ruled(design, counted, metric, guards)
    return Compared(
        arm=arm,
        metric=metric,
        guards=guards,
        earned=Earned(
            tried=tried,
            control=control,
            change=_change(tried, control),
            interval=_lies(tried, control, money, design),
        ),
        sees=_sees(sides, metric),
        ruling=ruling,
        reasons=reasons,
    )


def _usual(sides: Sides, unit: Unit) -> Sides:
    spread = USUAL_SPREAD.get(unit, 1.0)
    return Sides(spreads=(spread, spread), shares=sides.shares, alpha=sides.alpha)


def _held(kpi: Kpi, arm: str, design: Design, counted: Counted, sides: Sides) -> Held:
    tried, control = counted.sums[kpi.name][arm], counted.sums[kpi.name][design.control]
    lies = _lies(tried, control, sides, design)
    is_more = lies is not None and lies.is_above(0)
    is_less = lies is not None and lies.is_below(0)
    is_high = kpi.better is Better.HIGHER
    return Held(
        kpi=kpi,
        tried=tried,
        control=control,
        change=_change(tried, control),
        interval=lies,
        is_harmed=is_less if is_high else is_more,
        is_helped=is_more if is_high else is_less,
    )


def _change(tried: Sums, control: Sums) -> float | None:
    return tried.mean - control.mean if tried.count and control.count else None


def _lies(tried: Sums, control: Sums, sides: Sides, design: Design) -> Interval | None:
    planned = sides.variance(design.contacts)
    return anytime.difference(tried, control, planned=planned, alpha=sides.alpha)


def _sees(sides: Sides, metric: Held) -> float | None:
    tried, control = metric.tried.count, metric.control.count
    if not tried or not control:
        return None
    have = tried + control
    now = Sides(spreads=sides.spreads, shares=(tried / have, control / have), alpha=sides.alpha)
    return power.least_effect(now, have, reach=now.always)


def _ruled(
    design: Design, counted: Counted, metric: Held, guards: Iterable[Held]
) -> tuple[Ruling, tuple[str, ...]]:
    if is_uneven(design, counted.dealt):
        told = "the arms have other shares of the contacts than were meant: something deals askew"
        return Ruling.UNEVEN, (told,)
    harmed = [one for one in guards if one.is_harmed]
    if harmed:
        return Ruling.HARMING, tuple(f"{one.kpi.title} got clearly worse" for one in harmed)
    least = metric.kpi.min_rows
    if min(metric.tried.count, metric.control.count) < least:
        return Ruling.FEW, (f"{least} contacts an arm are the least that a word takes",)
    if metric.is_harmed:
        return Ruling.WORSE, (f"{metric.kpi.title} got clearly worse",)
    return _ahead(design, counted, metric) or _without_change(design, counted, metric)


def _ahead(design: Design, counted: Counted, metric: Held) -> tuple[Ruling, tuple[str, ...]] | None:
    if not metric.is_helped:
        return None
    if counted.days < design.least_days:
        told = f"it was to run {design.least_days} days, through a whole cycle"
        return Ruling.EARLY, (told,)
    return Ruling.BETTER, (f"{metric.kpi.title} got clearly better, and no guard worse",)


def _without_change(
    design: Design, counted: Counted, metric: Held
) -> tuple[Ruling, tuple[str, ...]]:
    lies = metric.interval
    if lies is not None and -design.effect < lies.low and lies.high < design.effect:
        return Ruling.SAME, ("a change that would matter is ruled out",)
    have = sum(one.count for one in counted.sums[metric.kpi.name].values())
    if have >= design.contacts:
        told = f"all {design.contacts} contacts that it was to take have come"
        return Ruling.SPENT, (told,)
    return Ruling.OPEN, (f"{have} of {design.contacts} contacts so far",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What an experiment takes, told before it begins.

    Attributes:
        contacts: of all arms together, to see the effect 4 times out of 5 with looking whenever
            one likes; `contacts_once` with one look at the end.
        sees: the smallest change that 200 contacts an arm would show, as a warning (X28).
    """

    contacts: int
    contacts_once: int
    sees: float


_OFTEN_SAID = 200


def size_of(design: Design) -> Size:
    """Return what a design takes; its own `contacts` is not looked at."""
    sides = [sides_of(design, arm.name) for arm in design.tried]
    few = _OFTEN_SAID * len(design.arms)
    return Size(
        contacts=max(power.needed(one, design.effect, reach=one.always) for one in sides),
        contacts_once=max(power.needed(one, design.effect, reach=one.once) for one in sides),
        sees=max(power.least_effect(one, few, reach=one.always) for one in sides),
    )
