"""The timers in the database."""

from collections.abc import Sequence
from datetime import datetime

from baton.runtime.ports import Timer
from baton.store.runtime_store import sql
from baton.store.runtime_store.database import Database, aware
from baton.store.runtime_store.dialect import Row


class DjangoTimers:
    """Wake-ups that survive any crash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, timers: Sequence[Timer]) -> None:
        """Set timers; one with a known key is moved and its body replaced."""
        if not timers:
            return
        # The last of a key wins; by key, so that two calls never wait in a ring.
        rows = {(timer.workspace_id, timer.key): _row_of(timer) for timer in timers}
        with self._database.transaction():
            self._database.note_lanes(((t.workspace_id, t.lane) for t in timers), "inbox")
            in_order = [rows[key] for key in sorted(rows)]
            self._database.insert_or_update(sql.TIMERS, in_order, sql.MOVE_TIMER)
            self._database.ring("inbox")

    def cancel(self, workspace_id: str, keys: Sequence[str]) -> int:
        """Forget timers that have not fired; return how many there were."""
        if not keys:
            return 0
        listed = self._database.dialect.listed(keys)
        return self._database.execute(sql.CANCEL_TIMERS, workspace_id, listed)

    def hold(self, workspace_id: str, key: str) -> datetime | None:
        """Keep a timer from firing until the transaction ends; return its moment, or None."""
        with self._database.transaction():
            found = self._database.fetch(sql.HOLD_TIMER, workspace_id, key)
        return next((aware(due_at) for (due_at,) in found), None)

    def fire_due(self, *, now: datetime, limit: int) -> int:
        """Move due timers into the inbox, each once; return how many."""
        with self._database.transaction():
            ids = [timer_id for (timer_id,) in self._database.fetch(sql.DUE_TIMERS, now, limit)]
            if ids:
                listed = self._database.dialect.listed(ids)
                self._database.execute(sql.FIRE_TIMERS, listed)
                self._database.execute(sql.FORGET_TIMERS, listed)
                self._database.ring("inbox")
        return len(ids)

    def next_due_at(self) -> datetime | None:
        """Return the moment of the earliest timer, or None."""
        ((due_at,),) = self._database.fetch(sql.NEXT_TIMER)
        return aware(due_at)


def _row_of(timer: Timer) -> Row:
    return (
        timer.workspace_id,
        timer.key,
        timer.firing_key,
        timer.lane,
        timer.kind,
        timer.body,
        timer.due_at,
    )
