"""The timers in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from baton.runtime.memory.inbox import MemoryInbox
from baton.runtime.memory.journal import Table
from baton.runtime.memory.space import Space
from baton.runtime.ports import NEVER_STORED, Arrival, Event, Timer


class TimerSpace(Space, Protocol):
    """A space that has an inbox for what fires."""

    @property
    def inbox(self) -> MemoryInbox: ...


class MemoryTimers:
    """Wake-ups by workspace and key."""

    def __init__(self, space: TimerSpace) -> None:
        self._space = space
        self._timers: Table[tuple[str, str], Timer] = Table(space.journal)

    def put(self, timers: Sequence[Timer]) -> None:
        """Set timers; one with a known key is moved and its body replaced."""
        with self._space.transaction():
            for timer in timers:
                self._timers.put((timer.workspace_id, timer.key), timer)
            if timers:
                self._space.ring("inbox")

    def cancel(self, workspace_id: str, keys: Sequence[str]) -> int:
        """Forget timers that have not fired; return how many there were."""
        with self._space.transaction():
            known = [key for key in sorted(set(keys)) if (workspace_id, key) in self._timers]
            for key in known:
                self._timers.drop((workspace_id, key))
            return len(known)

    def hold(self, workspace_id: str, key: str) -> datetime | None:
        """Return a timer's moment; here the transaction holds all of them."""
        with self._space.transaction():
            timer = self._timers.find((workspace_id, key))
            return timer.due_at if timer else None

    def fire_due(self, *, now: datetime, limit: int) -> int:
        """Move due timers into the inbox, each once; return how many."""
        with self._space.transaction():
            due = self._drop_due(now, limit)
            self._space.inbox.append([arrival_of(timer) for timer in due])
            return len(due)

    def take_due(self, *, now: datetime, limit: int, kinds: Collection[str]) -> tuple[Event, ...]:
        """Move due timers into the inbox, but for those that are told at once; return these."""
        self._space.require_transaction()
        due = self._drop_due(now, limit)
        busy = self._space.inbox.busy_lanes() | {_lane_of(t) for t in due if t.kind not in kinds}
        self._space.inbox.append([arrival_of(timer) for timer in due if _lane_of(timer) in busy])
        told = [event_of(timer) for timer in due if _lane_of(timer) not in busy]
        return tuple(sorted(told, key=lambda event: (event.workspace_id, event.lane)))

    def _drop_due(self, now: datetime, limit: int) -> list[Timer]:
        due = [timer for timer in self._timers if timer.due_at <= now]
        due.sort(key=lambda timer: timer.due_at)
        for timer in due[:limit]:
            self._timers.drop((timer.workspace_id, timer.key))
        return due[:limit]

    def next_due_at(self) -> datetime | None:
        """Return the moment of the earliest timer, or None."""
        with self._space.transaction():
            return min((timer.due_at for timer in self._timers), default=None)


def _lane_of(timer: Timer) -> tuple[str, str]:
    return timer.workspace_id, timer.lane


def event_of(timer: Timer) -> Event:
    """Return the fact that a timer tells at once."""
    return Event(
        seq=NEVER_STORED,
        workspace_id=timer.workspace_id,
        lane=timer.lane,
        kind=timer.kind,
        dedupe_key=timer.firing_key,
        body=timer.body,
        received_at=timer.due_at,
        attempt=1,
    )


def arrival_of(timer: Timer) -> Arrival:
    """Return the fact that a timer becomes."""
    return Arrival(
        workspace_id=timer.workspace_id,
        lane=timer.lane,
        kind=timer.kind,
        dedupe_key=timer.firing_key,
        body=timer.body,
        received_at=timer.due_at,
        due_at=timer.due_at,
    )
