"""The database's connection, where it fails: before or after any statement, at any commit."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import OperationalError
from typing_extensions import override

from baton.config.faults.actors import Died, Stage
from baton.store.runtime_store import DjangoEngine
from baton.store.runtime_store.database import Database


class Fault(StrEnum):
    """How a statement or a commit fails."""

    DIES_BEFORE = "the process dies before it"
    DIES_AFTER = "the process dies after it"
    DISK_FULL = "the disk is full"  # what reads goes on
    LOCKED = "a lock is waited for in vain"  # by a worker that writes what it decided
    CUT_BEFORE = "the connection breaks before it"
    CUT_AFTER = "the connection breaks after it"  # a commit is kept, and nobody hears of it


_DIES = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
_AFTER = (Fault.DIES_AFTER, Fault.CUT_AFTER)
_DECIDED = "store_turn"
_CUTS = (Fault.CUT_BEFORE, Fault.CUT_AFTER)
_WRITTEN = re.compile(r'(?:INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


class Watch:
    """What a connection did, and when it is to fail.

    Attributes:
        commits: how many transactions that wrote something were kept.
        dirty: the tables that were written to and not yet looked at.
        told: what failed since somebody asked, in words.
    """

    def __init__(self, stage: Stage) -> None:
        self.commits = 0
        self.dirty: set[str] = set()
        self.told: list[str] = []
        self._stage = stage
        self._armed: tuple[Fault, int, int] | None = None
        self._cut: set[str] = set()  # actors whose connection is found broken when next used
        self._is_broken = False  # what is left of this transaction fails
        self._written: set[str] = set()
        self._changes = 0
        self._tables: dict[str, str] = {}

    def arm(self, fault: Fault, after: int, times: int = 1) -> None:
        """Let the statement or commit after so many others fail, and the next ones as well."""
        self._armed = (fault, after, times)

    def cut(self, actors: set[str]) -> None:
        """Let each of these actors find its connection broken when it next uses it."""
        self._cut = actors

    def disarm(self) -> None:
        """Let nothing fail any more."""
        self._armed, self._cut, self._is_broken = None, set(), False

    def statement(self, execute: Callable[..., object], sql: str, *rest: Any) -> object:
        """Run one statement, or fail at it: Django's own hook around each."""
        self._refuse_the_dead()
        table = self._table_of(sql)
        fault = self._due(table)
        if fault is not None and (fault not in _AFTER or sql.startswith("BEGIN")):
            self._fail(fault, sql)  # nobody would end a transaction that never began
        outcome = execute(sql, *rest)
        if table:
            self._written.add(table)
        if fault is not None:
            self._fail(fault, sql)
        return outcome

    def commit(self, keep: Callable[[], None], changes: int) -> None:
        """Keep a transaction, or fail at it; `changes` are all rows ever changed."""
        self._refuse_the_dead()
        fault = self._due("any" if self._written else "")
        if fault is not None and fault not in _AFTER:
            self._fail(fault, "COMMIT")
        keep()
        if changes != self._changes:
            self._changes = changes
            self.commits += 1
            self.dirty |= self._written
        self._written = set()
        if fault is not None:
            self._fail(fault, "COMMIT")

    def roll_back(self, changes: int) -> None:
        """Forget what was written and is not kept; the connection is made anew."""
        self._changes = changes
        self._written = set()
        self._is_broken = False

    def _refuse_the_dead(self) -> None:
        actor = self._stage.actor
        if self._is_broken or (actor is not None and actor.is_doomed):
            if actor is not None and actor.is_doomed:
                raise Died
            raise OperationalError("the connection is lost")
        if actor is not None and actor.name in self._cut:
            self._cut.discard(actor.name)
            self._fail(Fault.CUT_BEFORE, "its next statement")

    def _table_of(self, sql: str) -> str:
        """Return the table that a statement writes to, "" for one that only reads."""
        table = self._tables.get(sql)
        if table is None:
            found = _WRITTEN.search(sql)
            table = self._tables[sql] = found.group(1) if found else ""
        return table

    def _due(self, table: str) -> Fault | None:
        """Return how a statement that writes to a table fails, "" for one that only reads."""
        actor = self._stage.actor
        if self._armed is None or actor is None:
            return None
        fault, left, times = self._armed
        if fault is Fault.DISK_FULL and not table:
            return None
        if fault is Fault.LOCKED and not (table == _DECIDED and actor.name.startswith("worker")):
            return None
        if left:
            self._armed = (fault, left - 1, times)
            return None
        self._armed = (fault, 0, times - 1) if times > 1 else None
        return fault

    def _fail(self, fault: Fault, sql: str) -> None:
        actor = self._stage.actor
        name = actor.name if actor else ""
        self.told.append(f"{fault.value}, in the {name}, at: {' '.join(sql.split())[:60]}")
        if fault in _DIES:
            if actor is not None:
                actor.is_doomed = True
            raise Died
        if fault in _CUTS:
            self._is_broken = connections[DEFAULT_DB_ALIAS].in_atomic_block
        raise OperationalError(fault.value)


