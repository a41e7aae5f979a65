"""What a database must spell in its own way; `sqlite` and `postgres` are the two."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from baton.runtime.bell import LocalBell
from baton.store.runtime_store.sql import Table

Row = tuple[object, ...]
LaneKey = tuple[str, str]


class Cursor(Protocol):
    """The part of a database cursor that the dialects use."""

    rowcount: int

    def execute(self, statement: str, parameters: Sequence[object] = ...) -> object:
        """Run one statement."""
        ...

    def executemany(self, statement: str, parameters: Sequence[Sequence[object]]) -> object:
        """Run one statement for each row."""
        ...

    def fetchall(self) -> list[Row]:
        """Return what the last statement found."""
        ...


class Dialect(Protocol):
    """One database's way of claiming, locking, inserting sets and ringing.

    Attributes:
        among: the condition "is one of the list parameter".
        lanes: a table of (workspace_id, lane) from the parameters of `lane_parameters`.
        locked: the clause that holds what is found, waiting for whoever has it.
        skip_locked: the clause that leaves out what another worker has.
        has_one_writer: whether `writer_lock` keeps every other writer out.
    """

    among: str
    lanes: str
    locked: str
    skip_locked: str
    has_one_writer: bool

    def listed(self, values: Iterable[object]) -> object:
        """Return the parameter for `among`."""
        ...

    def lane_parameters(self, lanes: Sequence[LaneKey]) -> tuple[object, ...]:
        """Return the parameters of `lanes`."""
        ...

    def moment(self, at: datetime) -> object:
        """Return a moment as a parameter."""
        ...

    def writer_lock(self) -> AbstractContextManager[None]:
        """Return what a writer holds around its whole transaction."""
        ...

    def insert(self, cursor: Cursor, table: Table, rows: Sequence[Row], conflict: str) -> set[Row]:
        """Insert rows in order; return the unique keys of those that `DO NOTHING` let in."""
        ...

    def claiming(self, cursor: Cursor) -> AbstractContextManager[None]:
        """Prepare for the statements of a claim."""
        ...

    def note_lanes(self, cursor: Cursor, lanes: Iterable[LaneKey], box: str) -> None:
        """Make sure that each lane can be locked."""
        ...

    def lock_lane(self, cursor: Cursor, lane: LaneKey) -> None:
        """Hold a lane of the inbox until the transaction ends."""
        ...

    def hold_lanes(self, cursor: Cursor, lanes: Sequence[LaneKey]) -> set[LaneKey]:
        """Hold those of the inbox's lanes that nobody else holds; return them."""
        ...

    def take_due_lanes(
        self, cursor: Cursor, *, now: datetime, limit: int, burst: int
    ) -> list[tuple[str, str, int]]:
        """Hold due lanes that nobody holds; return each with its count of facts."""
        ...

    def take_due_effects(
        self, cursor: Cursor, *, now: datetime, limit: int, kinds: Collection[str] | None
    ) -> list[int]:
        """Hold the lanes of due effects, of some kinds or of all; return the effects' seqs."""
        ...

    def ring(self, cursor: Cursor, topics: Iterable[str], bell: LocalBell) -> None:
        """Ring topics in every process, once the transaction has been kept."""
        ...

    def listening(self, bell: LocalBell) -> AbstractContextManager[None]:
        """Let the local bell hear what other processes ring, for as long as it is open."""
        ...
