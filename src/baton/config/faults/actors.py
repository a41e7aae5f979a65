"""Threads of which one runs at a time, each until it may be overtaken: a seed chooses who is next.

An actor pauses where anything else may happen meanwhile: before a transaction, and while a
provider is asked. So every race that a transaction does not rule out can be played, and played
again.
"""

import threading
from collections.abc import Callable

from baton.runtime.trial import tried


class Died(BaseException):
    """The process is dead: nothing in Baton may catch it, and nothing it does counts any more."""


class Actor:
    """One thread of a process; `begin` gives it a piece of work, `step` lets it go on.

    Attributes:
        name: whose thread it is, for people.
        is_busy: whether its piece of work has begun and not ended.
        ended: what its last piece of work returned, or raised as a `Failed`; None if it died.
        died: whether the last one ended by the death of its process.
    """

    def __init__(self, name: str, on_start: Callable[[], None]) -> None:
        self.name = name
        self.is_busy = self.died = self.is_doomed = False
        self.ended: object = None
        self._on_start = on_start
        self._job: Callable[[], object] | None = None
        self._go, self._back = threading.Lock(), threading.Lock()
        self._go.acquire()
        self._back.acquire()
        self._thread = threading.Thread(target=self._live, name=f"baton-{name}", daemon=True)
        self._thread.start()

    def begin(self, job: Callable[[], object]) -> None:
        """Give it a piece of work, which the next `step` begins."""
        self._job, self.is_busy, self.died, self.ended = job, True, False, None

    def step(self) -> None:
        """Let it run until it pauses or has ended."""
        self._go.release()
        self._back.acquire()

    def pause(self) -> None:
        """Stand still until the next `step`; called by the actor itself. Raises Died."""
        self._back.release()
        self._go.acquire()
        if self.is_doomed:
            raise Died

    def kill(self) -> None:
        """Let its piece of work die where it stands."""
        if self.is_busy:
            self.is_doomed = True
            self.step()

    def close(self) -> None:
        """End the thread; what it was doing dies."""
        self.kill()
        self._job = None
        self._go.release()
        self._thread.join()

    def _live(self) -> None:
        self._go.acquire()
        self._on_start()
        while self._job is not None:
            self._do(self._job)
            self._job, self.is_busy, self.is_doomed = None, False, False
            self._back.release()
            self._go.acquire()

    def _do(self, job: Callable[[], object]) -> None:
        if self.is_doomed:
            self.died = True
            return
        try:
            self.ended = tried(job)
        except Died:
            self.died = True


class Stage:
    """Who runs right now: None while it is nobody but the scheduler."""

    def __init__(self) -> None:
        self.actor: Actor | None = None

    def step(self, actor: Actor) -> None:
        """Let an actor run until it pauses or has ended."""
        self.actor = actor
        actor.step()
        self.actor = None

    def pause(self) -> None:
        """Let anything else happen, if an actor runs; raises Died when it is not to go on."""
        actor = self.actor
        if actor is not None:
            actor.pause()
            self.actor = actor
