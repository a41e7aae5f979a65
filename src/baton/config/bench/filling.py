"""Fast ways into a database that a measurement fills before it begins."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from baton.store import sql

_INDEXES = {
    "sqlite": """
        SELECT name, sql FROM sqlite_master
        WHERE type = 'index' AND tbl_name = %s AND sql LIKE 'CREATE INDEX%%'""",
    "postgresql": """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE tablename = %s AND schemaname = current_schema()
          AND indexdef LIKE 'CREATE INDEX%%'""",
}


@contextmanager
def unindexed(*tables: str) -> Iterator[None]:
    """Drop what finds rows of some tables, and make it anew at the end.

    What keeps rows apart stays: no row may go in twice.
    """
    indexes = [one for table in tables for one in sql.select(_INDEXES[connection.vendor], [table])]
    with transaction.atomic():
        for name, _made_by in indexes:
            sql.execute(f'DROP INDEX "{name}"')
    yield
    with _sorting_on_disk(), transaction.atomic():
        for _name, made_by in indexes:
            sql.execute(made_by)
    settle()


@contextmanager
def _sorting_on_disk() -> Iterator[None]:
    """Keep what an index is made of out of the memory of the process that is measured."""
    if connection.vendor != "sqlite":
        yield
        return
    ((before,),) = sql.select("PRAGMA temp_store")
    sql.select("PRAGMA temp_store = FILE")
    yield
    sql.select(f"PRAGMA temp_store = {before}")


def settle() -> None:
    """Do what either database would have done in the days in which so much comes together."""
    if connection.vendor == "postgresql":
        sql.execute("ANALYZE")
    else:
        sql.select("PRAGMA wal_checkpoint(TRUNCATE)")


def pour(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Insert rows, in a transaction of their own, as fast as the driver can; return how many.

    Moments are text: ISO 8601 in UTC without a zone, as SQLite keeps them.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(columns))
            bare = cursor.cursor.connection.cursor()
            bare.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
            return int(bare.rowcount)
        with cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.cursor.rowcount)
