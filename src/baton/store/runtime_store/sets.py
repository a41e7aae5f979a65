"""How a set of rows travels to each database: the fastest way that each driver has.

SQLite binds row by row to one prepared statement. PostgreSQL takes the whole
set as one JSON parameter and unfolds it by the columns' types; thousands of
placeholders would cost its driver more than the server's work.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, get_args

import django.db.backends.sqlite3.base  # noqa: F401 - its converters come first
import msgspec
from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper


def write_set(
    cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Sequence[Any], ending: str
) -> None:
    """Insert rows (msgspec structs with these fields) into a table; `ending` says ON CONFLICT."""
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks}) {ending}', _sqlite_values(rows)
        )
        return
    values, types = _unfolding(table, tuple(columns))
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values}'
        f" FROM json_to_recordset(%s::json) AS r({types}) {ending}",
        [msgspec.json.encode(rows).decode()],
    )


def run_for_set(  # noqa: PLR0913 - a statement with parameters on three sides
    cursor: CursorWrapper,
    statement: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[Any]],
    *,
    before: Sequence[Any] = (),
    after: Sequence[Any] = (),
) -> None:
    """Run a statement that reads `{given}`: the rows, as a table `g` of typed columns.

    `before` and `after` are the statement's own parameters on either side of it. On SQLite it
    runs once for each row, so that it must do for all together what it does for each alone.
    """
    if cursor.db.vendor == "sqlite":
        marks = ", ".join(f"%s AS {name}" for name in columns)
        alone = statement.replace("{given}", f"(SELECT {marks}) AS g")
        cursor.executemany(alone, [(*before, *row, *after) for row in rows])
        return
    types = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    cursor.execute(
        statement.replace("{given}", f"json_to_recordset(%s::json) AS g({types})"),
        [*before, msgspec.json.encode(records).decode(), *after],
    )


def array_of(values: Iterable[object]) -> object:
    """Return texts or whole numbers as PostgreSQL's parameter for an array.

    As the text of an array, which is JSON's in other brackets: the driver spells a list value
    by value. What JSON has to escape goes the driver's way.
    """
    listed = list(values)
    spelled = msgspec.json.encode(listed).decode()
    return listed if "\\" in spelled else f"{{{spelled[1:-1]}}}"


@lru_cache(maxsize=1_024)
def sqlite_text(moment: datetime) -> str:
    """Return a moment as naive UTC text, as Django's ORM writes it, so that text sorts as time.

    Remembered, because all that one batch writes carries the same few moments.
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


@lru_cache(maxsize=8_192)
def _moment(text: bytes) -> datetime:
    """Read a moment's column, aware as PostgreSQL's are; a batch reads the same few often."""
    return datetime.fromisoformat(text.decode()).replace(tzinfo=UTC)


# In the place of Django's own, which reads the same text many times as slowly and leaves the
# zone to whoever asked. The ORM takes what is aware as it is.
sqlite3.register_converter("datetime", _moment)
# Every yes, no and sealed value would else be asked first, in vain, how it wants to be stored:
# a twelfth of the time of a batch's inserts.
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(bytes, bytearray)


def _sqlite_values(rows: Sequence[Any]) -> list[list[Any]]:
    moments = _moments_of(rows[0].__class__)
    found = []
    for row in rows:
        values = list(msgspec.structs.astuple(row))
        for place in moments:
            moment = values[place]
            if moment is not None:
                values[place] = sqlite_text(moment)
        found.append(values)
    return found


@cache
def _moments_of(kind: type[msgspec.Struct]) -> tuple[int, ...]:
    """Return the places of a row's moments, the only values that SQLite cannot take as they are."""
    kinds = [field.type for field in msgspec.structs.fields(kind)]
    return tuple(n for n, one in enumerate(kinds) if datetime in (one, *get_args(one)))


@cache
def _unfolding(table: str, columns: tuple[str, ...]) -> tuple[str, str]:
    """Return the select list and the column types that unfold a JSON set for a table."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)  # noqa: SLF001 - Django's public name for it
    types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}  # noqa: SLF001
    values, given = [], []
    for name in columns:
        kind = types[name] or "text"
        # Bytes travel as base64 text, JSON columns as the text that rows carry.
        if kind == "bytea":
            values.append(f"""decode(r."{name}", 'base64')""")
        elif kind == "jsonb":
            values.append(f'r."{name}"::jsonb')
        else:
            values.append(f'r."{name}"')
        given.append(f'"{name}" {"text" if kind in ("bytea", "jsonb") else kind}')
    return ", ".join(values), ", ".join(given)
