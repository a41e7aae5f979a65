"""PostgreSQL: many processes; a lane is a row that its worker locks until it commits."""

import logging
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Final

import msgspec
import psycopg
from django.db import connections
from django.db.utils import Error as DatabaseError

from baton.runtime.bell import LocalBell
from baton.store.runtime_store.dialect import Cursor, LaneKey, Row
from baton.store.runtime_store.sets import array_of
from baton.store.runtime_store.sql import (
    BURST_SIZE,
    DO_NOTHING,
    DUE_EFFECTS,
    DUE_HEADS,
    LANES,
    Table,
    narrowed,
)

_log = logging.getLogger(__name__)

_CHANNEL: Final = "baton"
# How soon a listener sees that it should stop; rings themselves arrive at once.
_LISTEN_SECONDS: Final = 0.2
_RECONNECT_SECONDS: Final = 2.0
# Look a little, then far beyond what other workers may hold.
_CANDIDATES: Final = (2, 32)

_PLANS_OFF: Final = (
    "enable_bitmapscan",
    "enable_hashjoin",
    "enable_mergejoin",
    "enable_seqscan",
)

# LIMIT above FOR UPDATE: no more lanes are locked than are taken.
_TAKE_DUE_LANES: Final = f"""
    WITH heads AS MATERIALIZED ({DUE_HEADS})
    SELECT heads.workspace_id, heads.lane, {BURST_SIZE}
    FROM heads
    JOIN runtime_lane l
      ON l.workspace_id = heads.workspace_id AND l.lane = heads.lane AND l.box = 'inbox'
    ORDER BY heads.due_at, heads.seq
    LIMIT %s
    FOR UPDATE OF l SKIP LOCKED"""

_TAKE_DUE_EFFECTS: Final = f"""
    WITH heads AS MATERIALIZED ({DUE_EFFECTS})
    SELECT heads.seq
    FROM heads
    JOIN runtime_lane l
      ON l.workspace_id = heads.workspace_id AND l.lane = heads.lane AND l.box = 'outbox'
    ORDER BY heads.due_at, heads.seq
    LIMIT %s
    FOR UPDATE OF l SKIP LOCKED"""

_LOCK_LANE: Final = """
    SELECT 1 FROM runtime_lane
    WHERE workspace_id = %s AND lane = %s AND box = 'inbox' FOR UPDATE"""


# One look at the index for each lane, whatever the planner takes the table for: a join could
# become one over all lanes.
_HOLD_LANES: Final = """
    SELECT held.workspace_id, held.lane
    FROM unnest(%s::text[], %s::text[]) t(workspace_id, lane)
    CROSS JOIN LATERAL (
        SELECT l.workspace_id, l.lane FROM runtime_lane l
        WHERE l.workspace_id = t.workspace_id AND l.lane = t.lane AND l.box = 'inbox'
        FOR UPDATE SKIP LOCKED) held"""


