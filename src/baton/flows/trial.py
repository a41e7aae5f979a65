"""A flow played by hand, step by step: one invented contact, and a clock that somebody moves.

The interpreter and every decision are those that serve contacts (`flows.turn`); nothing is
sent or kept, and the rules of sending are not asked. A trial is its moves: played again from
the first one, they come to the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import outreach, signals, unprompted
from baton.flows import turn as turns
from baton.flows.document import Flow
from baton.flows.effects import (
    AddToDigest,
    CallAction,
    ChangeScore,
    ChangeTags,
    CreateTask,
    Effect,
    HoldBack,
    LeaveNote,
    MakeOffer,
    NoteExposure,
    ReachGoal,
    RecordRating,
    ReportProblem,
    SetTimer,
)
from baton.flows.run import RunState
from baton.flows.scene import ActionEnded, Awaits, Happened, Input, Said, TimeUp
from baton.flows.signals import Signals
from baton.flows.simulation.talk import Talk
from baton.flows.standing import Setting, scene_of
from baton.flows.steps.do import Do
from baton.flows.trigger import TriggerKind
from baton.flows.turn import Turn

MOST_MOVES = 60
_REPLY_AFTER = timedelta(minutes=1)  # a contact who answers at once
_BY_WORDS = (TriggerKind.MESSAGE, TriggerKind.KEYWORD)

Listener = Callable[[str, str], Said]
"""Takes the contact's words and the flow that they are for; returns what was read in them."""


class MoveKind(StrEnum):
    """What somebody lets happen next."""

    BEGINS = "begins"  # what starts the flow happens
    SAYS = "says"
    TIME = "time"  # the time comes that the run waits for
    EVENT = "event"
    DONE = "done"  # the action that the run waits for was done, or was not
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move; `text` is what is said, or the event's name."""

    kind: MoveKind
    text: str = ""


class Who(StrEnum):
    """Whose line it is."""

    CONTACT = "contact"
    BOT = "bot"
    NOTE = "note"  # what happened beside the words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the trial, at the trial's own time."""

    who: Who
    text: str
    at: datetime
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Whom a flow is tried on: the facts that its trigger brings, the contact and the channel."""

    facts: Mapping[str, Json]
    contact: Mapping[str, Json]
    channel: str
    begins_at: datetime


def is_by_words(flow: Flow) -> bool:
    """Return whether the contact's own words start a flow."""
    return flow.trigger.on in _BY_WORDS


