"""Django's connection as the ports use it: statements, transactions, rings."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import Atomic, atomic

from baton.runtime.bell import LocalBell
from baton.runtime.ports import CAUGHT_INSIDE, NOT_BEGUN, TransactionMisuse
from baton.store.runtime_store.dialect import Cursor, Dialect, LaneKey, Row
from baton.store.runtime_store.sets import run_for_set
from baton.store.runtime_store.sql import DO_NOTHING, Table
from baton.store.runtime_store.sqlite import SqliteDialect

# Rows of one INSERT: large enough to be fast, small enough for one message to the server.
_CHUNK = 1_000


class _ThreadState(threading.local):
    """What this thread's open transaction has rung so far; None outside of one."""

    topics: set[str] | None = None


class Database:
    """One database of Django's settings, with its dialect and its bell."""

    def __init__(self, alias: str = DEFAULT_DB_ALIAS) -> None:
        self.alias = alias
        self.local_bell = LocalBell()
        self.dialect: Dialect = _dialect_of(alias)
        self._thread = _ThreadState()

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """This thread's connection, which the ORM uses too."""
        return connections[self.alias]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything written inside, or nothing; a nested one joins the outer."""
        if self._thread.topics is not None:
            # Without a savepoint a failure inside condemns the whole.
            with self._atomic(savepoint=False):
                yield
            return
        # Within a transaction that Django's own code began, the write lock is ours already.
        is_begun = self.connection.in_atomic_block
        with nullcontext() if is_begun else self.dialect.writer_lock(), self._atomic():
            self._thread.topics = set()
            try:
                yield
                self._finish(self._thread.topics)
            finally:
                self._thread.topics = None

    def _atomic(self, *, savepoint: bool = True) -> Atomic:
        return atomic(using=self.alias, savepoint=savepoint)

    def _finish(self, topics: set[str]) -> None:
        if self.connection.needs_rollback:
            raise TransactionMisuse(CAUGHT_INSIDE)
        if topics:
            with self.cursor() as cursor:
                self.dialect.ring(cursor, sorted(topics), self.local_bell)

    def require_transaction(self) -> None:
        """Raise TransactionMisuse outside of a transaction."""
        if not self.connection.in_atomic_block:
            raise TransactionMisuse(NOT_BEGUN)

    def ring(self, topic: str) -> None:
        """Ring once the surrounding transaction is kept, or at once outside of one."""
        if self._thread.topics is not None:
            self._thread.topics.add(topic)
            return
        with self.cursor() as cursor:
            self.dialect.ring(cursor, [topic], self.local_bell)

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """Open a cursor on this thread's connection."""
        with self.connection.cursor() as cursor:
            yield cast("Cursor", cursor)  # Django's stubs list every parameter type, ours none

    def execute(self, statement: str, *parameters: object) -> int:
        """Run a statement and return how many rows it changed."""
        with self.cursor() as cursor:
            cursor.execute(self._spelled(statement), self._adapted(parameters))
            return cursor.rowcount

    def execute_for(
        self,
        statement: str,
        columns: Mapping[str, str],
        rows: Sequence[Row],
        *,
        before: Sequence[object] = (),
        after: Sequence[object] = (),
    ) -> None:
        """Run a statement that reads `{given}`: the rows, as a table `g` of typed columns."""
        if rows:
            with self.connection.cursor() as cursor:
                run_for_set(
                    cursor,
                    self._spelled(statement),
                    columns,
                    [self._adapted(row) for row in rows],
                    before=before,
                    after=after,
                )

    def fetch(self, statement: str, *parameters: object) -> list[Row]:
        """Run a statement and return its rows; moments come back aware."""
        with self.cursor() as cursor:
            cursor.execute(self._spelled(statement), self._adapted(parameters))
            return cursor.fetchall()

    def insert_new(self, table: Table, rows: Sequence[Row]) -> tuple[bool, ...]:
        """Insert rows; False at the place of each whose unique key was known already."""
        places = [list(table.columns).index(column) for column in table.unique]
        is_new: list[bool] = []
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            with self.cursor() as cursor:
                left = self.dialect.insert(cursor, table, chunk, DO_NOTHING)
            for row in chunk:
                key = tuple(row[place] for place in places)
                is_new.append(key in left)
                left.discard(key)  # its next occurrence in this call is a duplicate
        return tuple(is_new)

    def insert_or_update(self, table: Table, rows: Sequence[Row], update: str) -> None:
        """Insert rows, or update those whose unique key is known."""
        for start in range(0, len(rows), _CHUNK):
            with self.cursor() as cursor:
                self.dialect.insert(cursor, table, rows[start : start + _CHUNK], update)

    def note_lanes(self, lanes: Iterable[LaneKey], box: str) -> None:
        """Make sure that each lane can be locked."""
        with self.cursor() as cursor:
            self.dialect.note_lanes(cursor, lanes, box)

    def _spelled(self, statement: str) -> str:
        return (
            statement.replace("{among}", self.dialect.among)
            .replace("{locked}", self.dialect.locked)
            .replace("{skip_locked}", self.dialect.skip_locked)
        )

    def _adapted(self, parameters: Sequence[object]) -> list[object]:
        moment = self.dialect.moment
        return [moment(p) if isinstance(p, datetime) else p for p in parameters]


class KeptBell:
    """Rings when the surrounding transaction has been kept, in every process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ring(self, topic: str) -> None:
        """Ring once the surrounding transaction is kept."""
        self._database.ring(topic)

    def subscribe(self, topics: Iterable[str], call: Callable[[str], None]) -> Callable[[], None]:
        """Call back on each ring of a topic; return a function that ends it."""
        return self._database.local_bell.subscribe(topics, call)


def aware(value: object) -> datetime | None:
    """Return a moment that was read: SQLite's come without a zone, as text where computed."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _dialect_of(alias: str) -> Dialect:
    connection = connections[alias]
    if connection.vendor == "postgresql":
        # Its driver takes 12 MB that a server on SQLite has no use for.
        from baton.store.runtime_store.postgres import PostgresDialect  # noqa: PLC0415

        return PostgresDialect(alias)
    if connection.vendor == "sqlite":
        return SqliteDialect(alias, str(connection.settings_dict["NAME"]))
    message = f"Baton runs on SQLite and PostgreSQL, not on {connection.vendor}"
    raise ValueError(message)
