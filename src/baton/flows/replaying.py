"""Plays what contacts once wrote against a setting, and sends nothing: what it would have come to.

The turns are `flows.turn`'s own and the counters those of a simulated talk. What nobody wrote
down is not invented: no action answers, no event happens, and people who took a matter keep it
until its contact was silent for the window of a return. The same log gives the same outcome.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from baton.core.ownership import Owner
from baton.core.reading import Reading
from baton.flows import signals, unprompted
from baton.flows import turn as turns
from baton.flows.effects import CallAction, CountFailure, SetTimer
from baton.flows.run import RunState
from baton.flows.simulation.talk import Talk
from baton.flows.standing import Setting
from baton.flows.turn import Decision, Turn

_MOST_WAKES = 50
"""A run that wakes more often between two messages of a contact goes in a circle."""


class Course(StrEnum):
    """What became of a matter."""

    AUTOMATED = "automated"  # answered, and nobody was needed
    ESCALATED = "escalated"
    NOT_UNDERSTOOD = "not_understood"  # the last word was a failed attempt, and nobody came
    SILENT = "silent"  # the bot said nothing: an opt-out, or no flow takes words


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a contact."""

    at: datetime
    text: str


class Talked(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation of the log: its messages in order, and whom they are from.

    `needs_person` is the label that somebody gave, None without one.
    """

    id: str
    channel: str
    lines: tuple[Line, ...]
    needs_person: bool | None = None


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of a conversation as it would have gone.

    `reason` is the trigger of a handoff; `asks` whether it waits for an action, of which
    nobody knows what it would have returned.
    """

    conversation: str
    nth: int
    at: datetime
    course: Course
    reason: str = ""
    flow: str = ""
    turns: int = 0
    asks: bool = False


class _Open:
    """A matter on its way."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.flow = self.reason = ""
        self.turns = 0
        self.asks = self.is_handed = self.has_failed = self.has_spoken = False

    def take(self, turn: Turn) -> None:
        """Take note of a turn."""
        self.turns += 1
        self.flow = self.flow or turn.flow
        self.asks |= any(isinstance(one, CallAction) for one in turn.effects)
        if turn.handoff and not self.is_handed:
            self.is_handed, self.reason = True, turn.handoff.escalate.trigger
        if turn.decision is not Decision.SILENT:
            self.has_spoken = True
            self.has_failed = any(isinstance(one, CountFailure) for one in turn.effects)

    def close(self, conversation: str, nth: int) -> Matter:
        """Return what became of it."""
        return Matter(
            conversation=conversation,
            nth=nth,
            at=self.at,
            course=self._course(),
            reason=self.reason,
            flow=self.flow,
            turns=self.turns,
            asks=self.asks,
        )

    def _course(self) -> Course:
        if self.is_handed:
            return Course.ESCALATED
        if not self.has_spoken:
            return Course.SILENT
        return Course.NOT_UNDERSTOOD if self.has_failed else Course.AUTOMATED


def replay(talked: Talked, readings: Mapping[str, Reading], setting: Setting) -> tuple[Matter, ...]:
    """Return the matters of a conversation; `readings` are of whole messages and their parts."""
    player = _Player(talked, readings, setting)
    return tuple(player.matters())


class _Player:
    def __init__(self, talked: Talked, readings: Mapping[str, Reading], setting: Setting) -> None:
        self._talked, self._readings, self._setting = talked, readings, setting
        self._talk = Talk(channel=talked.channel, draw=talked.id, contact={})
        self._run: RunState | None = None
        self._due: datetime | None = None

    def matters(self) -> Iterator[Matter]:
        """Yield the matters in order, each once it is over."""
        current: _Open | None = None
        nth = 0
        for said_at, words in _turns_of(self._talked.lines, self._setting):
            self._pass_time(said_at)
            if self._begins_anew(said_at) and current is not None:
                yield current.close(self._talked.id, nth)
                current, nth = None, nth + 1
            current = current or _Open(said_at)
            current.take(self._hear(words, said_at))
        if current is not None:
            yield current.close(self._talked.id, nth)

    def _begins_anew(self, now: datetime) -> bool:
        """Return whether what is said now is another matter, and open the talk for it."""
        talk, policy = self._talk, self._setting.policy
        before = talk.spoke_at
        is_stale = before is not None and now - before > policy.recontact_window
        if is_stale and talk.owner is not Owner.BOT:
            talk.resolve()  # people settle what they took; when is not in the log
        is_anew = before is not None and talk.owner is Owner.BOT and (talk.is_resolved or is_stale)
        if is_anew and is_stale:
            self._run = self._due = None
        talk.open_for(now, policy)
        return is_anew

    def _hear(self, texts: Sequence[str], now: datetime) -> Turn:
        bands = self._setting.bands_in(self._run.flow if self._run else "")
        said = signals.said_of(texts, self._readings, bands, channel=self._talked.channel)
        heard = signals.read(said, self._run, self._talk.request_type, self._setting.pack, bands)
        standing = self._talk.standing(self._run)
        turn = turns.decide(said, heard, standing, self._setting, now=now)
        self._talk.mark(turn, heard, self._setting.policy)
        self._take_over(turn, now, is_prompted=True)
        return turn

    def _pass_time(self, now: datetime) -> None:
        """Let the silences end that the run waited for."""
        for _ in range(_MOST_WAKES):
            if self._run is None or self._due is None or self._due > now:
                return
            moment, self._due = self._due, None
            standing = self._talk.standing(self._run)
            turn = unprompted.wake(standing, self._setting, now=moment)
            self._talk.mark(turn, None, self._setting.policy)
            self._take_over(turn, moment, is_prompted=False)

    def _take_over(self, turn: Turn, now: datetime, *, is_prompted: bool) -> None:
        self._talk.say(turn, is_prompted=is_prompted)
        self._run = turn.run
        wake = next((one.after for one in turn.effects if isinstance(one, SetTimer)), None)
        if wake is not None:
            self._due = now + wake
        elif turn.run is None:
            self._due = None


def to_read(talked: Sequence[Talked]) -> tuple[str, ...]:
    """Return every text that a replay asks readings of, each once, in order."""
    found: dict[str, None] = {}
    for one in talked:
        for line in one.lines:
            found[line.text] = None
            found.update(dict.fromkeys(signals.parts_of(line.text)))
    return tuple(found)


def _turns_of(
    lines: Sequence[Line], setting: Setting
) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Yield what was said together: a burst is one turn, as it is live."""
    burst: list[Line] = []
    for line in lines:
        if burst and line.at - burst[-1].at >= setting.policy.coalesce_window:
            yield burst[-1].at, tuple(one.text for one in burst)
            burst = []
        burst.append(line)
    if burst:
        yield burst[-1].at, tuple(one.text for one in burst)