class PostgresDialect:
    """Row locks end with their transaction, so a dead worker's lanes are free at once."""

    among = "= ANY(%s)"
    lanes = "SELECT workspace_id, lane FROM unnest(%s::text[], %s::text[]) t(workspace_id, lane)"
    locked = "FOR UPDATE"
    skip_locked = "FOR UPDATE SKIP LOCKED"
    has_one_writer = False

    def __init__(self, alias: str) -> None:
        self._alias = alias

    def listed(self, values: Iterable[object]) -> object:
        """Return an array for `among`."""
        return array_of(values)

    def lane_parameters(self, lanes: Sequence[LaneKey]) -> tuple[object, ...]:
        """Return two arrays for `lanes`."""
        return array_of(one for one, _ in lanes), array_of(lane for _, lane in lanes)

    def moment(self, at: datetime) -> object:
        """Return a moment as it is."""
        return at

    def writer_lock(self) -> AbstractContextManager[None]:
        """Return nothing to hold: writers only meet at rows."""
        return nullcontext()

    def insert(self, cursor: Cursor, table: Table, rows: Sequence[Row], conflict: str) -> set[Row]:
        """Insert rows in one statement; RETURNING names those that went in.

        The rows travel as one JSON parameter: the driver spells arrays element by element,
        which costs more than the server's work.
        """
        unique = ", ".join(table.unique)
        values, given = _unfolding(table)
        returning = f"RETURNING {unique}" if conflict is DO_NOTHING else ""
        records = [dict(zip(table.columns, row, strict=True)) for row in rows]
        cursor.execute(
            f"INSERT INTO {table.name} ({table.names}) SELECT {values}"
            f" FROM ROWS FROM (json_to_recordset(%s::json) AS ({given}))"
            f" WITH ORDINALITY AS given({table.names}, place)"
            f" ORDER BY place ON CONFLICT ({unique}) {conflict} {returning}",
            [msgspec.json.encode(records).decode()],
        )
        return set(cursor.fetchall()) if returning else set()

    @contextmanager
    def claiming(self, cursor: Cursor) -> Iterator[None]:
        """Have the statements of a claim walk their indexes.

        A queue's statistics are always wrong: it is empty when they are taken and
        full when it matters, and then a plan that reads and sorts all of it would
        make every batch as slow as the backlog is long.
        """
        cursor.execute("; ".join(f"SET LOCAL {name} = off" for name in _PLANS_OFF))
        yield
        # After an error the transaction ends, and its settings with it.
        cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _PLANS_OFF))

    def note_lanes(self, cursor: Cursor, lanes: Iterable[LaneKey], box: str) -> None:
        """Insert the lanes' rows; sorted, so that two inserts never wait in a ring."""
        rows = [(workspace_id, lane, box) for workspace_id, lane in sorted(set(lanes))]
        if rows:
            self.insert(cursor, LANES, rows, DO_NOTHING)

    def lock_lane(self, cursor: Cursor, lane: LaneKey) -> None:
        """Hold a lane of the inbox until the transaction ends."""
        self.note_lanes(cursor, [lane], "inbox")
        cursor.execute(_LOCK_LANE, lane)

    def hold_lanes(self, cursor: Cursor, lanes: Sequence[LaneKey]) -> set[LaneKey]:
        """Lock the lanes that nobody holds."""
        cursor.execute(_HOLD_LANES, self.lane_parameters(lanes))
        return {(str(workspace_id), str(lane)) for workspace_id, lane in cursor.fetchall()}

    def take_due_lanes(
        self, cursor: Cursor, *, now: datetime, limit: int, burst: int
    ) -> list[tuple[str, str, int]]:
        """Lock the oldest due lanes that nobody holds."""
        rows: list[Row] = []
        for width in _CANDIDATES:
            cursor.execute(_TAKE_DUE_LANES, (now, limit * width, burst, limit))
            rows = cursor.fetchall()
            if rows:
                break
        return [(str(w), str(lane), int(str(count))) for w, lane, count in rows]

    def take_due_effects(
        self, cursor: Cursor, *, now: datetime, limit: int, kinds: Collection[str] | None
    ) -> list[int]:
        """Lock the lanes of due effects that no other sender is claiming."""
        statement = narrowed(_TAKE_DUE_EFFECTS, kinds).replace("{among}", self.among)
        of_kinds = () if kinds is None else (self.listed(kinds),)
        rows: list[Row] = []
        for width in _CANDIDATES:
            cursor.execute(statement, (now, *of_kinds, now, limit * width, limit))
            rows = cursor.fetchall()
            if rows:
                break
        return [int(str(seq)) for (seq,) in rows]

    def ring(self, cursor: Cursor, topics: Iterable[str], bell: LocalBell) -> None:  # noqa: ARG002 - this process hears its own NOTIFY
        """Notify every process; PostgreSQL delivers when the transaction commits."""
        cursor.execute(
            "SELECT pg_notify(%s, topic) FROM unnest(%s::text[]) topic",
            (_CHANNEL, array_of(topics)),
        )

    @contextmanager
    def listening(self, bell: LocalBell) -> Iterator[None]:
        """Ring the local bell for every notification, in a thread of its own."""
        stop = threading.Event()
        listener = _Listener(self._alias, bell, stop)
        thread = threading.Thread(target=listener.run, name="baton-listener", daemon=True)
        thread.start()
        listener.ready.wait(_RECONNECT_SECONDS)
        try:
            yield
        finally:
            stop.set()
            thread.join()


class _Listener:
    def __init__(self, alias: str, bell: LocalBell, stop: threading.Event) -> None:
        self._alias = alias
        self._bell = bell
        self._stop = stop
        self.ready = threading.Event()

    def run(self) -> None:
        """Listen until told to stop, over as many connections as that takes."""
        while not self._stop.is_set():
            # A connection of its own: the alias may be shared with code that reads results.
            connection = connections[self._alias].copy()
            try:
                connection.ensure_connection()
                self._listen(connection.connection)
            except (DatabaseError, psycopg.Error) as error:
                _log.warning("listening was interrupted: %s", type(error).__name__)
                self._stop.wait(_RECONNECT_SECONDS)
            finally:
                connection.close()

    def _listen(self, connection: "psycopg.Connection[object]") -> None:
        connection.execute(f"LISTEN {_CHANNEL}")
        self.ready.set()
        self._bell.ring_everything()  # rings may have been missed while nobody listened
        while not self._stop.is_set():
            for notification in connection.notifies(timeout=_LISTEN_SECONDS):
                self._bell.ring(notification.payload)


def _unfolding(table: Table) -> tuple[str, str]:
    """Return the select list and the column types that unfold a table's rows from JSON."""
    # Bytes travel as base64 text.
    values = (
        f"decode({name}, 'base64')" if kind == "bytea" else name
        for name, kind in table.columns.items()
    )
    given = (
        f"{name} {'text' if kind == 'bytea' else kind}" for name, kind in table.columns.items()
    )
    return ", ".join(values), ", ".join(given)
