"""Engines for tests, and the facts, timers and effects to put into them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connections

from baton.runtime.ports import Arrival, Effect, Timer
from baton.store.models.runtime import (
    RuntimeAttempt,
    RuntimeEffect,
    RuntimeEvent,
    RuntimeLane,
    RuntimeLease,
    RuntimeTimer,
)

TABLES = (
    RuntimeAttempt,
    RuntimeEffect,
    RuntimeEvent,
    RuntimeLane,
    RuntimeLease,
    RuntimeTimer,
)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def sqlite_settings(path: Path) -> dict[str, object]:
    """Return an entry for Django's DATABASES, with the settings that Baton runs on."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }


@contextmanager
def database_alias(alias: str, settings: dict[str, object]) -> Iterator[str]:
    """Let Django know a database for a while."""
    connections.settings[alias] = {**connections.settings["default"], "OPTIONS": {}, **settings}
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def create_tables(alias: str) -> None:
    """Create the runtime's tables from its models."""
    with connections[alias].schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)


def empty_tables(alias: str) -> None:
    """Empty the runtime's tables, on PostgreSQL."""
    names = ", ".join(table._meta.db_table for table in TABLES)
    with connections[alias].cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")


def an_arrival(
    key: str = "m1",
    *,
    lane: str = "ann",
    workspace_id: str = "gym",
    at: datetime = START,
    due_at: datetime | None = None,
    body: bytes = b"hello",
) -> Arrival:
    return Arrival(
        workspace_id=workspace_id,
        lane=lane,
        kind="message",
        dedupe_key=key,
        body=body,
        received_at=at,
        due_at=due_at or at,
    )


def a_timer(
    key: str = "t1",
    *,
    lane: str = "ann",
    workspace_id: str = "gym",
    due_at: datetime = START,
    body: bytes = b"wake",
) -> Timer:
    return Timer(
        workspace_id=workspace_id, key=key, lane=lane, kind="timer", body=body, due_at=due_at
    )


def an_effect(
    key: str = "s1",
    *,
    lane: str = "ann",
    workspace_id: str = "gym",
    due_at: datetime = START,
    repeatable: bool = True,
) -> Effect:
    return Effect(
        id=f"{workspace_id}-{key}",
        workspace_id=workspace_id,
        lane=lane,
        kind="send",
        intent_key=key,
        body=b"reply",
        due_at=due_at,
        repeatable=repeatable,
    )


@dataclass(slots=True)
class StoppedClock:
    """A clock that a test moves by hand."""

    at: datetime = field(default=START)

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        self.at += by
        return self.at
