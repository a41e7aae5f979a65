"""The floor: the rows that a run wrote, written again by the bare driver with no logic.

Every table that grew is read back, and put into an empty copy of itself (same
columns, keys and indexes) in as many transactions as the run had: the facts
first, each batch in one; then, in another, their settlement and everything else.
"""

import sqlite3
import time
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb

FACTS = "runtime_event"
_TABLES = (
    "store_contact", "store_address", "store_consent", "store_vaultentry", "store_conversation",
    "store_message", "store_turn", "store_escalation", "store_handoff", "store_slaclock",
    "store_review", "store_run", "store_surveyresponse", "store_auditentry",
    "runtime_timer", "runtime_effect", "runtime_lane",
)

Rows = dict[str, list[tuple[Any, ...]]]


def mark() -> dict[str, int]:
    """Return how many rows each table has now."""
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in (FACTS, *_TABLES)}


def rows_since(before: dict[str, int]) -> Rows:
    """Return the rows that came after a mark; at least those of a table that was rewritten."""
    found: Rows = {}
    raw = _connect()
    cursor = raw.cursor()
    for table, count in before.items():
        cursor.execute(f"SELECT * FROM {table} LIMIT 1000000 OFFSET {count}")
        if rows := cursor.fetchall():
            found[table] = [tuple(_as_written(value) for value in row) for row in rows]
    raw.close()
    return found


def replay(written: Rows, *, batches: int) -> float:
    """Write the rows into empty copies of their tables; return the seconds it took."""
    raw = _connect()
    _copy_tables(raw, list(written))
    shares = {table: _shares(rows, batches) for table, rows in written.items()}
    begun = time.perf_counter()
    for batch in range(batches):
        facts = shares[FACTS][batch]
        _begin(raw)
        _insert(raw, FACTS, facts)
        raw.commit()
        _begin(raw)
        mark_of = "?" if connection.vendor == "sqlite" else "%s"
        raw.cursor().executemany(
            f"UPDATE floor_{FACTS} SET state = 'done' WHERE seq = {mark_of}",
            [(row[0],) for row in facts],
        )
        for table, parts in shares.items():
            if table != FACTS:
                _insert(raw, table, parts[batch])
        raw.commit()
    took = time.perf_counter() - begun
    raw.close()
    return took


def _connect() -> Any:  # noqa: ANN401 - either driver's own connection
    parameters = connection.get_connection_params()
    if connection.vendor == "sqlite":
        raw = sqlite3.connect(str(parameters["database"]), isolation_level=None)
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        return raw
    kept = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{name: parameters[name] for name in kept if parameters.get(name)})


def _begin(raw: Any) -> None:  # noqa: ANN401 - see _connect
    if connection.vendor == "sqlite":
        raw.execute("BEGIN IMMEDIATE")


def _copy_tables(raw: Any, tables: list[str]) -> None:  # noqa: ANN401 - see _connect
    cursor = raw.cursor()
    for table in tables:
        if connection.vendor == "sqlite":
            _copy_sqlite_table(cursor, table)
        else:
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
    raw.commit()


def _copy_sqlite_table(cursor: Any, table: str) -> None:  # noqa: ANN401 - see _connect
    cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,))
    for (statement,) in cursor.fetchall():
        copied = statement.replace(f'"{table}"', f'"floor_{table}"')
        if copied.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX")):
            copied = copied.replace('INDEX "', 'INDEX "floor_', 1)
        cursor.execute(copied)


def _insert(raw: Any, table: str, rows: list[tuple[Any, ...]]) -> None:  # noqa: ANN401 - see _connect
    if not rows:
        return
    mark_of = "?" if connection.vendor == "sqlite" else "%s"
    marks = ", ".join([mark_of] * len(rows[0]))
    raw.cursor().executemany(f"INSERT INTO floor_{table} VALUES ({marks})", rows)


def _as_written(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return Jsonb(value) if isinstance(value, dict | list) else value


def _shares(rows: list[tuple[Any, ...]], count: int) -> list[list[tuple[Any, ...]]]:
    return [rows[len(rows) * n // count : len(rows) * (n + 1) // count] for n in range(count)]


def _count(cursor: Any, table: str) -> int:  # noqa: ANN401 - Django's cursor
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])
