"""Findings about the database: what it is, whether it keeps what it promises, and its schema."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from baton.config.clock import SystemClock
from baton.config.doctor.findings import Finding, State, fails, fine, look
from baton.config.settings import Settings
from baton.store import copies, marking

_OLDEST_POSTGRES = 14  # the oldest that gets security fixes
_SKEW_LOOK, _SKEW_FAILS = timedelta(seconds=2), timedelta(seconds=30)
_LATE = timedelta(minutes=5)
_CROWDED = 0.8  # of the connections that the server allows


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what the database tells of itself; raises Django's errors where it is away."""
    if connection.vendor == "sqlite":
        yield _sqlite(settings)
    else:
        yield _postgres()
        yield _connections()
        yield _clock()
        if copies.is_set():
            yield _copy()
    schema = _schema()
    yield schema
    if schema.state is not State.FAILS:
        yield _noted()


def _ask(statement: str) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())


def _sqlite(settings: Settings) -> Finding:
    (version,) = _ask("SELECT sqlite_version()")
    (mode,) = _ask("PRAGMA journal_mode")
    path = Path(str(connection.settings_dict["NAME"]))
    size = path.stat().st_size if path.exists() else 0
    found = f"SQLite {version}, {size >> 20} MB, journal {mode}"
    if mode != "wal":
        return fails("database", found, f"The file system of {settings.home} cannot hold its log: "
                     "use a local disk, not a network one.")  # fmt: skip
    return fine("database", found)


def _postgres() -> Finding:
    (number, size, fsync, kept) = _ask(
        "SELECT current_setting('server_version_num')::int, pg_database_size(current_database()),"
        " current_setting('fsync'), current_setting('synchronous_commit')"
    )
    major = int(str(number)) // 10_000
    found = f"PostgreSQL {major}, {int(str(size)) >> 20} MB"
    if "off" in {fsync, kept}:
        return fails("database", f"{found}, fsync {fsync}, synchronous_commit {kept}",
                     "Turn both on: what was answered with success is lost in a crash "
                     "otherwise.")  # fmt: skip
    if major < _OLDEST_POSTGRES:
        return look("database", found, f"Upgrade to {_OLDEST_POSTGRES} or newer.")
    return fine("database", found)


def _connections() -> Finding:
    most, used = _ask(
        "SELECT current_setting('max_connections')::int,"
        " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
    )
    found = f"{used} of {most} in use"
    if int(str(used)) > _CROWDED * int(str(most)):
        return look("connections", found, "Raise max_connections: a process that gets none fails. "
                    "docs/operate.md says how many each holds.")  # fmt: skip
    return fine("connections", found)


def _clock() -> Finding:
    began = time.monotonic()
    (there,) = _ask("SELECT clock_timestamp()")
    half = timedelta(seconds=(time.monotonic() - began) / 2)
    assert isinstance(there, datetime)  # noqa: S101 - what that function returns
    skew = abs(SystemClock().now() - half - there.astimezone(UTC))
    found = f"{skew.total_seconds():.1f} s between this machine and the database"
    remedy = "Let both keep time by NTP: timers and leases go by it."
    if skew > _SKEW_FAILS:
        return fails("clock", found, remedy)
    return look("clock", found, remedy) if skew > _SKEW_LOOK else fine("clock", found)


def _copy() -> Finding:
    name, standing = "copy for reports", copies.standing()
    if not standing.answers:
        return look(name, "does not answer", "Reports count on the database itself meanwhile. "
                    "Look at the stand-by that BATON_REPORTS_URL names.")  # fmt: skip
    if standing.lag is None:
        return look(name, "follows no other server", "BATON_REPORTS_URL is to name a stand-by of "
                    "the database.")  # fmt: skip
    found = f"{standing.lag.total_seconds():.0f} s behind"
    if standing.lag > _LATE:
        return look(name, found, "Look whether the stand-by still receives the log.")
    return fine(name, found)


def _schema() -> Finding:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return fails("schema", f"{len(pending)} changes to apply", "run baton migrate; data stays.")
    known = set(executor.loader.disk_migrations)
    newer = sorted(name for app, name in set(executor.loader.applied_migrations) - known)
    if newer:
        return look("schema", f"changed by a newer version ({newer[-1]})",
                    "Start that version: this one may not know what it finds.")  # fmt: skip
    return fine("schema", "up to date")


def _noted() -> Finding:
    name, missing = "noted changes", marking.missing()
    if missing:
        return fails(name, f"{len(missing)} triggers are gone ({min(missing)})",
                     "run baton migrate: it puts them back and reads anew what dashboards "
                     "count.")  # fmt: skip
    return fine(name, "the database notes what dashboards have to read again")
