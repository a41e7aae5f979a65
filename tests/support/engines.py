"""Databases for the engines under test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

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


@contextmanager
def default_database(settings: dict[str, object]) -> Iterator[None]:
    """Make a database Django's default for a while, in every thread that starts."""
    earlier = connections.settings["default"]
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = {**earlier, "OPTIONS": {}, **settings}
    try:
        yield
    finally:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = earlier


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