class _Connection(sqlite3.Connection):
    """SQLite's connection, which tells what is kept and what is not."""

    watch: Watch | None = None

    @override
    def commit(self) -> None:
        if self.watch is None:
            super().commit()
        else:
            self.watch.commit(super().commit, self.total_changes)

    @override
    def rollback(self) -> None:
        if self.watch is not None:
            self.watch.roll_back(self.total_changes)
        super().rollback()


class SteppedDatabase(Database):
    """A database of which every transaction begins where anything else may happen first."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    @override
    @contextmanager
    def transaction(self) -> Iterator[None]:
        if not self.connection.in_atomic_block:
            self._stage.pause()
        with super().transaction():
            yield


def engine_of(stage: Stage) -> DjangoEngine:
    """Return an engine whose transactions are where actors overtake each other."""
    return DjangoEngine(database=SteppedDatabase(stage))


class Sandglass:
    """A database in memory in place of Django's own, filled anew from an image of it."""

    def __init__(self) -> None:
        given = connections.settings[DEFAULT_DB_ALIAS]
        options = {"transaction_mode": "IMMEDIATE", "factory": _Connection}
        self.wrapper = DatabaseWrapper(
            {
                **given,
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": ":memory:",
                "OPTIONS": options,
            },
            DEFAULT_DB_ALIAS,
        )
        self.wrapper.inc_thread_sharing()
        self._image = sqlite3.connect(":memory:", check_same_thread=False)

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for looking at what stands in it."""
        self.wrapper.ensure_connection()
        connection: sqlite3.Connection = self.wrapper.connection
        return connection

    def adopt(self) -> None:
        """Make it the database of the calling thread."""
        connections[DEFAULT_DB_ALIAS] = self.wrapper

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Stand in place of Django's database for a while, in this thread."""
        earlier = connections[DEFAULT_DB_ALIAS]
        self.adopt()
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = earlier

    def fill(self, source: sqlite3.Connection) -> None:
        """Begin from a database of the newest schema."""
        source.backup(self.raw)

    def keep(self) -> None:
        """Remember what stands in it now."""
        self.raw.backup(self._image)

    def turn(self) -> None:
        """Take it back to what was remembered."""
        self._image.backup(self.raw)

    @contextmanager
    def watched(self, watch: Watch) -> Iterator[None]:
        """Let its statements and commits be watched, and fail as they are told to."""
        connection = self.raw
        assert isinstance(connection, _Connection)  # noqa: S101 - its factory makes no other
        connection.watch = watch
        with self.wrapper.execute_wrapper(watch.statement):
            try:
                yield
            finally:
                connection.watch = None

    def close(self) -> None:
        """Let the memory go."""
        self.raw.close()  # Django leaves one in memory open
        self.wrapper.connection = None
        self._image.close()
