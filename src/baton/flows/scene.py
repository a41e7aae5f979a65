"""What a step may see, and how it answers: go on, wait, or stop."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import msgspec

from baton.core import template
from baton.core import text as texts
from baton.core.confidence import Band, Bands
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.keywords import Keyword
from baton.core.pack import Pack
from baton.core.policy import Policy
from baton.core.reading import Reading
from baton.core.template import COPY_CHANNELS, EMAIL, ApprovedTemplate, StandIn
from baton.flows import conditions
from baton.flows.conditions import Names
from baton.flows.effects import Choice, Effect, SendText
from baton.flows.fields import Fields
from baton.flows.render import PLAIN, Manner, render
from baton.flows.values import ValueType
from baton.flows.wording import Wording, copy_in, in_language

OPT_OUT = "opt_out_footer"
"""The pack's sentence below a text that says how to opt out (TP10)."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The contact's turn: its text, and a reading of each thing said in it (T20).

    `messages` and `sentences` are all that was read, whole and in parts: what `readings`
    leaves out is not answered, but a hard stop in it is still heard. `answered` is the
    keyword that the channel's provider took the turn for, and has answered by itself.
    `photos` names the pictures that came with it.
    """

    text: str
    readings: tuple[Reading, ...]
    messages: tuple[Reading, ...] = ()
    sentences: tuple[Reading, ...] = ()
    channel: str = ""
    answered: Keyword | None = None
    photos: tuple[str, ...] = ()

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

    def is_surely_else(self, intents: Collection[str], bands: Bands) -> bool:
        """Return whether something was understood without a doubt, and is none of these."""
        return any(
            reading.best is not None
            and reading.best.name not in intents
            and bands.band_of(reading.best.name, reading.best.confidence) is Band.ANSWERED
            for reading in self.readings
        )


class TimeUp(msgspec.Struct, frozen=True, kw_only=True):
    """The moment, or the silence, that a run waited for has come."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened in the contact's world: a booking was made, an order shipped (C26)."""

    event: str
    facts: Mapping[str, Json] = {}


