"""The memory engine: its transactions, and the ports that share them."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from baton.runtime.bell import LocalBell
from baton.runtime.memory.inbox import MemoryInbox
from baton.runtime.memory.journal import Journal
from baton.runtime.memory.leases import MemoryLeases
from baton.runtime.memory.outbox import MemoryOutbox
from baton.runtime.memory.timers import MemoryTimers
from baton.runtime.ports import (
    BOXES,
    CAUGHT_INSIDE,
    INBOX,
    NOT_BEGUN,
    OUTBOX,
    Depth,
    TransactionMisuse,
)


class MemoryEngine:
    """All ports in memory, one transaction at a time.

    Args:
        before_write: called before each single write; a test raises in it.
    """

    def __init__(self, before_write: Callable[[], None] = lambda: None) -> None:
        self._lock = threading.RLock()
        self._journal = Journal(before_write)
        self._nesting = 0
        self._holder = 0
        self._is_broken = False
        self._rings: set[str] = set()
        self.bell = _KeptBell(self)
        self.inbox = MemoryInbox(self)
        self.timers = MemoryTimers(self)
        self.outbox = MemoryOutbox(self)
        self.leases = MemoryLeases(self)

    has_one_writer = True

    @property
    def journal(self) -> Journal:
        """The journal that every table of this engine writes to."""
        return self._journal

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything written inside, or nothing; a nested one joins the outer."""
        with self._lock:
            self._nesting += 1
            self._holder = threading.get_ident()
            try:
                yield
                self._require_whole()
            except BaseException:
                self._is_broken = True
                raise
            finally:
                self._nesting -= 1
                rings = self._end() if self._nesting == 0 else ()
        for topic in rings:
            self.bell.local.ring(topic)

    def _require_whole(self) -> None:
        if self._nesting == 1 and self._is_broken:
            raise TransactionMisuse(CAUGHT_INSIDE)

    def _end(self) -> tuple[str, ...]:
        if self._is_broken:
            self._journal.undo()
            self._rings.clear()
        self._journal.keep()
        rings, self._rings, self._is_broken = tuple(sorted(self._rings)), set(), False
        return rings

    def ring(self, topic: str) -> None:
        """Ring once the surrounding transaction is kept, or at once outside of one."""
        with self.transaction():
            self._rings.add(topic)

    def require_transaction(self) -> None:
        """Raise TransactionMisuse outside of a transaction."""
        if not self._nesting or self._holder != threading.get_ident():
            raise TransactionMisuse(NOT_BEGUN)

    def lock_lane(self, workspace_id: str, lane: str) -> None:  # noqa: ARG002 - the port's shape
        """Hold a lane: here the transaction holds all of them."""
        self.require_transaction()

    def depth(self, *, now: datetime) -> Depth:
        """Return how much work waits in the inbox and the outbox."""
        with self._lock:
            waiting = (*self.inbox.waiting_due_ats(), *self.outbox.waiting_due_ats())
            due = [due_at for due_at in waiting if due_at <= now]
            sending = self.outbox.count_claimed()
            return Depth(
                due=len(due),
                waiting=len(waiting) - len(due) + sending,
                parked=self.inbox.count_parked() + self.outbox.count_stuck(),
                oldest_due_at=min(due, default=None),
            )

    def next_due_at(
        self, boxes: Collection[str] = BOXES, kinds: Collection[str] | None = None
    ) -> datetime | None:
        """Return the earliest moment at which something in these boxes is due, or None."""
        with self._lock:
            found: list[datetime] = []
            if INBOX in boxes:
                timer = self.timers.next_due_at()
                found += [*self.inbox.head_due_ats(), *([timer] if timer else [])]
            if OUTBOX in boxes:
                found += self.outbox.next_due_ats(kinds)
            return min(found, default=None)

    def close(self) -> None:
        """Give nothing back: memory has no connections."""


class _KeptBell:
    """Rings the local bell when the engine's transaction has been kept."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.local = LocalBell()

    def ring(self, topic: str) -> None:
        """Ring once the surrounding transaction is kept."""
        self._engine.ring(topic)

    def subscribe(self, topics: Iterable[str], call: Callable[[str], None]) -> Callable[[], None]:
        """Call back on each ring of a topic; return a function that ends it."""
        return self.local.subscribe(topics, call)
