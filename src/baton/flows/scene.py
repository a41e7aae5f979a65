"""What a step may see, and how it answers: go on, wait, or stop."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from baton.core import text as texts
from baton.core.confidence import Band, Bands
from baton.core.json import Json
from baton.core.pack import Pack
from baton.core.policy import Policy
from baton.core.reading import Reading
from baton.flows.effects import Choice, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The contact's turn: its text, and a reading of each thing said in it (T20).

    `messages` and `sentences` are all that was read, whole and in parts: what `readings`
    leaves out is not answered, but a hard stop in it is still heard.
    """

    text: str
    readings: tuple[Reading, ...]
    messages: tuple[Reading, ...] = ()
    sentences: tuple[Reading, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The turn line by line: a burst of short messages is one turn, a choice is one line."""
        return tuple(self.text.splitlines())

    def also_asks(self, replies: Collection[str], bands: Bands) -> bool:
        """Return whether something besides these replies (as keys) was understood (T20)."""
        return any(
            reading.best is not None
            and bands.band_of(reading.best.name, reading.best.confidence) is not Band.FAILED
            and texts.bare(reading.text) not in replies
            for reading in self.readings
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeUp:
    """The silence that a run waited for has passed."""


Input = Said | TimeUp


class Awaits(StrEnum):
    """What a waiting run takes for an answer."""

    MESSAGE = "message"
    CHOICE = "choice"
    RATING = "rating"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What the last prompt offered, so that "1" means what was last asked (C18)."""

    awaits: Awaits
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that a step may know.

    `facts` are the values that texts may use (business, location, contact);
    `variables` what the run has learned; `failed_attempts` those before this turn.
    `day` is today where the business is; no day and no channel suit any. `bands` are the
    thresholds of confidence that hold in the flow.
    """

    pack: Pack
    policy: Policy
    bands: Bands
    facts: dict[str, Json]
    variables: dict[str, Json] = field(default_factory=dict)
    failed_attempts: int = 0
    day: date | None = None
    channel: str = ""
    location_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """Go on with another step; the message, if `passes_on`, is still to be dealt with."""

    to: str
    effects: tuple[Effect, ...] = ()
    passes_on: bool = False
    variables: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Wait in this step; `wake_after` sets the run's timer."""

    waiting: Waiting
    effects: tuple[Effect, ...] = ()
    wake_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The run is over."""

    effects: tuple[Effect, ...] = ()


Outcome = Go | Stay | Stop


class Step(Protocol):
    """One unit of a flow; each type stands in a file of its own in `flows.steps`."""

    type: ClassVar[str]

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Do what is done on arrival; `said` is a message that nobody has dealt with yet."""
        ...

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Go on after a wait."""
        ...

    @property
    def targets(self) -> tuple[str, ...]:
        """The steps that this one may go to."""
        ...
