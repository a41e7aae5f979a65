"""Group commit: many callers' arrivals, one transaction."""

import threading
from collections import deque
from concurrent.futures import Future
from types import TracebackType
from typing import ClassVar, Self

from baton.core.errors import BatonError
from baton.runtime.ports import Arrival, Engine
from baton.runtime.trial import Failed, tried

_Waiting = tuple[Arrival, "Future[bool]"]


class Overloaded(BatonError):  # noqa: N818 - the error tree reads as the outcome
    """More arrives than can be stored; the caller should ask its sender to come again."""

    code: ClassVar[str] = "overloaded"

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        super().__init__(f"{capacity} arrivals wait to be stored already")


class Recorder:
    """A thread that stores arrivals; while one group commits, the next one gathers.

    Nothing waits for a group to fill: an arrival alone is stored at once.

    Args:
        capacity: arrivals that may wait; the next one is refused.
        group: arrivals that share a transaction at most.
    """

    def __init__(self, engine: Engine, *, capacity: int = 10_000, group: int = 500) -> None:
        self._engine = engine
        self._capacity = capacity
        self._group = group
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="baton-recorder", daemon=True)

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self) -> None:
        """Store what waits, then end; a later `record` is refused."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        self._thread.join()

    def record(self, arrival: Arrival) -> "Future[bool]":
        """Store an arrival soon; the future says whether it was a fact not known before.

        The future is done when the fact is durable. Raises Overloaded when too
        many wait, and when the recorder has stopped.
        """
        future: Future[bool] = Future()
        with self._changed:
            if self._is_stopping or len(self._waiting) >= self._capacity:
                raise Overloaded(self._capacity)
            self._waiting.append((arrival, future))
            self._changed.notify()
        return future

    def store_waiting(self) -> None:
        """Store what waits in the caller's thread: for a recorder that has none of its own."""
        while self._waiting:
            self._store(self._next_group())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        while self._changed_to_waiting():
            self._store(self._next_group())
        self._engine.close()

    def _changed_to_waiting(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_stopping)
            return bool(self._waiting)

    def _next_group(self) -> list[_Waiting]:
        with self._changed:
            size = min(self._group, len(self._waiting))
            group = [self._waiting.popleft() for _ in range(size)]
        # A caller that gave up meanwhile is left out; one that did not can no longer.
        return [pair for pair in group if pair[1].set_running_or_notify_cancel()]

    def _store(self, group: list[_Waiting]) -> None:
        outcome = self._append([arrival for arrival, _ in group])
        if not isinstance(outcome, Failed):
            for (_, future), is_new in zip(group, outcome, strict=True):
                future.set_result(is_new)
        elif len(group) == 1:
            group[0][1].set_exception(outcome.error)
        else:
            # One arrival that cannot be stored must not fail the others; and a
            # connection that broke is given back for a fresh one.
            self._engine.close()
            for pair in group:
                self._store([pair])

    def _append(self, arrivals: list[Arrival]) -> tuple[bool, ...] | Failed:
        return tried(lambda: self._engine.inbox.append(arrivals))
