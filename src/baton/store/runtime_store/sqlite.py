"""SQLite: one process, whose writers stand in line for the database's only write lock."""

import fcntl
import json
import os
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction

from baton.core.errors import Conflict
from baton.runtime.bell import LocalBell
from baton.store.runtime_store.dialect import Cursor, LaneKey, Row
from baton.store.runtime_store.sets import sqlite_text
from baton.store.runtime_store.sql import (
    BURST_SIZE,
    DO_NOTHING,
    DUE_EFFECTS,
    DUE_HEADS,
    Table,
    narrowed,
)

_TAKE_DUE_LANES = f"""
    WITH heads AS MATERIALIZED ({DUE_HEADS})
    SELECT workspace_id, lane, {BURST_SIZE} FROM heads ORDER BY due_at, seq"""


class DatabaseInUse(Conflict):
    """Another process has this SQLite database."""


class FairLock:
    """A lock that is handed to whoever has waited longest.

    SQLite's own waiting is polling with growing pauses, in which a busy thread
    overtakes the others again and again.
    """

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._is_held = False

    def acquire(self) -> None:
        """Wait in line, then hold the lock."""
        with self._gate:
            if not self._is_held:
                self._is_held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        try:
            turn.acquire()
        except BaseException:
            self._leave(turn)
            raise

    def _leave(self, turn: threading.Lock) -> None:
        with self._gate:
            is_waiting = turn in self._queue
            if is_waiting:
                self._queue.remove(turn)
        if not is_waiting:
            self.release()  # the lock was handed over in the same moment

    def release(self) -> None:
        """Hand the lock to the next in line, if any."""
        with self._gate:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._is_held = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for a while."""
        self.acquire()
        try:
            yield
        finally:
            self.release()


_locks: dict[str, FairLock] = {}
_locks_gate = threading.Lock()


def _lock_of(database: str) -> FairLock:
    with _locks_gate:
        return _locks.setdefault(database, FairLock())


class SqliteDialect:
    """One writer at a time holds everything, so nothing is locked row by row."""

    among = "IN (SELECT value FROM json_each(%s))"
    lanes = (
        "SELECT json_extract(value, '$[0]') AS workspace_id, json_extract(value, '$[1]') AS lane"
        " FROM json_each(%s)"
    )
    locked = ""
    skip_locked = ""
    has_one_writer = True

    def __init__(self, alias: str, database: str) -> None:
        self._alias = alias
        self._lock = _lock_of(database)

    def listed(self, values: Iterable[object]) -> object:
        """Return a JSON array for `among`."""
        return json.dumps(list(values))

    def lane_parameters(self, lanes: Sequence[LaneKey]) -> tuple[object, ...]:
        """Return a JSON array of pairs for `lanes`."""
        return (json.dumps(lanes),)

    def moment(self, at: datetime) -> object:
        """Return a moment as Django writes it, so that text sorts as time."""
        return sqlite_text(at)

    def writer_lock(self) -> AbstractContextManager[None]:
        """Return the line in which this process's writers stand."""
        return self._lock.held()

    def insert(self, cursor: Cursor, table: Table, rows: Sequence[Row], conflict: str) -> set[Row]:
        """Insert rows; nobody else can write, so what lies beyond the last key is ours."""
        cursor.execute(f"SELECT coalesce(max({table.key}), 0) FROM {table.name}")
        ((last,),) = cursor.fetchall()
        marks = ", ".join(["%s"] * len(table.columns))
        unique = ", ".join(table.unique)
        cursor.executemany(
            f"INSERT INTO {table.name} ({table.names}) VALUES ({marks})"
            f" ON CONFLICT ({unique}) {conflict}",
            [[sqlite_text(v) if v.__class__ is datetime else v for v in row] for row in rows],
        )
        if conflict is not DO_NOTHING:
            return set()
        if cursor.rowcount == len(rows):  # as nearly always: none was known
            places = [list(table.columns).index(column) for column in table.unique]
            return {tuple([row[place] for place in places]) for row in rows}
        cursor.execute(f"SELECT {unique} FROM {table.name} WHERE {table.key} > %s", (last,))
        return set(cursor.fetchall())

    def claiming(self, cursor: Cursor) -> AbstractContextManager[None]:  # noqa: ARG002 - the dialect's shape
        """Prepare nothing: SQLite plans by indexes."""
        return nullcontext()

    def note_lanes(self, cursor: Cursor, lanes: Iterable[LaneKey], box: str) -> None:
        """Do nothing: whoever writes holds every lane."""

    def lock_lane(self, cursor: Cursor, lane: LaneKey) -> None:
        """Do nothing: whoever writes holds every lane."""

    def hold_lanes(self, cursor: Cursor, lanes: Sequence[LaneKey]) -> set[LaneKey]:  # noqa: ARG002 - the dialect's shape
        """Return all of them: whoever writes holds every lane."""
        return set(lanes)

    def take_due_lanes(
        self, cursor: Cursor, *, now: datetime, limit: int, burst: int
    ) -> list[tuple[str, str, int]]:
        """Return the oldest due lanes, each with its count of facts."""
        cursor.execute(_TAKE_DUE_LANES, (self.moment(now), limit, burst))
        return [(str(w), str(lane), int(str(count))) for w, lane, count in cursor.fetchall()]

    def take_due_effects(
        self, cursor: Cursor, *, now: datetime, limit: int, kinds: Collection[str] | None
    ) -> list[int]:
        """Return the seqs of due effects."""
        statement = narrowed(DUE_EFFECTS, kinds).replace("{among}", self.among)
        of_kinds = () if kinds is None else (self.listed(kinds),)
        cursor.execute(statement, (self.moment(now), *of_kinds, self.moment(now), limit))
        return [int(str(seq)) for *_, seq in cursor.fetchall()]

    def ring(self, cursor: Cursor, topics: Iterable[str], bell: LocalBell) -> None:  # noqa: ARG002 - the dialect's shape
        """Ring in this process, which is the only one, after the commit."""
        transaction.on_commit(partial(_ring_all, bell, tuple(topics)), using=self._alias)

    def listening(self, bell: LocalBell) -> AbstractContextManager[None]:  # noqa: ARG002 - the dialect's shape
        """Do nothing: there is no other process."""
        return nullcontext()


def _ring_all(bell: LocalBell, topics: Iterable[str]) -> None:
    for topic in topics:
        bell.ring(topic)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Be the only process on an SQLite database; raises DatabaseInUse if another is.

    The system drops the lock when the process ends, however it ends.
    """
    lock_path = path.with_name(f"{path.name}.lock")
    descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock_or_refuse(descriptor, path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _lock_or_refuse(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode() or "unknown"
        raise DatabaseInUse(
            f"{path.name} is in use by process {holder}: stop that process first,"
            " or set BATON_DATABASE_URL to a PostgreSQL database, which many may share"
        ) from error
