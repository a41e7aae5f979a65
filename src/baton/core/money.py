"""What automation costs and saves: amounts in minor units, with the worst case beside the best.

A matter is paid for by its messages and by the time in which people had it, to its close, so that
wrap-up is in it. One that came back is paid for again and resolved once: recontact is in the cost
of a resolved matter by itself (CO1).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from baton.core.costs import MILLION
from baton.core.policy import Policy

_HOUR = 3600
_MINOR = 100
_MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a business pays, in minor units.

    Attributes:
        wage_hour: an hour of an agent, with all that goes with it; 0 is not known.
        worst_touches: how often more people have a matter that the bot had first, at worst (CO2).
        month: what automation costs in a month whatever it does.
    """

    wage_hour: int
    worst_touches: float
    month: int


def rates_of(policy: Policy) -> Rates:
    """Return what a workspace says that it pays."""
    return Rates(
        wage_hour=policy.wage_hour_minor,
        worst_touches=policy.worst_touches,
        month=policy.automation_month_minor,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """Matters of a span that contacts began, counted.

    Attributes:
        begun: all of them.
        closed: those that are closed; `resolved` of them, nobody came back about.
        bot_resolved: resolved without a person; `proven` of them, said so or left alone.
        bot_returned: closed without a person, and somebody came back.
        handed: those that went to people, `had` of them somebody has had; `seconds` is how long
            people had them, `touches` how often.
    """

    begun: int = 0
    closed: int = 0
    resolved: int = 0
    bot_resolved: int = 0
    proven: int = 0
    bot_returned: int = 0
    handed: int = 0
    had: int = 0
    seconds: int = 0
    touches: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What automation saved in a span, less what it cost, in minor units.

    `best` takes every matter that the bot closed and nobody came back about for one that a
    person would have had; `worst` the proven ones alone, and charges more touches for those that
    came back or went on to people.
    """

    best: float
    worst: float
    cost: float

    @property
    def share(self) -> float | None:
        """What it saved at worst, by what it cost; None where it cost nothing."""
        return self.worst / self.cost if self.cost else None


def minor_of(millionths: float) -> float:
    """Return an amount of millionths of a currency in its minor units."""
    return millionths * _MINOR / MILLION


def told(minor: float, currency: str) -> str:
    """Return an amount of minor units, which may lie between two, in words: "1,012.50 USD"."""
    return f"{minor / 100:,.2f} {currency}".strip()


def of_people(seconds: float, rates: Rates) -> float:
    """Return what so much time of people costs."""
    return seconds * rates.wage_hour / _HOUR


def a_resolved(spent: float, resolved: int) -> float | None:
    """Return what one resolved matter cost; None without any."""
    return spent / resolved if resolved else None


def a_touch(matters: Matters, rates: Rates) -> float | None:
    """Return what one person having a matter once costs; None where nobody had one."""
    return of_people(matters.seconds, rates) / matters.touches if matters.touches else None


def a_handed(matters: Matters, rates: Rates) -> float | None:
    """Return what people's time for one matter costs; None where they had none."""
    return of_people(matters.seconds, rates) / matters.had if matters.had else None


def saved(matters: Matters, rates: Rates, *, messages: float, span: timedelta) -> Saved | None:
    """Return what automation saved in a span; None while nobody can say what people cost.

    `messages` is what the bot's messages and offers cost, in minor units.
    """
    human, touch = a_handed(matters, rates), a_touch(matters, rates)
    if human is None or touch is None or not rates.wage_hour:
        return None
    cost = messages + rates.month * (span / _MONTH)
    more = (matters.bot_returned + matters.handed) * rates.worst_touches * touch
    return Saved(
        best=matters.bot_resolved * human - cost,
        worst=matters.proven * human - more - cost,
        cost=cost,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a flow would cost before it is live (CO4), a contact, in minor units.

    `break_even` is the share of contacts who have to be spared one matter with people for it to
    pay for itself; None while nobody can say what that costs.
    """

    messages: float
    people: float
    break_even: float | None

    @property
    def total(self) -> float:
        """What one contact costs in all."""
        return self.messages + self.people


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """How many questions messages would have to spare people, beside how many they may (OR11).

    Attributes:
        needed: the share of those whom one message reaches who would have to be spared a matter
            with people for it to pay for itself; None while nobody can say what that costs.
        expected: the share of them who are likely to be: of those who ask people today, the part
            that the flow aims at; None where too few were counted, or nobody asks: then there is
            nothing to spare, or it is spared already.
    """

    needed: float | None
    expected: float | None

    @property
    def pays(self) -> bool | None:
        """Whether the message is likely to pay for itself, None where nobody can say."""
        if self.needed is None or self.expected is None:
            return None
        return self.needed <= self.expected

    @property
    def needed_in(self) -> int | None:
        """Of how many one has to be spared, rounded so that nothing is promised; None for none."""
        return math.floor(1 / self.needed) if self.needed else None

    @property
    def expected_in(self) -> int | None:
        """Of how many one is likely to be spared, None where nobody can say or none is."""
        return math.ceil(1 / self.expected) if self.expected else None


LEAST_SUBJECTS = 20
"""Of fewer orders it cannot be said how many of their buyers ask. Ours."""


def spared(*, message: float, human: float | None, asked: int, subjects: int, aim: float) -> Spared:
    """Return what one message has to spare and may spare, money in minor units.

    `asked` are the matters that people had about so many `subjects` (orders, say), `aim` the
    share of them that the flow is to spare.
    """
    return Spared(
        needed=message / human if human else None,
        expected=aim * asked / subjects if asked and subjects >= LEAST_SUBJECTS else None,
    )


def outlook(*, messages: float, handoffs: float, contacts: int, human: float | None) -> Outlook:
    """Return what a flow would cost; `messages` and `handoffs` are those of all its contacts."""
    a_contact = messages / contacts
    people = handoffs / contacts * (human or 0.0)
    return Outlook(
        messages=a_contact,
        people=people,
        break_even=(a_contact + people) / human if human else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """So many of something, and how long people had them, in seconds."""

    count: int
    seconds: int


def each(handled: Handling, rates: Rates) -> float | None:
    """Return what people's time for one of them costs; None without any, or without a wage."""
    if not handled.count or not rates.wage_hour:
        return None
    return of_people(handled.seconds, rates) / handled.count


def saved_share(automated: float | None, manual: float | None) -> float | None:
    """Return by what share the one is cheaper than the other; None where nobody can say (CO5)."""
    return 1 - automated / manual if automated is not None and manual else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a flow cost in all, and how many matters it resolved without a person."""

    name: str
    title: str
    cost: float
    resolved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A flow on the way from the cheapest to the dearest.

    Attributes:
        each: what a matter that it resolved cost; None where it resolved none.
        resolved, cost: of it and of all that are cheaper, together.
        is_dear: whether one costs at least what a matter with people does, so that more of it
            saves nothing.
    """

    spent: Spent
    each: float | None
    resolved: int
    cost: float
    is_dear: bool


def further(flows: Iterable[Spent], human: float | None) -> tuple[Further, ...]:
    """Return what each further flow adds, the cheapest first: where automation stops paying (CO12).

    `human` is what a matter with people costs; None where nobody can say.
    """

    def price(one: Spent) -> float:
        return one.cost / one.resolved if one.resolved else inf

    found: list[Further] = []
    resolved, cost = 0, 0.0
    for one in sorted(flows, key=lambda one: (price(one), one.name)):
        resolved, cost = resolved + one.resolved, cost + one.cost
        found.append(
            Further(
                spent=one,
                each=price(one) if one.resolved else None,
                resolved=resolved,
                cost=cost,
                is_dear=human is not None and price(one) >= human,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A stage of a pilot: so many days, what it cost in them, and what it kept from people."""

    title: str
    share: float
    days: float
    cost: float
    resolved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a stage came to, a week, beside the stage before it.

    Attributes:
        resolved, cost: of a week.
        each: what one more cost that no person had; None where there was not one more.
        is_dear: whether that is at least what a matter with people costs, or the more it cost
            brought nothing: people are as good as out of what can be taken from them.
    """

    reached: Reached
    resolved: float
    cost: float
    each: float | None
    is_dear: bool


_LEAST_DAYS = 1.0
"""A stage of hours tells nothing of a week."""


def growth(stages: Iterable[Reached], human: float | None) -> tuple[Growth, ...]:
    """Return the marginal cost of having less done by people, stage by stage (PL25).

    `human` is what a matter with people costs; None where nobody can say.
    """
    found: list[Growth] = []
    resolved = cost = 0.0
    for one in stages:
        if one.days < _LEAST_DAYS:
            continue
        weeks = one.days / 7
        more, dearer = one.resolved / weeks - resolved, one.cost / weeks - cost
        each = dearer / more if more > 0 else None
        is_dear = dearer > 0 if each is None else human is not None and each >= human
        resolved, cost = one.resolved / weeks, one.cost / weeks
        found.append(Growth(reached=one, resolved=resolved, cost=cost, each=each, is_dear=is_dear))
    return tuple(found)
