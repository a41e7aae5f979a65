"""Sets of rows in and out, in plain SQL that SQLite and PostgreSQL both speak.

Django's connection carries it, so that these sets share a transaction with the
ORM and with the runtime's own tables.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection
from msgspec.structs import astuple, fields

from baton.store.rows import Row

RowType = TypeVar("RowType", bound=Row)

# SQLite's default limit is 32,766 parameters a statement, PostgreSQL's 65,535.
_MAX_PARAMETERS = 30_000


_COLUMNS: dict[type[Row], tuple[str, ...]] = {}


def columns_of(kind: type[Row]) -> tuple[str, ...]:
    """Return a row type's columns, in the order of its fields."""
    if kind not in _COLUMNS:
        _COLUMNS[kind] = tuple(field.name for field in fields(kind))
    return _COLUMNS[kind]


def insert(rows: Sequence[Row]) -> None:
    """Insert rows of one type."""
    _write(rows, "")


def insert_missing(rows: Sequence[Row]) -> None:
    """Insert rows of one type, leaving alone those that some unique key knows already."""
    _write(rows, "ON CONFLICT DO NOTHING")


def upsert(rows: Sequence[Row]) -> None:
    """Insert rows of one type, replacing those with a known id."""
    if rows:
        columns = [name for name in columns_of(type(rows[0])) if name != "id"]
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
        _write(rows, f"ON CONFLICT (id) DO UPDATE SET {updates}")


def select(statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run a query; moments come back aware on both databases."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [_to_database(value) for value in parameters])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    if connection.vendor != "sqlite":
        return found
    return [tuple(_from_sqlite(value) for value in row) for row in found]


def execute(statement: str, parameters: Sequence[object] = ()) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [_to_database(value) for value in parameters])
        return int(cursor.rowcount)


def places(count: int) -> str:
    """Return `count` placeholders, for an IN list."""
    return ", ".join(["%s"] * count)


def _write(rows: Sequence[Row], ending: str) -> None:
    if not rows:
        return
    columns = columns_of(type(rows[0]))
    names = ", ".join(f'"{name}"' for name in columns)
    one = f"({places(len(columns))})"
    size = _MAX_PARAMETERS // len(columns)
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), size):
            chunk = rows[begin : begin + size]
            parameters = [value for row in chunk for value in astuple(row)]
            if connection.vendor == "sqlite":
                parameters = [_to_sqlite(value) for value in parameters]
            marks = ", ".join([one] * len(chunk))
            cursor.execute(
                f'INSERT INTO "{rows[0].table}" ({names}) VALUES {marks} {ending}', parameters
            )


def _to_database(value: object) -> Any:  # noqa: ANN401 - whatever the driver takes
    return _to_sqlite(value) if connection.vendor == "sqlite" else value


def _to_sqlite(value: Any) -> Any:  # noqa: ANN401 - see _to_database
    # SQLite keeps moments as naive UTC text, in the very form that Django's ORM writes.
    if value.__class__ is not datetime:
        return value
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _from_sqlite(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
