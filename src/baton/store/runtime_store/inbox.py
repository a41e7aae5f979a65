"""The inbox in the database."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import cast

from baton.runtime.ports import BURST_LIMIT, Arrival, Event
from baton.store.runtime_store import sql
from baton.store.runtime_store.database import Database, aware
from baton.store.runtime_store.dialect import LaneKey, Row

# Where these stand in a row of `READ_LANES`.
_SEQ, _LANE = 0, (1, 2)


class DjangoInbox:
    """Facts to be decided, each once, in order within a lane."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, arrivals: Sequence[Arrival]) -> tuple[bool, ...]:
        """Store facts; False at the place of each whose dedupe key is known already."""
        if not arrivals:
            return ()
        with self._database.transaction():
            self._database.note_lanes(((a.workspace_id, a.lane) for a in arrivals), "inbox")
            is_new = self._database.insert_new(sql.EVENTS, [_row_of(a) for a in arrivals])
            if any(is_new):
                self._database.ring("inbox")
        return is_new

    def claim(self, *, now: datetime, limit: int) -> tuple[Event, ...]:
        """Take the due facts of lanes that nobody else holds, oldest lanes first."""
        self._database.require_transaction()
        dialect = self._database.dialect
        with self._database.cursor() as cursor, dialect.claiming(cursor):
            found = dialect.take_due_lanes(cursor, now=now, limit=limit, burst=BURST_LIMIT)
            # A statement after the locks sees what their last holders wrote.
            rows = self._read(_first_lanes(found, limit), now)
        return tuple(_claimable(rows))

    def _read(self, lanes: list[LaneKey], now: datetime) -> list[Row]:
        if not lanes:
            return []
        dialect = self._database.dialect
        statement = sql.READ_LANES.replace("{lanes}", dialect.lanes)
        return self._database.fetch(
            statement, *dialect.lane_parameters(lanes), BURST_LIMIT, now, now
        )

    def complete(self, seqs: Sequence[int]) -> None:
        """Mark facts as decided; their bodies are dropped, their keys remembered."""
        if seqs:
            self._database.execute(sql.COMPLETE, b"", self._database.dialect.listed(seqs))

    def postpone(self, event: Event, *, until: datetime, reason: str) -> None:
        """Count a failed attempt; the whole lane waits until then, to keep its order."""
        with self._database.transaction():
            self._database.execute(sql.COUNT_FAILURE, reason, event.seq)
            self._database.execute(sql.POSTPONE_LANE, until, event.workspace_id, event.lane, until)

    def park(self, event: Event, *, reason: str) -> None:
        """Set a fact aside where a person sees it; its lane goes on without it."""
        self._database.execute(sql.PARK, reason, event.seq)

    def redrive(self, seqs: Sequence[int], *, now: datetime) -> int:
        """Put parked facts back, due now; return how many were parked."""
        if not seqs:
            return 0
        with self._database.transaction():
            listed = self._database.dialect.listed(seqs)
            count = self._database.execute(sql.REDRIVE_EVENTS, now, listed)
            self._database.ring("inbox")
        return count


def _row_of(arrival: Arrival) -> Row:
    return (
        arrival.workspace_id,
        arrival.lane,
        arrival.kind,
        arrival.dedupe_key,
        arrival.body,
        arrival.received_at,
        arrival.due_at,
    )


def _first_lanes(found: list[tuple[str, str, int]], limit: int) -> list[LaneKey]:
    """Return the first lanes whose facts together reach the limit."""
    lanes: list[LaneKey] = []
    for workspace_id, lane, count in found:
        if limit <= 0:
            break
        lanes.append((workspace_id, lane))
        limit -= count
    return lanes


def _claimable(rows: list[Row]) -> Iterator[Event]:
    """Yield the facts of each lane whose oldest is due, up to the first not yet received."""
    in_order = sorted(rows, key=itemgetter(*_LANE, _SEQ))
    for _, of_lane in groupby(in_order, key=itemgetter(*_LANE)):
        for place, row in enumerate(of_lane):
            *told, is_due, is_received = row
            # Its last holder may have postponed the lane just before it was locked.
            if not is_received or (place == 0 and not is_due):
                break
            yield _event_of(told)


def _event_of(told: Sequence[object]) -> Event:
    seq, workspace_id, lane, kind, dedupe_key, body, received_at, attempt = told
    return Event(
        seq=cast("int", seq),
        workspace_id=cast("str", workspace_id),
        lane=cast("str", lane),
        kind=cast("str", kind),
        dedupe_key=cast("str", dedupe_key),
        body=bytes(cast("bytes", body)),
        received_at=cast("datetime", aware(received_at)),
        attempt=cast("int", attempt),
    )