class Trial:
    """A flow on trial; `setting.library` holds it as the live version."""

    def __init__(
        self, flow: Flow, version: int, setting: Setting, listen: Listener, scenario: Scenario
    ) -> None:
        self._flow, self._version, self._setting = flow, version, setting
        self._listen, self._scenario = listen, scenario
        self._talk = Talk(channel=scenario.channel, draw="trial", contact=dict(scenario.contact))
        self._now = scenario.begins_at
        self._state: RunState | None = None
        self._lines: list[Line] = []
        self._passed: dict[str, None] = {}
        self._wakes_at: datetime | None = None
        self._is_begun = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was said and done so far."""
        return tuple(self._lines)

    @property
    def passed(self) -> tuple[str, ...]:
        """The flow's own steps that were gone through, in order."""
        return tuple(self._passed)

    @property
    def here(self) -> str:
        """The flow's own step that the run waits in, also while another flow is gone through."""
        if self._state is None:
            return ""
        if self._state.flow == self._flow.name:
            return self._state.step
        return next(reversed(self._passed), "")

    @property
    def now(self) -> datetime:
        """The trial's own time."""
        return self._now

    @property
    def wakes_at(self) -> datetime | None:
        """When time alone would move the run on."""
        return self._wakes_at

    @property
    def events(self) -> tuple[str, ...]:
        """The events that would move the run: its step's, and its goal."""
        if self._state is None:
            return ()
        goal = (self._flow.goal.event,) if self._flow.goal else ()
        return tuple(dict.fromkeys((*self._state.waiting.events, *goal)))

    @property
    def action(self) -> str:
        """The action whose end the run waits for, "" for none."""
        state = self._state
        if state is None or state.waiting.awaits is not Awaits.ACTION:
            return ""
        flow = self._setting.library.at(state.flow, state.version)
        step = flow.steps.get(state.step) if flow else None
        return step.action if isinstance(step, Do) else ""

    @property
    def is_over(self) -> bool:
        """Whether the run has come to its end."""
        return self._is_begun and self._state is None

    def play(self, moves: Sequence[Move]) -> None:
        """Make moves in order; one that nothing waits for is noted and changes nothing."""
        for move in moves[:MOST_MOVES]:
            self._is_begun = True
            self._make(move)

    def _make(self, move: Move) -> None:
        match move.kind:
            case MoveKind.BEGINS:
                self._begin()
            case MoveKind.SAYS:
                self._hear(move.text)
            case MoveKind.TIME if self._wakes_at is not None:
                self._now = max(self._wakes_at, self._now)
                self._note("The time has come.")
                self._go_on(TimeUp())
            case MoveKind.EVENT:
                self._note(f"It happens: {_plain(move.text)}.")
                self._go_on(Happened(event=move.text, facts=self._scenario.facts))
            case MoveKind.DONE | MoveKind.FAILED:
                self._end_action(is_done=move.kind is MoveKind.DONE)
            case _:
                self._note("Nothing waits for that.")

    def _begin(self) -> None:
        given = Happened(event=self._flow.trigger.event, facts=self._scenario.facts)
        standing = self._talk.standing(None)
        scene = scene_of(standing, self._setting, self._now)
        asked = replace(scene, facts={**scene.facts, "event": dict(given.facts)})
        condition = self._flow.trigger.when or self._flow.trigger.segment
        if not outreach.admits(self._flow, condition, asked):
            self._note("For this contact and these facts it would not start: its condition is no.")
            return
        try:
            turn = unprompted.begin(
                self._flow, self._version, given, standing, self._setting, now=self._now
            )
        except InvalidInput as error:
            self._note("; ".join(f"{name} {why}" for name, why in error.fields.items()))
            return
        self._carry_out(turn, None)

    def _hear(self, text: str) -> None:
        self._now += _REPLY_AFTER
        self._lines.append(Line(who=Who.CONTACT, text=text, at=self._now))
        self._talk.open_for(self._now, self._setting.policy)
        self._talk.wrote_at = self._now
        said = self._listen(text, self._state.flow if self._state else "")
        bands = self._setting.bands_in(self._state.flow if self._state else "")
        request_type = self._talk.request_type
        heard = signals.read(said, self._state, request_type, self._setting.pack, bands)
        standing = self._talk.standing(self._state)
        turn = turns.decide(said, heard, standing, self._setting, now=self._now)
        if turn.is_beside and turn.flow != self._flow.name:
            self._note(f"Another flow answers: {_plain(turn.flow)}. This run waits on.")
            self._say(turn, heard)
            return
        self._carry_out(turn, heard)

    def _end_action(self, *, is_done: bool) -> None:
        state, action = self._state, self.action
        if state is None or not action:
            self._note("Nothing waits for that.")
            return
        self._note(f"{_plain(action).capitalize()}: {'done' if is_done else 'did not work'}.")
        result = self._result_of(state) if is_done else {}
        problem = "" if is_done else "did not work"
        self._go_on(ActionEnded(number=state.waiting.number, result=result, problem=problem))

    def _result_of(self, state: RunState) -> dict[str, Json]:
        flow = self._setting.library.at(state.flow, state.version)
        step = flow.steps.get(state.step) if flow else None
        saved = step.saved if isinstance(step, Do) else {}
        return {name: self._scenario.facts[name] for name in saved if name in self._scenario.facts}

    def _go_on(self, given: Input) -> None:
        standing = self._talk.standing(self._state)
        turn = unprompted.go_on(given, standing, self._setting, now=self._now)
        if turn is None:
            self._note("It does not move this run.")
            return
        self._carry_out(turn, None)

    def _carry_out(self, turn: Turn, heard: Signals | None) -> None:
        own = f"{self._flow.name}."
        steps = (step.removeprefix(own) for step in turn.steps if step.startswith(own))
        self._passed |= dict.fromkeys(steps)
        if turn.run is not self._state:
            wakes = next((one.after for one in turn.effects if isinstance(one, SetTimer)), None)
            self._wakes_at = self._now + wakes if wakes is not None and turn.run else None
        self._state = turn.run
        self._say(turn, heard)

    def _say(self, turn: Turn, heard: Signals | None) -> None:
        self._talk.mark(turn, heard, self._setting.policy)
        if turn.reply:
            choices = tuple(one.label for one in turn.reply.choices)
            text = turn.reply.text_on(self._talk.channel)
            self._lines.append(Line(who=Who.BOT, text=text, at=self._now, choices=choices))
            self._talk.say(turn, is_prompted=heard is not None)
        for effect in turn.effects:
            for words in _words_of(effect):
                self._note(words)
        if turn.handoff:
            why = turn.handoff.escalate.trigger.replace("_", " ")
            queue = _plain(turn.handoff.routing.queue)
            self._note(f"A person takes over, from {queue}: {why}. {turn.handoff.context}".strip())

    def _note(self, text: str) -> None:
        self._lines.append(Line(who=Who.NOTE, text=text, at=self._now))


def _words_of(effect: Effect) -> list[str]:  # noqa: PLR0911, PLR0912, C901 - one line a kind of effect
    """Return what an effect does beside the talk, in words."""
    match effect:
        case CallAction():
            return [f"It calls {_plain(effect.action)}, and waits for its end."]
        case ChangeTags():
            added = [f"Tag set: {_plain(tag)}." for tag in effect.added]
            return [*added, *(f"Tag taken away: {_plain(tag)}." for tag in effect.removed)]
        case ChangeScore():
            return [f"Score {_plain(effect.score)}: {effect.by:+g}."]
        case CreateTask():
            return [f"A task for {_plain(effect.queue)}: {effect.title}"]
        case LeaveNote():
            return [f"A note to whoever owns the conversation: {effect.text}"]
        case MakeOffer():
            return [f"Offer noted: {_plain(effect.offer)}."]
        case NoteExposure():
            return [f"Variant of {_plain(effect.split)}: {_plain(effect.variant)}."]
        case AddToDigest():
            return [f"Kept for the digest {_plain(effect.digest)}: {effect.line}"]
        case RecordRating():
            return [f"Rating recorded: {effect.rating}."]
        case ReachGoal():
            return ["Its goal is reached."]
        case HoldBack():
            return [f"Held back: {_plain(effect.reason)}."]
        case ReportProblem():
            return [f"{_plain(effect.step)}: {why}" for why in effect.problems.values()]
        case _:
            return []


def _plain(name: str) -> str:
    return name.replace("_", " ")
