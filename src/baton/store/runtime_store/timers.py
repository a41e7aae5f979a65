"""The timers in the database."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from baton.runtime.ports import NEVER_STORED, Event, Timer
from baton.store.runtime_store import sql
from baton.store.runtime_store.database import Database, aware
from baton.store.runtime_store.dialect import LaneKey, Row


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
            due = self._database.fetch(sql.DUE_TIMERS, now, limit)
            self._fire(due)
            self._forget(due)
        return len(due)

    def take_due(self, *, now: datetime, limit: int, kinds: Collection[str]) -> tuple[Event, ...]:
        """Move due timers into the inbox, but for those that are told at once; return these."""
        self._database.require_transaction()
        due = self._database.fetch(sql.DUE_TIMERS, now, limit)
        free = self._free_lanes(due, kinds)
        told = [row for row in due if _lane_of(row) in free]
        self._fire([row for row in due if _lane_of(row) not in free])
        self._forget(due)
        return tuple([_event_of(row) for row in sorted(told, key=_lane_of)])

    def _free_lanes(self, due: Iterable[Row], kinds: Collection[str]) -> set[LaneKey]:
        """Hold the lanes in which due timers may be told at once."""
        wanted = {_lane_of(row) for row in due} - {
            _lane_of(row) for row in due if row[_KIND] not in kinds
        }
        if not wanted:
            return set()
        dialect = self._database.dialect
        with self._database.cursor() as cursor, dialect.claiming(cursor):
            free = dialect.hold_lanes(cursor, sorted(wanted))
            # A statement after the locks sees what their last holders wrote.
            statement = sql.BUSY_LANES.replace("{lanes}", dialect.lanes)
            lanes = dialect.lane_parameters(sorted(free))
            busy = self._database.fetch(statement, *lanes)
        return free - {(str(workspace_id), str(lane)) for workspace_id, lane in busy}

    def _fire(self, due: Sequence[Row]) -> None:
        if due:
            listed = self._database.dialect.listed(map(_ID, due))
            self._database.execute(sql.FIRE_TIMERS, listed)
            self._database.ring("inbox")

    def _forget(self, due: Sequence[Row]) -> None:
        if due:
            self._database.execute(sql.FORGET_TIMERS, self._database.dialect.listed(map(_ID, due)))

    def next_due_at(self) -> datetime | None:
        """Return the moment of the earliest timer, or None."""
        ((due_at,),) = self._database.fetch(sql.NEXT_TIMER)
        return aware(due_at)


# Where these stand in a row of `DUE_TIMERS`.
_ID, _KIND = itemgetter(0), 3
_lane_of: Callable[[Row], LaneKey] = itemgetter(1, 2)


def _event_of(row: tuple[Any, ...]) -> Event:
    _id, workspace_id, lane, kind, firing_key, body, due_at = row
    return Event(
        seq=NEVER_STORED,
        workspace_id=workspace_id,
        lane=lane,
        kind=kind,
        dedupe_key=firing_key,
        body=bytes(body),
        received_at=due_at,
        attempt=1,
    )


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
