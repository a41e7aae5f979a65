"""How invented people behave and what happens to them: every assumption of a simulation.

Read from a document with one reading of each field; the assumptions that ship stand in
`packs/base/simulation.yaml`, and a file of one's own may replace any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from baton.core.consent import Purpose
from baton.core.costs import MILLION, Prices
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.policy import parse_duration
from baton.flows.fields import Fields
from baton.flows.simulation.chance import Range
from baton.flows.wording import CHANNELS

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How people take messages: shares from 0 to 1, and spans from shortest to longest.

    Attributes:
        awake_from, awake_until: times of day between which they write.
        answers: of questions; `first_choice` and `typos` are of the answers.
        only_choice: of questions that offer nothing but a way out, or one thing alone.
        seldom_choice: of answers, each choice whose label has one of the `seldom_words`.
        soon, late: after how long a reply comes; `lates` is the share of late ones.
        asks, thanks, wants_person, angry: of messages that are followed by such words.
        opts_out: of messages that are followed by STOP, by their purpose.
        rates: of surveys; `happy` and `unhappy` are of the ratings.
        acts: of messages that wait for something only the contact does.
        reaches_goal: of runs whose goal lies with the contact alone, within `goal_after`.
    """

    awake_from: str
    awake_until: str
    answers: float
    only_choice: float
    seldom_choice: float
    first_choice: float
    typos: float
    lates: float
    asks: float
    thanks: float
    wants_person: float
    angry: float
    rates: float
    happy: float
    unhappy: float
    acts: float
    reaches_goal: float
    seldom_words: tuple[str, ...]
    opts_out: Mapping[str, float]
    soon: Range
    late: Range
    goal_after: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Who writes by themselves: how often, and which shares of what they write are what."""

    every: timedelta
    unclear: float
    angry: float
    wants_person: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What may come of a matter.

    Attributes:
        share: of the matters that come so far.
        is_before: whether `offset` counts back from the matter's time, or on from it.
        moves: by how much the matter's time moves, None when it stays.
        is_last: nothing of the matter follows.
    """

    event: str
    share: float
    offset: Range
    is_before: bool
    moves: Range | None
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A thing in a contact's life: it begins, has a time ahead, and something comes of it.

    Attributes:
        every: the mean time between two of a contact's; `is_once` for at most one.
        ahead: how far its time lies ahead when it begins.
    """

    name: str
    begins: str
    every: timedelta
    is_once: bool
    ahead: Range
    later: tuple[Later, ...]

    @property
    def events(self) -> frozenset[str]:
        """Every event that it may bring."""
        return frozenset({self.begins, *(one.event for one in self.later)})


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everything that a simulation assumes.

    Attributes:
        channels: the share of contacts who can be reached on each.
        fails, takes: the share of actions that fail, and how long one takes.
        resolves: how long a person needs for a conversation that was handed over.
        caused: the events that actions cause, by action.
        otherwise_every: the mean time between events that no matter knows.
        tagged: the share of contacts who have a tag, or a high score, that a flow asks for.
        consents: the share who agreed to promotional messages.
        words, numbers: what events bring, by the fact's name.
        none: the share of events in which an amount is nothing or a flag is down, by the
            fact's name.
    """

    channels: Mapping[str, float]
    prices: Prices
    habits: Habits
    fails: float
    takes: Range
    resolves: Range
    caused: Mapping[str, str]
    matters: tuple[Matter, ...]
    writing: Writing
    otherwise_every: timedelta
    tagged: float
    consents: float
    words: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[int, int]]
    none: Mapping[str, float]

    def matter_of(self, event: str) -> Matter:
        """Return the matter that an event belongs to; one of its own where none knows it."""
        known = next((one for one in self.matters if event in one.events), None)
        return known or Matter(
            name=event,
            begins=event,
            every=self.otherwise_every,
            is_once=False,
            ahead=(timedelta(hours=1), timedelta(days=7)),
            later=(),
        )


def parse(document: Json) -> People:
    """Read assumptions; raises InvalidInput with the path of everything wrong in them."""
    problems: dict[str, str] = {}
    if not isinstance(document, dict):
        raise InvalidInput({"people": "must be a mapping"})
    top = Fields(raw=document, path="", problems=problems)
    channels = top.entry("channels", "Who can be reached how.", _channels_of)
    prices = top.entry("prices", "What messages cost.", _prices_of)
    habits = top.entry("habits", "How people take messages.", _habits_of)
    systems = top.entry("systems", "How actions end.", _systems_of)
    resolves = top.entry("people", "How handoffs end.", _staff_of)
    actions = top.entries("actions", "What actions cause.", _caused_of, is_required=False)
    matters = top.entries("matters", "What happens to people.", _matter_of)
    writing = top.entry("writing", "Who writes by themselves, and what.", _writing_of)
    rest = top.entry("otherwise", "What happens besides.", _otherwise_of)
    words = _words_of(top)
    numbers = _numbers_of(top)
    none = _none_of(top)
    top.finish()
    if problems or not (
        channels and prices and habits and systems and resolves and writing and rest
    ):
        raise InvalidInput(problems)
    return People(
        channels=channels,
        prices=prices,
        habits=habits,
        fails=systems[0],
        takes=systems[1],
        resolves=resolves,
        caused=dict(actions),
        matters=matters,
        otherwise_every=rest[0],
        tagged=rest[1],
        consents=rest[2],
        writing=writing,
        words=words,
        numbers=numbers,
        none=none,
    )


