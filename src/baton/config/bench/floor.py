"""The floor: the very writes of a run, made again by the bare driver with no logic.

A second stretch of the same traffic runs with its writing statements recorded,
transaction by transaction. They are then replayed on a copy of the database as
it was before, through sqlite3 or psycopg alone: the same rows, in the same
statements and batches, without reading, deciding or Django.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    import psycopg

_WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A writing statement, with one set of parameters or many."""

    text: str
    parameters: Any
    is_many: bool


@dataclass(slots=True)
class Recording:
    """The writes of a run, by transaction."""

    transactions: list[list[Statement]] = field(default_factory=list)

    def begin(self) -> None:
        """Start the next transaction."""
        self.transactions.append([])

    def hear(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 - Django's own form of a wrapper
        context: Any,
    ) -> Any:
        """Note a write and let it happen."""
        if sql.lstrip().upper().startswith(_WRITES) and self.transactions:
            kept = [list(row) for row in params] if many else list(params or ())
            self.transactions[-1].append(Statement(text=sql, parameters=kept, is_many=many))
        return execute(sql, params, many, context)


@contextmanager
def recorded() -> Iterator[Recording]:
    """Record the writes of this thread's connection."""
    recording = Recording()
    with connection.execute_wrapper(recording.hear):
        yield recording


@contextmanager
def copied() -> Iterator[str]:
    """Copy the database as it is now; offer the copy's name."""
    parameters = connection.get_connection_params()
    if connection.vendor == "sqlite":
        name = f"{parameters['database']}.floor"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(parameters["database"], name)
        yield name
        return
    source, name = parameters["dbname"], f"{parameters['dbname']}_floor"
    connection.close()
    with _postgres("template1") as other:
        other.autocommit = True
        other.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    yield name


def replay(recording: Recording, name: str) -> float:
    """Make the writes on the copy of that name; return the seconds that they took."""
    if connection.vendor == "sqlite":
        return _replay_sqlite(recording, name)
    with _postgres(name) as raw:
        begun = time.perf_counter()
        for transaction in recording.transactions:
            cursor = raw.cursor()
            for one in transaction:
                run = cursor.executemany if one.is_many else cursor.execute
                run(one.text, one.parameters)
            raw.commit()
        return time.perf_counter() - begun


def _replay_sqlite(recording: Recording, name: str) -> float:
    raw = sqlite3.connect(name, isolation_level=None)
    # As the product's own connection is set: as safe, and with as large a cache.
    raw.executescript(connection.settings_dict["OPTIONS"]["init_command"])
    spelled = [
        [(one.text.replace("%s", "?"), one.parameters, one.is_many) for one in transaction]
        for transaction in recording.transactions
    ]
    begun = time.perf_counter()
    for transaction in spelled:
        raw.execute("BEGIN IMMEDIATE")
        for text, parameters, is_many in transaction:
            run = raw.executemany if is_many else raw.execute
            run(text, parameters)
        raw.execute("COMMIT")
    took = time.perf_counter() - begun
    raw.close()
    return took


def _postgres(name: str) -> "psycopg.Connection[tuple[Any, ...]]":
    import psycopg  # noqa: PLC0415 - on SQLite it would count as Baton's memory

    parameters = connection.get_connection_params()
    kept = {
        key: parameters[key] for key in ("user", "password", "host", "port") if parameters.get(key)
    }
    # As Django's own connection binds them, so that the statements mean the same.
    return psycopg.connect(dbname=name, cursor_factory=psycopg.ClientCursor, **kept)
