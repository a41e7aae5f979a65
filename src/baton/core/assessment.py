"""What of a business's past is worth automating, what is not, and what it would bring (T1-T8, T21).

Everything here is worked out from evidence: what was asked how often, what it cost people, what
was in it that only people can judge. Expectations are the contract's own ranges, applied to what
the evidence leaves over, with a worst case beside each (K15, X10, CO2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from baton.core import triage
from baton.core.hard_stops import HANDLING, HardStop
from baton.core.money import Rates
from baton.core.pack import RequestType
from baton.core.policy import Policy
from baton.core.triage import MAX_EMOTION, Outcome, TriageScore

MAPPED = 6
"""Request types that the first week maps (T22, PL3, X11)."""
WEEKS_A_MONTH = 365.25 / 12 / 7
MAX_COMPLEXITY = 5

LIKELY_SHARE, WORST_SHARE = 0.30, 0.15
"""Of what may be automated, how much a flow settles: the range of K15 and FQ12."""
HANDED_AT_WORST = 0.20
"""Of what a flow takes, how much is handed over all the same, at worst (X7)."""
RETURNED_AT_WORST = 0.10
"""Of what a flow settles, how much comes back, at worst (X9)."""
_HYBRID = 0.5  # a hybrid's first half is the bot's

_OFTEN, _SOMETIMES = 0.30, 0.10  # of what was read closely, even at the lower end
_GRAVE = 90  # severity from which a stop is of life and health
_MANY_ANSWERS, _SOME_ANSWERS = 4.0, 2.0
_LONG, _LONGER = 10 * 60.0, 20 * 60.0  # seconds in hand
_ALIKE, _UNALIKE = 0.5, 0.15
_OPEN = 3  # complexity of what nobody has an answer for yet
_MINUTE, _HOUR = 60.0, 3600.0
_LOW_EFFORT = 4.0  # days at most: the quick wins of PL27


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """When something is asked.

    Attributes:
        weekday: the busiest, 0 for Monday; `weekday_share` of all.
        hour: the busiest of the day, 0 to 23, in the zone of the business.
        peak: the busiest week beside the mean one; 1 where all are alike.
        trend: the last third of the time beside the first; 1 where nothing changed.
    """

    weekday: int
    weekday_share: float
    hour: int
    peak: float
    trend: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the past says of one request type.

    Attributes:
        name: of the pack's request type, or of a group of its own.
        words: what its messages say and others do not.
        examples: some of them, with every identifier masked.
        kind: the pack's request type; None for a group of its own.
        count: conversations; `per_week` on the average, `share` of all.
        season: None where the export has no days.
        handled: seconds that people had one on the average, as told by `timed` of them; where
            nobody says, what the workspace assumes.
        answers: how often people answered one, on the average; None unknown.
        alike: share of people's first answers that say much the same as another; None unknown.
        came_back: of `contacts_known`, those whose contact asked the same within the window.
        read: how many were read closely, `stops` of them with a hard stop by kind, `stopped` with
            any, `upset` in strongly negative words.
        stops_at_least: the share of each kind of stop at the lower end of where it may truly lie,
            19 times out of 20; so is `upset_at_least`.
        mark: the mean mark, 0 to 100, of `marks`.
        has_answer: whether the pack has an article for it.
    """

    name: str
    title: str
    count: int
    share: float
    per_week: float
    handled: float
    words: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    kind: RequestType | None = None
    season: Season | None = None
    timed: int = 0
    answers: float | None = None
    alike: float | None = None
    came_back: int = 0
    contacts_known: int = 0
    read: int = 0
    stops: Mapping[str, int] = field(default_factory=dict)
    stopped: int = 0
    upset: int = 0
    stops_at_least: Mapping[str, float] = field(default_factory=dict)
    upset_at_least: float = 0.0
    mark: float | None = None
    marks: int = 0
    has_answer: bool = False

    @property
    def risk(self) -> float:
        """Return the share of those read closely that need a person whatever they ask."""
        return (self.stopped + self.upset) / self.read if self.read else 0.0

    @property
    def hours_a_month(self) -> float:
        """Return what people spend on it."""
        return self.per_week * WEEKS_A_MONTH * self.handled / _HOUR

    @property
    def came_back_share(self) -> float | None:
        """Return how many came back, of those whose contact is known."""
        return self.came_back / self.contacts_known if self.contacts_known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A flow of the library as a use case: what it takes to have it.

    Attributes:
        connects: events and actions of other systems that it needs.
        days: of work, at least and at most.
        metric: by what it is judged, end to end (T23).
        axes: of what it automates; None for one that answers anything.
    """

    name: str
    title: str
    connects: int
    days: tuple[float, float]
    metric: str
    axes: TriageScore | None = None

    @property
    def effort(self) -> float:
        """Return the days of work halfway between the least and the most."""
        return sum(self.days) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A request type with its axes, who it is for, and why."""

    evidence: Evidence
    axes: TriageScore
    outcome: Outcome
    reasons: tuple[str, ...]
    template: Template | None

    @property
    def impact(self) -> float:
        """Return how much the business feels it: people's hours a month, weighed by value (T22)."""
        return self.evidence.hours_a_month * _weight(self.axes.value)

    @property
    def free_a_month(self) -> float:
        """Return how many a month are for a flow: without those that need a person."""
        if self.outcome is Outcome.HUMAN:
            return 0.0
        half = _HYBRID if self.outcome is Outcome.HYBRID else 1.0
        return self.evidence.per_week * WEEKS_A_MONTH * (1 - self.evidence.risk) * half


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a flow would bring in a month.

    Attributes:
        taken: conversations that it begins.
        settled, settled_at_worst: those of them that need no person.
        hours, hours_at_worst: of people's time; at worst less what is handed over and comes back.
        money, money_at_worst: in minor units, less what automation costs; None where nobody said
            what an hour costs.
    """

    taken: float
    settled: float
    settled_at_worst: float
    hours: float
    hours_at_worst: float
    money: float | None = None
    money_at_worst: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCase:
    """A line of the backlog: a flow, the request types that it serves, and what it would bring.

    `points` rank it: hours saved a month, weighed by value, for each day of work.
    """

    template: Template
    types: tuple[Judged, ...]
    forecast: Forecast
    points: float

    @property
    def is_low_effort(self) -> bool:
        """Whether it takes no more days than a quick win (PL27)."""
        return self.template.days[1] <= _LOW_EFFORT


def judge(evidence: Evidence, template: Template | None, policy: Policy) -> Judged:
    """Score the three axes of a request type, and say who it is for.

    What a pack or a template assumes is raised by the evidence and never lowered (E12): the
    more careful of both counts.
    """
    told = [*_complex(evidence, template), *_emotional(evidence)]
    assumed = evidence.kind
    axes = TriageScore(
        complexity=min(max((one.complexity for one in told), default=0), MAX_COMPLEXITY),
        emotion=min(max((one.emotion for one in told), default=0), MAX_EMOTION),
        frequency=round(evidence.per_week),
        value=assumed.value if assumed else _value_of(template),
    )
    outcome = triage.decide(axes, policy)
    weighing = [
        one.why
        for one in told
        if one.why and (one.complexity >= axes.complexity or 0 < one.emotion >= axes.emotion)
    ]
    reasons = (*weighing, *_because(axes, outcome, policy))
    return Judged(
        evidence=evidence,
        axes=axes,
        outcome=outcome,
        reasons=tuple(dict.fromkeys(reasons)),
        template=template if outcome is not Outcome.HUMAN else None,
    )


def map_of(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """Return the request types that matter most, by business impact (T22, PL3)."""
    return tuple(sorted(judged, key=lambda one: -one.impact)[:MAPPED])


def backlog_of(judged: Sequence[Judged], policy: Policy, rates: Rates) -> tuple[UseCase, ...]:
    """Return the use cases, the one to begin with first (T21).

    They are ranked by hours saved for each day of work, weighed by value. First comes the best
    that takes little work, if it brings at least a fifth of what the best of all brings.
    """
    served: dict[str, tuple[Template, list[Judged]]] = {}
    for one in judged:
        if one.template is not None:
            served.setdefault(one.template.name, (one.template, []))[1].append(one)
    cases = [_use_case(template, types, policy, rates) for template, types in served.values()]
    ranked = sorted(cases, key=lambda case: (-case.points, case.template.name))
    most = max((case.forecast.hours for case in ranked), default=0.0)
    enough = most * _FIRST_SHARE
    first = next(
        (case for case in ranked if case.is_low_effort and case.forecast.hours >= enough), None
    )
    return tuple(ranked if first is None else [first, *(c for c in ranked if c is not first)])


_FIRST_SHARE = 0.2


def total_of(cases: Sequence[UseCase], rates: Rates) -> Forecast:
    """Return what all use cases would bring together; automation's own cost counts once."""
    forecasts = [case.forecast for case in cases]
    hours = sum(one.hours for one in forecasts)
    worst = sum(one.hours_at_worst for one in forecasts)
    return Forecast(
        taken=sum(one.taken for one in forecasts),
        settled=sum(one.settled for one in forecasts),
        settled_at_worst=sum(one.settled_at_worst for one in forecasts),
        hours=hours,
        hours_at_worst=worst,
        money=hours * rates.wage_hour - rates.month if rates.wage_hour else None,
        money_at_worst=worst * rates.wage_hour - rates.month if rates.wage_hour else None,
    )


