"""What happens around a flow: which matters touch it, and what their events bring."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from baton.core.hours import BusinessHours
from baton.core.json import Json
from baton.flows.document import Flow, Library
from baton.flows.simulation.chance import Chance
from baton.flows.simulation.people import Matter, People
from baton.flows.steps.set import Set
from baton.flows.trigger import TriggerKind
from baton.flows.values import Facts, ValueType

_EVENT_FACT = re.compile(r"\bevent\.([A-Za-z_]\w*)")
_CHOSEN_FACT = re.compile(r"\bevent\.(\w+)\s*(?:==|in)\s*(\[[^\]]*\]|[\"'][^\"']*[\"'])")
_LITERAL = re.compile(r"""["']([^"']+)["']""")
_TAG = re.compile(r"""["'](\w+)["'] in contact\.tags""")
_SCORE = re.compile(r"""contact\.scores\[["'](\w+)["']\]""")
_PAST = re.compile(r"(ed|bought)_(at|on)$")  # joined_at, bought_on: a time that has been
_HALF_HOUR = timedelta(minutes=30)
_HALVES_OF_DAY = 48
_HORIZON_DAYS = 31  # a place that is closed for longer than that keeps any time
_NEXT = timedelta(minutes=1)  # what follows something comes after it
_USUAL_NUMBERS = (1, 5)
_USUAL_CENTS = (15, 120)  # in hundreds of minor units


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What touches one flow.

    Attributes:
        flows: the flow, and those that it goes through.
        matters: what happens to contacts by itself.
        awaited: events that the flow waits for, its goal among them.
        own_events: those of them that only the contact brings about.
        facts: every fact that an event brings, with its type; what a flow saves is its own.
        words: what conditions compare the facts of events with.
        tags, scores: those of contacts that conditions ask for.
    """

    flows: tuple[Flow, ...]
    matters: tuple[Matter, ...]
    awaited: frozenset[str]
    own_events: frozenset[str]
    facts: dict[str, ValueType]
    words: dict[str, tuple[str, ...]]
    tags: tuple[str, ...]
    scores: tuple[str, ...]

    @property
    def flow(self) -> Flow:
        """The flow that is looked at."""
        return self.flows[0]


def around(flow: Flow, library: Library, people: People) -> World:
    """Return the world that a flow is to be seen in."""
    flows = (flow, *_called_by(flow, library))
    awaited = frozenset(event for one in flows for event in _awaited(one))
    begins = frozenset({flow.trigger.event} if flow.trigger.on is TriggerKind.EVENT else ())
    matters = {one.name: one for one in people.matters if one.events & (awaited | begins)}
    for event in begins:
        matters.setdefault(people.matter_of(event).name, people.matter_of(event))
    happening = {event for one in matters.values() for event in one.events}
    sources = "\n".join(source for one in flows for source in _conditions(one))
    named = sorted(set(_EVENT_FACT.findall(sources)))
    brought = {name: kind for name, kind in flow.facts.items() if name not in _own_facts(flow)}
    return World(
        flows=flows,
        matters=tuple(matters.values()),
        awaited=awaited,
        own_events=awaited - happening - frozenset(people.caused.values()),
        facts={**{name: flow.facts.get(name, ValueType.TEXT) for name in named}, **brought},
        words=_words_in(sources),
        tags=tuple(sorted(set(_TAG.findall(sources)))),
        scores=tuple(sorted(set(_SCORE.findall(sources)))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something that will happen in the course of a matter, whose time is `due_at` then."""

    at: datetime
    event: str
    due_at: datetime


def course_of(
    matter: Matter, key: str, due_at: datetime, now: datetime, chance: Chance
) -> Iterator[Occurrence]:
    """Yield what comes of a matter from now on; `key` tells it from the contact's others."""
    last = now
    for place, one in enumerate(matter.later):
        purpose = f"{key}:{place}"
        if not chance.happens(one.share, purpose):
            continue
        offset = chance.span(one.offset, f"{purpose}:offset")
        at = due_at - offset if one.is_before else due_at + offset
        if one.is_before and at <= now:
            continue  # it was made too late for that
        last = max(at, last + _NEXT)
        due_at += chance.span(one.moves, f"{purpose}:moves") if one.moves else timedelta(0)
        yield Occurrence(at=last, event=one.event, due_at=due_at)
        if one.is_last:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes up a contact's facts by their name and type; `words` are what conditions ask for."""

    people: People
    chance: Chance
    words: Mapping[str, tuple[str, ...]]

    def made_up(self, facts: Facts, key: str, number: int) -> dict[str, Json]:
        """Return values for facts, but for times; `number` is unique to what they are about."""
        return {
            name: self._value(name, kind, key, number)
            for name, kind in facts.items()
            if kind not in (ValueType.TIME, ValueType.DATE)
        }

    def _value(self, name: str, kind: ValueType, key: str, number: int) -> Json:
        purpose = f"{key}:{name}"
        between = self.people.numbers.get(name, _USUAL_NUMBERS)
        match kind:
            case ValueType.TEXT:
                return self._text(name, purpose, number)
            case ValueType.MONEY:
                is_none = self.chance.happens(self.people.none.get(name, 0.0), f"{purpose}:none")
                return 0 if is_none else self.chance.whole(*_USUAL_CENTS, purpose) * 100
            case ValueType.FLAG:
                return self.chance.happens(1 - self.people.none.get(name, 0.5), purpose)
            case ValueType.WORDS:
                return [self._text(name, purpose, number)]
            case ValueType.DECIMAL:
                return float(self.chance.whole(*between, purpose))
            case _:
                return self.chance.whole(*between, purpose)

    def _text(self, name: str, purpose: str, number: int) -> str:
        if name.endswith("url"):
            return f"https://example.com/{name.removesuffix('_url')}/{number}"
        code = f"{name[:2].upper()}{number}"
        if name in self.words:
            return self.chance.one_of((*self.words[name], code), purpose)
        known = self.people.words.get(name)
        return self.chance.one_of(known, purpose) if known else code


def past_times_of(facts: Facts, now: datetime, event: str = "") -> dict[str, Json]:
    """Return the facts that are times gone by: those of the event, of any where none is named."""
    times = {
        name: now.isoformat() if kind is ValueType.TIME else now.date().isoformat()
        for name, kind in facts.items()
        if kind in (ValueType.TIME, ValueType.DATE) and _PAST.search(name)
    }
    return {name: at for name, at in times.items() if event.endswith(name[:-3]) or not event}


def times_of(facts: Facts, due_at: datetime) -> dict[str, Json]:
    """Return the facts that are times ahead: the first is the matter's own, others follow it."""
    found: dict[str, Json] = {}
    at = due_at
    for name, kind in facts.items():
        if _PAST.search(name):
            continue
        if kind is ValueType.TIME:
            found[name] = at.isoformat()
            at += timedelta(hours=1)
        elif kind is ValueType.DATE:
            found[name] = due_at.date().isoformat()
    return found


def opened(earliest: datetime, wanted: datetime, hours: BusinessHours, place: float) -> datetime:
    """Return a half hour of the wanted day, or of one after it, at which the place is open.

    `place`, from 0 to 1, says which of them.
    """
    day = wanted.astimezone(hours.zone).date()
    for _day in range(_HORIZON_DAYS):
        slots = [slot for slot in _slots_of(day, hours) if slot >= earliest]
        if slots:
            return slots[int(place * len(slots))]
        day += timedelta(days=1)
    return wanted


@lru_cache(maxsize=1_024)
def _slots_of(day: date, hours: BusinessHours) -> tuple[datetime, ...]:
    midnight = datetime.combine(day, time(), hours.zone)
    halves = ((midnight + place * _HALF_HOUR).astimezone(UTC) for place in range(_HALVES_OF_DAY))
    return tuple(slot for slot in halves if _is_usual(slot, hours))


def _is_usual(at: datetime, hours: BusinessHours) -> bool:
    if not hours.is_always_open:
        return hours.is_open(at)
    return 7 <= at.astimezone(hours.zone).hour < 21  # noqa: PLR2004 - when people book anything


def _called_by(flow: Flow, library: Library) -> tuple[Flow, ...]:
    pins = library.pins_of(flow)
    return tuple(library.flows[name, version] for name, version in pins.items())


def _awaited(flow: Flow) -> Iterator[str]:
    if flow.goal:
        yield flow.goal.event
    for step in flow.steps.values():
        yield from (one.event for one in getattr(step, "occasions", ()))


def _own_facts(flow: Flow) -> frozenset[str]:
    """Return the facts that a flow finds out for itself, and not from an event."""
    saved = {name for step in flow.steps.values() for name in step.saves}
    worked_out = (
        name
        for step in flow.steps.values()
        if isinstance(step, Set)
        for name, source in step.values.items()
        if "event." not in source
    )
    return frozenset(saved.union(worked_out))


def _words_in(sources: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, literals in _CHOSEN_FACT.findall(sources):
        known = (*found.get(name, ()), *_LITERAL.findall(literals))
        found[name] = tuple(dict.fromkeys(known))
    return found


def _conditions(flow: Flow) -> Iterator[str]:
    yield from (flow.trigger.when, flow.trigger.segment, flow.goal.when if flow.goal else "")
    for step in flow.steps.values():
        yield from (source for source, _kind in step.expressions.values())
