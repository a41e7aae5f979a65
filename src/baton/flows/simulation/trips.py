"""The runs of one contact while they are simulated, and the ways that they take."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from baton.core import text as texts
from baton.core.json import Json
from baton.flows.document import Flow, Library
from baton.flows.outreach import Underway
from baton.flows.run import RunState
from baton.flows.scene import ActionEnded, Awaits, Happened, Input, Said, Step, TimeUp
from baton.flows.simulation.people import Matter
from baton.flows.simulation.tally import Marks, Place

_QUESTIONS = (Awaits.CHOICE, Awaits.REPLY, Awaits.RATING)


@dataclass(slots=True, kw_only=True, eq=False)
class Thing:
    """A matter in a contact's life as it stands; a new `version` makes what was planned void."""

    matter: Matter
    key: str
    due_at: datetime
    facts: dict[str, Json]
    version: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Trip:
    """A run under way: its state, and what it is about.

    `serial` tells a state from every other, so that no old timer wakes the run; `spoke_at`
    is when it last said anything, as the contact counts.
    """

    key: str
    flow: Flow
    version: int
    subject: str
    thing: Thing | None
    state: RunState | None = None
    serial: int = 0
    spoke_at: int = 0
    marks: Marks = field(default_factory=Marks)

    @property
    def is_prompted(self) -> bool:
        """Whether the contact's own words started it, or the end of their conversation."""
        return not self.flow.trigger.is_proactive

    @property
    def takes_words(self) -> bool:
        """Whether it waits for words."""
        return self.state is not None and self.state.waiting.awaits in (
            *_QUESTIONS,
            Awaits.MESSAGE,
        )

    @property
    def has_asked(self) -> bool:
        """Whether a question of it is open, to which an answer can be told from other words."""
        return self.state is not None and self.state.waiting.awaits in _QUESTIONS

    @property
    def underway(self) -> Underway:
        """The run as far as starting another one is concerned."""
        return Underway(flow=self.flow.name, subject=self.subject)


def asked(trips: Iterable[Trip]) -> list[Trip]:
    """Return the runs whose question is open, the newest question first (C18)."""
    return sorted((one for one in trips if one.has_asked), key=lambda one: -one.spoke_at)


def waits_for(trip: Trip, event: str, library: Library) -> bool:
    """Return whether an event may move a run: by its step, or by the goal of a flow it is in."""
    state = trip.state
    if state is None:
        return False
    if event in state.waiting.events:
        return True
    known = ((state.flow, state.version), *((one.flow, one.version) for one in state.callers))
    flows = (library.at(name, version) for name, version in known)
    return any(one and one.goal and one.goal.event == event for one in flows)


def places_of(taken: tuple[str, ...], first: Place, trip: Trip) -> list[Place]:
    """Return where a turn led; `taken` are its steps as the turn names them.

    A step inside a subflow has that flow's name before it; the first step is the one that
    the run waited in, whatever it is called here.
    """
    return [first, *(_place_of(name.partition(".")[2], trip) for name in taken[1:])]


def _place_of(name: str, trip: Trip) -> Place:
    flow, dot, step = name.partition(".")
    return (flow, step) if dot else (trip.flow.name, name)


def moves_of(places: list[Place]) -> Iterator[tuple[Place, Place]]:
    """Yield each step with the one after it."""
    return pairwise(places)


def label_of(step: Step, to: str, given: Input | None) -> str:
    """Return the label of the way that led on; of several, the one that fits what was given."""
    fitting = [way.label for way in step.ways if way.to == to]
    if len(fitting) > 1:
        hints = _hints(given)
        fitting = [one for one in fitting if texts.bare(one) in hints] or fitting
    return " / ".join(dict.fromkeys(fitting))


def _hints(given: Input | None) -> tuple[str, ...]:
    match given:
        case Happened():
            return (given.event,)
        case TimeUp():
            return ("silence", "failed")
        case ActionEnded():
            return ("failed" if given.problem else "done",)
        case Said():
            return (*(texts.bare(line) for line in given.lines), "answered")
        case _:
            return ()