def days_of(connects: int) -> tuple[float, float]:
    """Return the days of work that a flow takes where the contract names none (PL27).

    Two to four for one that needs nothing, and up to a day for each thing to connect.
    """
    return 2.0 + connects / 4, 4.0 + connects / 2


def _use_case(template: Template, types: Sequence[Judged], policy: Policy, rates: Rates) -> UseCase:
    forecast = _forecast(types, policy, rates)
    free = sum(one.free_a_month for one in types) or 1.0
    value = sum(one.axes.value * one.free_a_month for one in types) / free
    ranked = sorted(types, key=lambda one: -one.free_a_month)
    points = forecast.hours * _weight(value) / template.effort
    return UseCase(template=template, types=tuple(ranked), forecast=forecast, points=points)


def _forecast(types: Sequence[Judged], policy: Policy, rates: Rates) -> Forecast:
    taken = sum(one.free_a_month for one in types)
    work = sum(one.free_a_month * one.evidence.handled for one in types)
    # One more touch is what a person needs for one answer of theirs.
    touch = sum(
        one.free_a_month * one.evidence.handled / max(one.evidence.answers or 1.0, 1.0)
        for one in types
    )
    again = (HANDED_AT_WORST + WORST_SHARE * RETURNED_AT_WORST) * policy.worst_touches
    kept = WORST_SHARE * (1 - RETURNED_AT_WORST)
    hours, worst = LIKELY_SHARE * work / _HOUR, (kept * work - again * touch) / _HOUR
    return Forecast(
        taken=taken,
        settled=taken * LIKELY_SHARE,
        settled_at_worst=taken * kept,
        hours=hours,
        hours_at_worst=worst,
        money=hours * rates.wage_hour if rates.wage_hour else None,
        money_at_worst=worst * rates.wage_hour if rates.wage_hour else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """What one piece of evidence says of the axes, and in words why."""

    complexity: int = 0
    emotion: int = 0
    why: str = ""


def _complex(evidence: Evidence, template: Template | None) -> list[_Sign]:
    """Return what speaks for complexity: can a flow do it without outside knowledge (T4)?"""
    told = []
    if evidence.kind is not None:
        told.append(_Sign(complexity=evidence.kind.complexity))
    elif template is not None and template.axes is not None:
        told.append(_Sign(complexity=template.axes.complexity))
    elif evidence.alike is not None and evidence.alike >= _ALIKE:
        told.append(_Sign(complexity=1))
    else:
        told.append(_Sign(complexity=_OPEN, why="nobody has written an answer for it yet"))
    answers = evidence.answers or 0.0
    if answers >= _MANY_ANSWERS:
        told.append(_Sign(complexity=4, why=f"it takes people {answers:.1f} answers"))
    elif answers >= _SOME_ANSWERS and (evidence.alike or 0.0) < _ALIKE:
        told.append(_Sign(complexity=3, why=f"it takes people {answers:.1f} answers"))
    if evidence.timed and evidence.handled >= _LONG:
        hard = 4 if evidence.handled >= _LONGER else 3
        minutes = evidence.handled / _MINUTE
        told.append(_Sign(complexity=hard, why=f"it takes people {minutes:.0f} minutes"))
    if evidence.kind is None and evidence.alike is not None and evidence.alike < _UNALIKE:
        told.append(_Sign(complexity=_OPEN, why="people answer it differently each time"))
    return told


def _emotional(evidence: Evidence) -> list[_Sign]:
    """Return what speaks for emotion: health, disputes, leaving, complaints (T5), upset words."""
    told = [_Sign(emotion=evidence.kind.emotion)] if evidence.kind is not None else []
    for kind, share in evidence.stops_at_least.items():
        seen = evidence.stops[kind] / evidence.read
        words = f"{seen:.0%} of those read speak of {kind.replace('_', ' ')}"
        if share >= _SOMETIMES and HANDLING[HardStop(kind)].severity >= _GRAVE:
            told.append(_Sign(emotion=MAX_EMOTION, why=words))
        elif share >= _OFTEN:
            told.append(_Sign(emotion=2, why=words))
        elif share >= _SOMETIMES:
            told.append(_Sign(emotion=1, why=words))
    if evidence.upset_at_least >= _SOMETIMES:
        emotion = 2 if evidence.upset_at_least >= _OFTEN else 1
        seen = evidence.upset / evidence.read
        told.append(_Sign(emotion=emotion, why=f"{seen:.0%} of those read are upset"))
    return told


def _because(axes: TriageScore, outcome: Outcome, policy: Policy) -> list[str]:
    """Return in words which limit of the workspace decided."""
    match outcome:
        case Outcome.HUMAN if axes.emotion >= policy.human_min_emotion:
            return [f"emotion {axes.emotion} is for people"]
        case Outcome.HUMAN:
            return [f"complexity {axes.complexity} is for people"]
        case Outcome.AUTOMATE:
            return [f"simple, calm, and asked {axes.frequency} times a week"]
        case Outcome.HYBRID:
            return [_half(axes, policy)]


def _half(axes: TriageScore, policy: Policy) -> str:
    """Return why the bot begins something and does not end it."""
    if axes.value >= policy.high_value:
        return "worth much: the bot prepares it, a person closes it"
    if axes.complexity > policy.automate_max_complexity:
        return "the bot asks what is needed, a person decides"
    if axes.emotion > policy.automate_max_emotion:
        return "often tense: the bot begins, a person is near"
    return f"too seldom to leave to a flow alone: {axes.frequency} times a week"


def _value_of(template: Template | None) -> int:
    return template.axes.value if template is not None and template.axes is not None else 1


def _weight(value: float) -> float:
    """Return how much more an hour counts where the business gains by it: up to twice."""
    return 1 + value / 3