def merged(base: Json, over: Json) -> Json:
    """Return assumptions with those of another document laid over them, mapping by mapping."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    kept = {name: value for name, value in base.items() if name not in over}
    return kept | {name: merged(base.get(name), value) for name, value in over.items()}


def _share(inside: Fields, name: str, about: str) -> float:
    found = inside.number(name, about)
    if not 0 <= found <= 1:
        inside.problem(name, "must be a share from 0 to 1")
    return found


def _range(inside: Fields, name: str, about: str) -> Range:
    ends = inside.words(name, about)
    try:
        least, most = (parse_duration(end) for end in ends)
    except ValueError:
        inside.problem(name, "must be the shortest and the longest span, as in [1m, 2h]")
        return _NONE, _NONE
    if least > most:
        inside.problem(name, "must name the shorter span first")
    return least, most


def _span(inside: Fields, name: str, about: str) -> timedelta:
    found = inside.duration(name, about)
    if not found:
        inside.problem(name, "must be a span, as in 30d")
    return found or timedelta(days=1)


def _channels_of(inside: Fields) -> Mapping[str, float]:
    return {name: _share(inside, name, "The share who can be reached on it.") for name in CHANNELS}


def _prices_of(inside: Fields) -> Prices:
    amounts = {
        one.name: round(inside.number(one.name, "What one costs.") * MILLION)
        for one in fields(Prices)
        if one.name != "currency"
    }
    return Prices(currency=inside.word("currency", "The currency, as in USD."), **amounts)


_SHARES = tuple(one.name for one in fields(Habits) if one.type is float)


def _habits_of(inside: Fields) -> Habits:
    return Habits(
        awake_from=inside.clock("awake_from", "When people begin to write."),
        awake_until=inside.clock("awake_until", "When they stop."),
        seldom_words=inside.words("seldom_words", "Words of what few people choose."),
        opts_out=inside.entry("opts_out", "Messages followed by STOP.", _by_purpose) or {},
        soon=_range(inside, "soon", "After how long most replies come."),
        late=_range(inside, "late", "After how long the late ones come."),
        goal_after=_range(inside, "goal_after", "When the goal is reached."),
        **{name: _share(inside, name, "A share.") for name in _SHARES},
    )


def _by_purpose(inside: Fields) -> Mapping[str, float]:
    return {one.value: _share(inside, one.value, "The share of messages.") for one in Purpose}


def _systems_of(inside: Fields) -> tuple[float, Range]:
    return (
        _share(inside, "fails", "The share of actions that fail."),
        _range(inside, "takes", "How long an action takes."),
    )


def _staff_of(inside: Fields) -> Range:
    return _range(inside, "resolve", "How long a person needs.")


def _caused_of(inside: Fields) -> tuple[str, str]:
    return (
        inside.word("action", "The action."),
        inside.word("event", "What happens when it was done."),
    )


def _matter_of(inside: Fields) -> Matter:
    is_once = inside.flag("once", "Whether it comes at most once.")
    every = inside.duration("every", "The mean time between two.") or _NONE
    if is_once is bool(every):
        inside.problem("every", "choose one of every and once")
    return Matter(
        name=inside.word("name", "What it is called."),
        begins=inside.word("begins", "The event that it begins with."),
        every=every,
        is_once=is_once,
        ahead=_range(inside, "ahead", "How far its time lies ahead."),
        later=inside.entries("later", "What may come of it.", _later_of, is_required=False),
    )


def _later_of(inside: Fields) -> Later:
    is_before = inside.has("before")
    if is_before is inside.has("after"):
        inside.problem("before", "choose one of before and after")
    before, after, moves = (
        _range(inside, name, "A span around its time.") if inside.has(name) else None
        for name in ("before", "after", "moves")
    )
    return Later(
        event=inside.word("event", "What happens."),
        share=_share(inside, "share", "How often, of those that come so far."),
        offset=before or after or (_NONE, _NONE),
        is_before=is_before,
        moves=moves,
        is_last=inside.flag("ends", "Whether nothing of it follows."),
    )


def _otherwise_of(inside: Fields) -> tuple[timedelta, float, float]:
    return (
        _span(inside, "every", "The mean time between other events."),
        _share(inside, "tagged", "The share of contacts who have a tag that a flow asks for."),
        _share(inside, "consents", "The share who agreed to promotional messages."),
    )


def _writing_of(inside: Fields) -> Writing:
    return Writing(
        every=_span(inside, "every", "The mean time between two matters of a contact."),
        unclear=_share(inside, "unclear", "The share of messages that nobody could read."),
        angry=_share(inside, "angry", "The share of angry ones."),
        wants_person=_share(inside, "wants_person", "The share who ask for a person."),
    )


def _words_of(top: Fields) -> Mapping[str, tuple[str, ...]]:
    inner = Fields(
        raw=top.mapping("words", "Words by the fact's name."), path="words", problems=top.problems
    )
    return {name: inner.words(name, "Words to choose from.") for name in inner.raw}


def _numbers_of(top: Fields) -> Mapping[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for name, ends in top.mapping("numbers", "Ranges by the fact's name.").items():
        match ends:
            case [int(least), int(most)] if least <= most:
                found[name] = (least, most)
            case _:
                top.problems[f"numbers.{name}"] = "must be the least and the most, as in [0, 10]"
    return found


def _none_of(top: Fields) -> Mapping[str, float]:
    raw = top.mapping("none", "How often an amount is nothing, by the fact's name.")
    inner = Fields(raw=raw, path="none", problems=top.problems)
    return {name: _share(inner, name, "The share of events.") for name in raw}
