"""What was understood of a message: signals, never decisions (E12, E13)."""

from dataclasses import dataclass, field
from typing import Protocol

_EVEN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentScore:
    """One intent that a message may mean, with how sure the reader is (0 to 1)."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase of a vocabulary that was found in a message.

    `concept` names the vocabulary entry ("cancel", "membership"), `start` and
    `end` are the half-open span of characters in the message that caused it.
    """

    concept: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something that a message names: a day, a time, an order, a sum, a mark, a member.

    `kind` is a word of `nlu.entities.KINDS`; `text` stands at the half-open span
    `start` to `end`. `value` is what was meant in one form for all spellings, "" for
    an e-mail address or a phone number, which are kept nowhere but in the vault.
    """

    kind: str
    text: str
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A kind of hard stop that a reader hears in a message, however it is worded.

    `kind` is a value of `core.hard_stops.HardStop`; `confidence` (0 to 1) says how likely
    the stretch from `start` to `end` is such a stop.
    """

    kind: str
    confidence: float
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that a reader says about one message.

    Attributes:
        text: the message as read (cleaned, original letters).
        intents: best first; empty when nothing could be said.
        terms: vocabulary concepts found, in the order of their spans.
        sentiment: -1 (very negative) to 1 (very positive); 0 is neutral.
        entities: what the message names, in the order of their spans.
        alarms: kinds of hard stop that were heard, the surest first.
        alarm: how likely anything in the message is a hard stop (0 to 1); None when the
            reader cannot say.
        strangeness: how likely no intent covers the message (0 to 1).
        source: who told the intents: "local", or the kind of an outside reader.
    """

    text: str
    intents: tuple[IntentScore, ...] = ()
    terms: tuple[Term, ...] = ()
    sentiment: float = 0.0
    entities: tuple[Entity, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    alarm: float | None = None
    strangeness: float = 0.0
    source: str = "local"

    @property
    def is_out_of_scope(self) -> bool:
        """Whether it is likelier than not that no intent covers the message."""
        return self.strangeness >= _EVEN

    @property
    def best(self) -> IntentScore | None:
        """The likeliest intent, or None when the reader offers none."""
        return self.intents[0] if self.intents else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Words by concept: a pack's own lists joined with the base lists (U16, U20)."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


class ReaderPort(Protocol):
    """Reads messages. Implementations are pure: same text, same reading."""

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text, in order; never raises for any text."""
        ...
