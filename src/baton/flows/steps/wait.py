"""Wait: for silence to last, for a moment, for something to happen, or for words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from baton.flows.fields import MOST_FACT, Fields
from baton.flows.moments import moment_in, next_time_of_day
from baton.flows.occasion import Occasions, conditions_in, find_way, occasions_of
from baton.flows.scene import (
    Awaits,
    Go,
    Happened,
    Input,
    Outcome,
    Said,
    Scene,
    Stay,
    Step,
    TimeUp,
    Waiting,
    Way,
)

# A flow names these spans by the policy's own field, so that a workspace sets them once.
POLICY_SPANS = ("idle_after_answer", "csat_delay", "csat_window")

# However a flow goes round, a run takes no more of a worker than one turn a second.
_LEAST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """Wait until a moment, for an event, or for both, whichever comes first.

    The moment is a span from now (`for`), a span `before` or `after` a time that the run
    knows (`of`), and, with `at`, the next such time of day from there. When it has passed
    already, `if_past` says where to go instead: a booking made an hour ahead needs no
    reminder of the day before. Words of the contact end the wait only with `on_message`;
    without it they are not for this run.

    Example:
        {type: wait, before: 24h, of: starts_at, if_past: soon, then: remind,
         events: [{event: booking_cancelled, then: done}]}
    """

    type: ClassVar[str] = "wait"
    about: ClassVar[str] = "Waits for a time, an event, or whichever comes first."
    is_alike: ClassVar[bool] = True
    span: timedelta | str | None
    before: timedelta | None
    after: timedelta | None
    of: str
    at: str
    if_past: str
    then: str
    on_message: str
    occasions: Occasions

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Wait":
        """Read the step's fields: a moment, events, or both."""
        step = cls(
            span=fields.span("for", "How long, from now.", known=POLICY_SPANS),
            before=fields.duration("before", "How long before the time named by `of`."),
            after=fields.duration("after", "How long after the time named by `of`."),
            of=fields.word("of", "The fact that holds the time.", default="", most=MOST_FACT),
            at=fields.clock("at", "The time of day, in the zone of the place."),
            if_past=fields.step("if_past", "Where it goes when that has passed.", default=""),
            then=fields.step("then", "Where it goes when the time has come.", default=""),
            on_message=fields.step("on_message", "Where the contact's words lead.", default=""),
            occasions=occasions_of(fields),
        )
        _check(step, fields)
        return step

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Begin to wait; an undealt message is dealt with at once."""
        if said is not None and self.on_message:
            return Go(to=self.on_message, passes_on=True)
        due = self._due_at(scene)
        if due is not None and due < scene.now:
            return Go(to=self.if_past or self.then)
        events = tuple(one.event for one in self.occasions)
        awaits = Awaits.MESSAGE if self.on_message else Awaits.TIME
        return Stay(
            waiting=Waiting(awaits=awaits, events=events),
            wake_after=None if due is None else max(due - scene.now, _LEAST),
        )

    @override
    def resume(self, scene: Scene, given: Input) -> Outcome | None:
        """Go on when the time has come, something happened, or something was said."""
        match given:
            case TimeUp():
                return Go(to=self.then) if self.then else None
            case Said():
                return Go(to=self.on_message, passes_on=True) if self.on_message else None
            case Happened():
                return find_way(self.occasions, scene, given)
            case _:
                return None

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Where the time, each event and words lead."""
        ways = [Way(to=self.then, label=self._when, waits=True)] if self.then else []
        ways += [one.way for one in self.occasions]
        if self.if_past:
            ways.append(Way(to=self.if_past, label="already past"))
        if self.on_message:
            ways.append(Way(to=self.on_message, label="a message", waits=True))
        return tuple(ways)

    @property
    @override
    def expressions(self) -> Mapping[str, tuple[str, str]]:
        """The events' conditions."""
        return conditions_in(self.occasions)

    @property
    def _when(self) -> str:
        spans = (
            ("", self.span),
            (f" before {self.of}", self.before),
            (f" after {self.of}", self.after),
        )
        words = next((f"{_spell(span)}{rest}" for rest, span in spans if span is not None), "")
        return f"{words} at {self.at}".strip() if self.at else words

    def _due_at(self, scene: Scene) -> datetime | None:
        """Return the moment that is waited for, None for events alone."""
        if self.of:
            anchor = moment_in(scene.variables, self.of)
            due = anchor - (self.before or timedelta(0)) + (self.after or timedelta(0))
        elif self.span is not None:
            span = getattr(scene.policy, self.span) if isinstance(self.span, str) else self.span
            due = scene.now + span
        elif self.at:
            due = scene.now
        else:
            return None
        return next_time_of_day(due, self.at, scene.manner.zone) if self.at else due


def _check(step: Wait, fields: Fields) -> None:
    anchored = step.before is not None or step.after is not None
    if anchored is not bool(step.of):
        fields.problem("of", "stands beside `before` or `after`, and they need it")
    moments = (step.span is not None) + (step.before is not None) + (step.after is not None)
    if moments > 1:
        fields.problem("for", "choose one of for, before and after")
    has_moment = moments > 0 or step.at != ""
    if not has_moment and not step.occasions:
        fields.problem("for", "say how long, until when, or for which events")
    if has_moment and not step.then:
        fields.problem("then", "is missing")


def _spell(span: timedelta | str) -> str:
    if isinstance(span, str):
        return span.replace("_", " ")
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
