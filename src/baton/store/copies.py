"""Counting that may be some moments old is done on a copy of the database, where there is one.

Within `reading` all that this thread asks goes to the copy: the ORM's queries as well as plain
SQL. The copy takes no writes, so what has to be written comes before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseError, OperationalError

ALIAS: Final = "reports"

# Without a receiver nothing new comes, however much of what came has been played.
_LAG: Final = """
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN NULL
        WHEN EXISTS (SELECT 1 FROM pg_stat_wal_receiver)
            AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
    END"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the copy stands: `lag` is how far it is behind, None where it cannot say."""

    answers: bool
    lag: timedelta | None = None


def is_set() -> bool:
    """Return whether there is a copy to read from."""
    return ALIAS in connections.settings


@contextmanager
def reading() -> Iterator[None]:
    """Let this thread read from the copy; from the database itself while the copy is away.

    Inside a transaction everything belongs to that: then the database itself is read.
    """
    copy = _found()
    if copy is None:
        yield
        return
    itself = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = copy
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = itself


def standing() -> Standing:
    """Return how the copy stands; there has to be one."""
    copy = connections[ALIAS]
    if copy.vendor != "postgresql":
        return Standing(answers=True)
    try:
        with copy.cursor() as cursor:
            cursor.execute(_LAG)
            [seconds] = cursor.fetchone()
    except DatabaseError:
        copy.close()
        return Standing(answers=False)
    lag = None if seconds is None else timedelta(seconds=float(seconds))
    return Standing(answers=True, lag=lag)


def _found() -> BaseDatabaseWrapper | None:
    if not is_set() or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return None
    copy = connections[ALIAS]
    try:
        with copy.cursor() as cursor:  # one that broke is found here, and made anew
            cursor.execute("SELECT 1")
    except OperationalError:
        copy.close()
        return None
    return copy
