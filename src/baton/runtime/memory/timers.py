"""The timers in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from baton.runtime.memory.journal import Table
from baton.runtime.memory.space import Space
from baton.runtime.ports import Arrival, Inbox, Timer


class TimerSpace(Space, Protocol):
    """A space that has an inbox for what fires."""

    @property
    def inbox(self) -> Inbox: ...


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
            due = [timer for timer in self._timers if timer.due_at <= now]
            due.sort(key=lambda timer: timer.due_at)
            for timer in due[:limit]:
                self._timers.drop((timer.workspace_id, timer.key))
            self._space.inbox.append([arrival_of(timer) for timer in due[:limit]])
            return len(due[:limit])

    def next_due_at(self) -> datetime | None:
        """Return the moment of the earliest timer, or None."""
        with self._space.transaction():
            return min((timer.due_at for timer in self._timers), default=None)


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
