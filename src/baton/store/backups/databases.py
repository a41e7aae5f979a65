"""A database taken as it stands while others write to it, and put back.

SQLite is copied by its own online backup inside one reading transaction, so that nothing that is
written meanwhile makes it begin anew. PostgreSQL is dumped and restored by its own tools, whose
snapshot does the same.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.db import connection
from typing_extensions import override

from baton.core.errors import Conflict

_PAGES = 2_048  # copied at a time: between two, others get the disk
_WORDS = 400  # of what a tool says when it fails

Told = Callable[[int, int], None]
"""Is told how much is done, of how much."""


class Store(Protocol):
    """The database of this installation, as backups see it."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing lives in it."""
        ...

    def size(self) -> int:
        """Return about how many bytes a copy takes."""
        ...

    def take(self, target: Path, told: Told) -> None:
        """Write a copy of one moment into a file that is not there yet."""
        ...

    def put(self, source: Path, now: datetime) -> str:
        """Put a copy in the place of whatever is there; return where that was set aside, or ""."""
        ...


def this_one(tools: Path | None) -> Store:
    """Return the database of Django's settings; `tools` is where pg_dump lies if not on PATH."""
    if connection.vendor == "sqlite":
        return SqliteStore(Path(str(connection.settings_dict["NAME"])))
    return PostgresStore(tools)


class SqliteStore(Store):
    """A file, and beside it its log."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    @override
    def is_empty(self) -> bool:
        if not self._path.exists():
            return True
        with closing(sqlite3.connect(self._path)) as rows:
            return not rows.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    @override
    def size(self) -> int:
        return sum(one.stat().st_size for one in self._files() if one.exists())

    @override
    def take(self, target: Path, told: Told) -> None:
        with (
            closing(sqlite3.connect(self._path, isolation_level=None)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            # A transaction of its own: what others write meanwhile is not seen, and the copy
            # need not begin anew with every change of theirs.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(
                copy, pages=_PAGES, progress=lambda _s, left, whole: told(whole - left, whole)
            )

    @override
    def put(self, source: Path, now: datetime) -> str:
        with closing(sqlite3.connect(source)) as rows:
            found = rows.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            message = "The database in this backup is damaged. Take another one."
            raise Conflict(message)
        connection.close()
        aside = ""
        if not self.is_empty:
            kept = self._path.with_name(f"{self._path.name}.before-{now:%Y%m%dT%H%M%S}")
            with closing(sqlite3.connect(self._path)) as rows:  # the log goes into the file
                rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._path.rename(kept)
            aside = str(kept)
        for one in self._files()[1:]:
            one.unlink(missing_ok=True)
        source.chmod(0o600)
        source.rename(self._path)
        return aside

    def _files(self) -> list[Path]:
        return [self._path.with_name(f"{self._path.name}{end}") for end in ("", "-wal", "-shm")]


class PostgresStore(Store):
    """A database on a server, reached by the server's own tools."""

    def __init__(self, tools: Path | None) -> None:
        self._tools = tools

    @property
    @override
    def is_empty(self) -> bool:
        return not connection.introspection.table_names()

    @override
    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])

    @override
    def take(self, target: Path, told: Told) -> None:
        self._run("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
                  "--schema=public", f"--file={target}")  # fmt: skip
        told(1, 1)

    @override
    def put(self, source: Path, now: datetime) -> str:
        self._refuse_while_used()
        aside = "" if self.is_empty else f"before_{now:%Y%m%dt%H%M%S}"
        with connection.cursor() as cursor:
            if aside:
                cursor.execute(f"ALTER SCHEMA public RENAME TO {aside}")
            else:
                cursor.execute("DROP SCHEMA IF EXISTS public")
        try:
            self._run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
                      "--no-privileges", str(source))  # fmt: skip
        except Conflict:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"ALTER SCHEMA {aside} RENAME TO public" if aside else "CREATE SCHEMA public"
                )
            raise
        return f"schema {aside}" if aside else ""

    def _refuse_while_used(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            others = cursor.fetchone()[0]
        if others:
            message = (
                f"{others} other connections use this database. Stop every server and worker first."
            )
            raise Conflict(message)

    def _run(self, tool: str, *arguments: str) -> None:
        place = shutil.which(tool, path=str(self._tools) if self._tools else None)
        if place is None:
            message = (
                f"{tool} is not installed here. Install PostgreSQL's client programs, of the "
                "server's version or newer, or name their folder in BATON_POSTGRES_TOOLS."
            )
            raise Conflict(message)
        where, password = _address()
        environment = {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)
        done = subprocess.run(
            [place, f"--dbname={where}", *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            message = f"{tool} could not do it: {done.stderr.strip()[-_WORDS:]}"
            raise Conflict(message)


def _address() -> tuple[str, str]:
    """Return the address in libpq's words, and the password apart: processes are listed."""
    said = connection.settings_dict
    parts = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    given = {name: str(said[key]) for name, key in parts.items() if said.get(key)}
    options = {
        name: str(value)
        for name, value in said.get("OPTIONS", {}).items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }
    password = options.pop("password", "") or str(said.get("PASSWORD") or "")
    # A server on SQLite has no need of the library, which is some megabytes.
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    return make_conninfo("", **options, **given), password
