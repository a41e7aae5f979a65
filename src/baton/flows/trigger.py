"""What starts a run, and what ends it early because it has reached its goal."""

from dataclasses import dataclass
from enum import StrEnum

from baton.core.text import bare
from baton.flows.fields import Fields

RESOLVED = "conversation_resolved"
"""The event by which Baton itself tells that a conversation ended."""

LINK_OPENED = "link_opened"
"""The event by which it tells that a contact opened a short link; brings `flow`, who wrote it."""

OWN_EVENTS = frozenset({RESOLVED, LINK_OPENED})
"""What nobody has to tell from outside."""


class TriggerKind(StrEnum):
    """What kind of thing starts a run."""

    MESSAGE = "message"  # words that no waiting run takes
    KEYWORD = "keyword"  # one word, as in "JOIN"
    EVENT = "event"  # something happened: a booking was made
    SCHEDULE = "schedule"  # a time of day, for everybody of a segment
    SEGMENT = "segment"  # a contact becomes one of a segment
    CALL = "call"  # another flow


BY_CHANCE = (TriggerKind.MESSAGE, TriggerKind.KEYWORD, TriggerKind.EVENT)
"""What may start several flows at once, so that one of them can stand in for another."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What starts a run.

    Attributes:
        event: the event's name, for an event.
        keyword: the word as people write it, for a keyword.
        intents: the same in free words: what a message may mean to start it as well.
        wishes: of free words only those that ask to have it done: a question how it is done
            ("how do I book?") is left to the flow that answers.
        at, days: the time of day in the place's zone and the days (all, when empty), for
            a schedule.
        segment: who is meant, a condition on the contact, for a schedule and a segment.
        when: a condition on the event and the contact; "" is always.
        instead_of: flows that this one stands in for: whom it takes, they do not.
    """

    on: TriggerKind
    event: str = ""
    keyword: str = ""
    intents: tuple[str, ...] = ()
    wishes: bool = False
    at: str = ""
    days: tuple[str, ...] = ()
    segment: str = ""
    when: str = ""
    instead_of: tuple[str, ...] = ()

    @property
    def is_proactive(self) -> bool:
        """Whether its runs have a reason of their own: nobody wrote to start them."""
        if self.on is TriggerKind.EVENT:
            return self.event != RESOLVED
        return self.on in (TriggerKind.SCHEDULE, TriggerKind.SEGMENT)

    def takes_from(self, other: "Trigger") -> bool:
        """Return whether words may start both, of which a contact gets one."""
        if self.on is TriggerKind.MESSAGE:
            return other.on is TriggerKind.MESSAGE
        is_same_word = bool(self.keyword) and bare(self.keyword) == bare(other.keyword)
        return is_same_word or not {*self.intents}.isdisjoint(other.intents)

    @property
    def is_unprompted(self) -> bool:
        """Whether its runs speak without being spoken to, be it about a talk that ended."""
        return self.on in (TriggerKind.EVENT, TriggerKind.SCHEDULE, TriggerKind.SEGMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """An event that makes the rest of the flow needless, if its condition holds (G33)."""

    event: str
    when: str


_NEEDS: dict[TriggerKind, tuple[str, ...]] = {
    TriggerKind.MESSAGE: (),
    TriggerKind.KEYWORD: ("keyword",),
    TriggerKind.EVENT: ("event",),
    TriggerKind.SCHEDULE: ("at", "segment"),
    TriggerKind.SEGMENT: ("segment",),
    TriggerKind.CALL: (),
}


def trigger_of(fields: Fields) -> Trigger:
    """Read a trigger; each kind has its own fields."""
    kinds = tuple(kind.value for kind in TriggerKind)
    kind = fields.word("on", "What kind of thing starts it.", options=kinds)
    trigger = Trigger(
        on=TriggerKind(kind) if kind in kinds else TriggerKind.CALL,
        event=fields.word("event", "The event.", default=""),
        keyword=fields.word("keyword", "The word.", default=""),
        intents=fields.words("intents", "What also starts it, said in free words."),
        wishes=fields.flag("wishes", "Not by words that only ask how it is done."),
        at=fields.clock("at", "The time of day."),
        days=fields.words("days", "The days; all when none is named.", options=WEEKDAYS),
        segment=fields.condition("segment", "Who is meant.", default=""),
        when=fields.condition("when", "Only if this holds.", default=""),
        instead_of=fields.words(
            "instead_of", "Flows that it stands in for: whom it takes, they do not take."
        ),
    )
    if kind in kinds:
        _check(trigger, fields)
    return trigger


def goal_of(fields: Fields) -> Goal:
    """Read a goal."""
    return Goal(
        event=fields.word("event", "What happens."),
        when=fields.condition("when", "Only if this holds.", default=""),
    )


def _check(trigger: Trigger, fields: Fields) -> None:
    needed = _NEEDS[trigger.on]
    for name in ("event", "keyword", "at", "segment"):
        if name in needed and not fields.has(name):
            fields.problem(name, f"is missing: a trigger on {trigger.on.value} needs it")
        if name not in needed and fields.has(name):
            fields.problem(name, f"does not belong to a trigger on {trigger.on.value}")
    if trigger.intents and trigger.on is not TriggerKind.KEYWORD:
        fields.problem("intents", f"does not belong to a trigger on {trigger.on.value}")
    if trigger.instead_of and trigger.on not in BY_CHANCE:
        fields.problem("instead_of", f"does not belong to a trigger on {trigger.on.value}")
    if trigger.wishes and not trigger.intents:
        fields.problem("wishes", "needs intents beside it")
