"""Sets of rows in and out, in plain SQL that SQLite and PostgreSQL both speak.

Django's connection carries it, so that these sets share a transaction with the
ORM and with the runtime's own tables.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from msgspec.structs import fields

from baton.store.rows import ChurnRow, EpisodeRow, Kept, Row, StretchRow
from baton.store.runtime_store.sets import array_of, run_for_set, sqlite_text, write_set

RowType = TypeVar("RowType", bound=Row)

# One statement carries at most so many rows, so that no parameter grows without bound.
_CHUNK = 1_000


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


def upsert(rows: Sequence[Kept | ChurnRow | EpisodeRow | StretchRow]) -> None:
    """Insert rows of one type, replacing those with a known id, but for what is fixed."""
    if rows:
        fixed = rows[0].fixed | {"id"}
        columns = [name for name in columns_of(type(rows[0])) if name not in fixed]
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
        _write(rows, f"ON CONFLICT (id) DO UPDATE SET {updates}")


def select(statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run a query; moments come back aware on both databases."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _to_database(parameters))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def execute(statement: str, parameters: Sequence[object] = ()) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _to_database(parameters))
        return int(cursor.rowcount)


def execute_for(
    statement: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
) -> None:
    """Run a statement that reads `{given}`: the rows, as a table `g` of typed columns."""
    if rows:
        with connection.cursor() as cursor:
            run_for_set(cursor, statement, columns, [_to_database(row) for row in rows])


def places(count: int) -> str:
    """Return `count` placeholders, for an IN list."""
    return ", ".join(["%s"] * count)


def among(values: Sequence[str]) -> tuple[str, list[object]]:
    """Return the condition "is one of these" with its parameters, for a list of any length.

    PostgreSQL takes the list as one: its driver reads a statement of hundreds of placeholders
    anew each time.
    """
    if connection.vendor == "sqlite":
        return f"IN ({places(len(values))})", list(values)
    return "= ANY(%s)", [array_of(values)]


def _write(rows: Sequence[Row], ending: str) -> None:
    if rows:
        columns = columns_of(type(rows[0]))
        with connection.cursor() as cursor:
            for begin in range(0, len(rows), _CHUNK):
                chunk = rows[begin : begin + _CHUNK]
                write_set(cursor, rows[0].table, columns, chunk, ending)


def _to_database(parameters: Sequence[object]) -> Any:
    if connection.vendor != "sqlite":
        return parameters
    return [sqlite_text(v) if v.__class__ is datetime else v for v in parameters]