class ActionEnded(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an action: its result, or why it failed."""

    number: int
    result: Mapping[str, Json] = {}
    problem: str = ""


Input = Said | TimeUp | Happened | ActionEnded


def footers_in(copy: Mapping[str, str]) -> dict[str, str]:
    """Return the line that tells how to opt out by language, the pack's own left out."""
    begins = f"{OPT_OUT}_"
    return {key.removeprefix(begins): text for key, text in copy.items() if key.startswith(begins)}


class Awaits(StrEnum):
    """What a waiting run takes for an answer."""

    MESSAGE = "message"
    CHOICE = "choice"
    REPLY = "reply"  # a date, a number, a photo, a reference
    RATING = "rating"
    TIME = "time"  # and events, if the step names any: never words
    ACTION = "action"
    DAY = "day"  # when its flow may speak again: the question is yet to be asked


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What the last prompt offered, so that "1" means what was last asked (C18).

    `events` are those that end the wait, `number` the action whose end does, `tries` how
    often the question was asked in vain.
    """

    awaits: Awaits
    choices: tuple[Choice, ...] = ()
    events: tuple[str, ...] = ()
    number: int = 0
    tries: int = 0


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a step may know.

    `facts` are the values that texts and conditions may use (business, location, contact,
    and the event at hand); `variables` what the run has learned, of the types in `names`;
    `failed_attempts` those before this turn. `day` is today where the business is; no day
    and no channel suit any. `bands` are the thresholds of confidence that hold in the
    flow. `draw` tells this contact from others in a way that never changes. `waiting` is
    what the run waited for until now, `calls` how many actions it has called, `templates`
    the words that providers have approved.
    """

    pack: Pack
    policy: Policy
    bands: Bands
    facts: Mapping[str, object]
    variables: Mapping[str, Json] = {}
    names: Names = ()
    failed_attempts: int = 0
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    day: date | None = None
    manner: Manner = PLAIN
    channel: str = ""
    location_id: str = ""
    draw: str = ""
    waiting: Waiting | None = None
    calls: int = 0
    templates: tuple[ApprovedTemplate, ...] = ()

    def say(self, wording: Wording, choices: tuple[Choice, ...] = ()) -> SendText:
        """Word a text for the contact's channel and language; raises InvalidInput.

        Where it is not said in theirs, all of it is in the flow's own, times and money too.
        """
        if wording.is_alike_everywhere:
            return SendText(
                text=self.fill(wording.text),
                choices=choices,
                channels=wording.channels,
                patience=wording.patience,
            )
        is_translated = wording.translation_to(self.manner.locale) is not None
        manner = self.manner if is_translated else self.manner.of_own_texts
        locale = manner.locale
        body = wording.body_on(wording.channel_for(self.channel), locale)
        others = wording.others_than(body, locale)
        below = self._below(wording, manner)
        said = {text: self.fill(text, manner) + below for text in {body, *others.values()}}
        stand_ins = self._stand_ins(wording.template)
        approved = {one: stand_ins[one].text + below for one in COPY_CHANNELS if one in stand_ins}
        subject = self.fill(wording.subject_in(locale), manner)
        return SendText(
            text=said[body],
            choices=choices,
            channels=wording.channels,
            patience=wording.patience,
            links=self._tracked(wording),
            versions={name: said[text] for name, text in others.items()} | approved,
            subject=stand_ins[EMAIL].subject if EMAIL in stand_ins else subject,
            template=wording.template,
            stand_ins=stand_ins,
        )

    def _stand_ins(self, name: str) -> dict[str, StandIn]:
        """Return the approved words of a name by channel, "" names none."""
        channels = template.CHANNELS if name and self.templates else ()
        found = {channel: self._stand_in(name, channel) for channel in channels}
        return {channel: one for channel, one in found.items() if one is not None}

    def _stand_in(self, name: str, channel: str) -> StandIn | None:
        """Return the approved words of a name, filled in; None where they cannot be.

        In the contact's language if they are approved in it, else in that of the own texts.
        """
        manner = self.manner
        approved = template.find(self.templates, name, manner.locale, channel)
        if approved is None:
            manner = manner.of_own_texts
            approved = template.find(self.templates, name, manner.locale, channel)
        if approved is None:
            return None
        try:
            values = [self.fill(f"{{{{ {place} }}}}", manner) for place in approved.places]
        except InvalidInput:  # a value that this run does not have: the next channel needs none
            return None
        return approved.filled(values)

    def _tracked(self, wording: Wording) -> tuple[str, ...]:
        link = wording.link
        return (self.fill(link.url),) if link and link.is_short else ()

    def _below(self, wording: Wording, manner: Manner) -> str:
        """Return what stands under a text on every channel."""
        below = ""
        if wording.link:
            label = self.fill(wording.link_label_in(manner.locale), manner)
            below = f"\n{label}: {self.fill(wording.link.url)}"
        if not wording.is_signed_off:
            return below
        footer = copy_in(self.pack.copy, OPT_OUT, manner.locale)
        return f"{below}\n{self.fill(footer, manner)}"

    def fill_in(self, text: str, versions: Mapping[str, str]) -> str:
        """Fill a text in, in the contact's language where it is said in that."""
        translated = in_language(versions, self.manner.locale)
        return self.fill(translated, self.manner) if translated else self.fill(text)

    def fill(self, text: str, manner: Manner | None = None) -> str:
        """Fill a Liquid text in; raises InvalidInput when something is missing.

        Times and money are told as the flow's own texts tell them, if not in that `manner`.
        """
        facts = {**self.facts, "run": self.variables}
        return render(text, facts, manner or self.manner.of_own_texts)

    def holds(self, condition: str) -> bool:
        """Return whether a condition is true here; "" always is."""
        return not condition or conditions.holds(condition, self.names, self._values(condition))

    def value_of(self, source: str, kind: ValueType | None = None) -> Json:
        """Return what an expression gives here; raises InvalidInput for nothing or a wrong type."""
        return conditions.value_of(source, self.names, self._values(source), kind)

    def _values(self, source: str) -> dict[str, object]:
        return conditions.environment(source, self.names, self.variables, self.facts, self.now)


class Go(msgspec.Struct, frozen=True, kw_only=True):
    """Go on with another step; the message, if `passes_on`, is still to be dealt with."""

    to: str
    effects: tuple[Effect, ...] = ()
    passes_on: bool = False
    variables: dict[str, Json] = {}


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """Wait in this step; `wake_after` sets the run's timer.

    `variables` are kept while waiting.
    """

    waiting: Waiting
    effects: tuple[Effect, ...] = ()
    wake_after: timedelta | None = None
    variables: dict[str, Json] = {}


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Go through another flow, and come back to `then` when it ends."""

    flow: str
    then: str


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """The run is over; inside another flow, that one goes on unless `is_final`."""

    effects: tuple[Effect, ...] = ()
    is_final: bool = False


Outcome = Go | Stay | Call | Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An edge of the diagram: where a step may lead, why, and what is known after it.

    `label` is what a person reads on the edge; `saves` the facts that are set on this way.
    `waits` tells that the run rests before it goes this way.
    """

    to: str
    label: str = ""
    saves: Mapping[str, ValueType] = field(default_factory=dict)
    waits: bool = False


class Step(ABC):
    """One unit of a flow; each type stands in a file of its own in `flows.steps`."""

    __slots__ = ()
    type: ClassVar[str]
    about: ClassVar[str]
    """What the step does, in a sentence that a manager reads."""
    is_alike: ClassVar[bool] = False
    """Whether it rests on the run's facts and place and on the time alone, and adds no facts, so
    that runs which are the same in these may share what it does (`flows.alike`)."""

    @classmethod
    @abstractmethod
    def parse(cls, fields: Fields) -> "Step":
        """Read the step's fields."""

    @abstractmethod
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Do what is done on arrival; `said` is a message that nobody has dealt with yet."""

    def resume(self, scene: Scene, given: Input) -> Outcome | None:
        """Go on after a wait; None when this is not what the step waits for.

        A step that never waits is entered again: a run was saved here by an older Baton.
        """
        return self.enter(scene, given if isinstance(given, Said) else None)

    def keeps(self, said: Said) -> tuple[Effect, ...]:  # noqa: ARG002 - for those that ask
        """Return what of an answer is kept even when a person takes over before it is used."""
        return ()

    @property
    def ways(self) -> tuple[Way, ...]:
        """Where this step may lead; none when the run ends here."""
        return ()

    @property
    def saves(self) -> Mapping[str, ValueType]:
        """Every fact that it may set, with its type."""
        return {name: kind for way in self.ways for name, kind in way.saves.items()}

    @property
    def wordings(self) -> Mapping[str, Wording]:
        """What it says to the contact, by the path below the step; "" is the step itself."""
        return {}

    @property
    def said_besides(self) -> Mapping[str, Mapping[str, str]]:
        """What it says to the contact besides its wordings: by field, in which other languages."""
        return {}

    @property
    def texts(self) -> Mapping[str, str]:
        """Its other Liquid texts, which people or systems read, by the path below the step."""
        return {}

    @property
    def expressions(self) -> Mapping[str, tuple[str, str]]:
        """Its CEL sources by the path below the step, each with the type that it must give."""
        return {}
