"""The same reminder by durable queues that a team would pick: procrastinate and DBOS.

Each job fills the same text in and inserts one row, in the queue's own durable way. All
jobs are due before the clock starts. The process keeps to one core, as Baton's does; a
PostgreSQL server has its own. A rival runs in a process of its own, so that no thread of
it is left behind, in a database that is dropped afterwards.
"""

import asyncio
import contextlib
import importlib.util
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from baton.flows.render import render

NAMES = ("procrastinate", "dbos")
TEXT = "Your {{ run.class_name }} is {{ run.starts_at | day }} at {{ run.starts_at | time }}."
"""What a reminder says, Baton's and every rival's."""

_STARTS_AT = "2026-03-03T11:00:00+00:00"
_CONCURRENCY = 10  # jobs at once, as both have connections for
_POLLING_SECONDS = 0.05  # DBOS looks for work so often; its default of 1 s would be slower
_PATIENCE_SECONDS = 900  # a job that fails in DBOS would be waited for for ever
_DATABASE = "baton_bench_rival"
_SENT = "CREATE TABLE sent (id integer, body text NOT NULL)"


def measured(url: str, folder: Path, jobs: int, *, names: Sequence[str] = NAMES) -> dict[str, int]:
    """Return the jobs a second of each rival that is installed and runs on this database."""
    found: dict[str, int] = {}
    for name in names:
        if url.startswith("sqlite") and name == "procrastinate":
            continue  # it knows PostgreSQL alone
        if importlib.util.find_spec(name) is None:
            click.echo(f'{name} is not measured: pip install "baton[bench]"', err=True)
            continue
        with _database_beside(url, folder, name) as own:
            found[f"{name}_per_s"] = _run_alone(name, own, jobs)
    return found


def _run_alone(name: str, url: str, jobs: int) -> int:
    command = [sys.executable, "-m", "baton.config.bench.rivals", name, url, str(jobs)]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=_PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise click.ClickException(f"{name} came to no end") from None
    if done.returncode:
        raise click.ClickException(f"{name} failed:\n{done.stderr[-2000:]}")
    return round(float(done.stdout.splitlines()[-1]))


@contextlib.contextmanager
def _database_beside(url: str, folder: Path, name: str) -> Iterator[str]:
    """Offer an empty database on the same server; SQLite's is a file in the folder."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    import psycopg  # noqa: PLC0415 - SQLite is measured without it

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{_DATABASE}"')
        try:
            yield urlsplit(url)._replace(path=f"/{_DATABASE}").geturl()
        finally:
            server.execute(f'DROP DATABASE "{_DATABASE}" WITH (FORCE)')


def _reminder() -> str:
    return render(TEXT, {"run": {"class_name": "Yoga", "starts_at": _STARTS_AT}})


async def _procrastinate(url: str, jobs: int) -> float:
    import procrastinate  # noqa: PLC0415 - of the extra `bench`
    import psycopg_pool  # noqa: PLC0415

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    pool = psycopg_pool.AsyncConnectionPool(url, open=False, kwargs={"autocommit": True})

    @app.task(name="remind")
    async def remind(number: int) -> None:
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO sent VALUES (%s, %s)", (number, _reminder()))

    async with app.open_async(), pool:
        await app.schema_manager.apply_schema_async()
        async with pool.connection() as connection:
            await connection.execute(_SENT)
        past = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=365)
        numbers = [{"number": number} for number in range(jobs)]
        await remind.configure(schedule_at=past).batch_defer_async(*numbers)
        begun = time.perf_counter()
        await app.run_worker_async(
            wait=False,
            concurrency=_CONCURRENCY,
            listen_notify=False,
            install_signal_handlers=False,
        )
        return time.perf_counter() - begun


def _dbos(url: str, jobs: int) -> float:
    from dbos import DBOS, DBOSClient  # noqa: PLC0415 - of the extra `bench`

    sent, ended = _Sent(url), _Ended(jobs)

    @DBOS.step()
    def send(number: int, text: str) -> None:
        sent.insert(number, text)

    @DBOS.workflow()
    def remind(number: int) -> None:
        ended.begin()
        send(number, _reminder())
        ended.count()

    def launch() -> None:
        DBOS(
            config={
                "name": "bench",
                "system_database_url": url,
                "console_log_level": "ERROR",
                "application_version": "1",
            }
        )
        DBOS.launch()

    launch()  # makes its tables
    DBOS.register_queue(
        "reminders", worker_concurrency=_CONCURRENCY, polling_interval_sec=_POLLING_SECONDS
    )
    DBOS.destroy()
    client = DBOSClient(system_database_url=url)
    for number in range(jobs):
        client.enqueue(
            {"queue_name": "reminders", "workflow_name": remind.__qualname__, "app_version": "1"},
            number,
        )
    client.destroy()
    launch()
    ended.all.wait()
    DBOS.destroy()
    return ended.seconds


class _Ended:
    """Counts jobs from the begin of the first to the end of the last."""

    def __init__(self, jobs: int) -> None:
        self._left = jobs
        self._begun: float | None = None
        self._lock = threading.Lock()
        self.all = threading.Event()
        self.seconds = 0.0

    def begin(self) -> None:
        with self._lock:
            self._begun = self._begun or time.perf_counter()

    def count(self) -> None:
        with self._lock:
            self._left -= 1
            if not self._left:
                self.seconds = time.perf_counter() - (self._begun or 0.0)
                self.all.set()


class _Sent:
    """The table that jobs insert into, by a connection of each thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()
        self._is_sqlite = url.startswith("sqlite")
        self._connection().execute(_SENT)

    def insert(self, number: int, text: str) -> None:
        marks = "?, ?" if self._is_sqlite else "%s, %s"
        self._connection().execute(f"INSERT INTO sent VALUES ({marks})", (number, text))

    def _connection(self) -> Any:
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect()
        return self._own.connection

    def _connect(self) -> Any:
        if not self._is_sqlite:
            import psycopg  # noqa: PLC0415 - SQLite is measured without it

            return psycopg.connect(self._url, autocommit=True)
        path = f"{self._url.removeprefix('sqlite:///')}.sent"
        connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection


def main(name: str, url: str, jobs: int) -> None:
    """Run one rival, and print its jobs a second."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    seconds = (
        asyncio.run(_procrastinate(url, jobs)) if name == "procrastinate" else _dbos(url, jobs)
    )
    print(jobs / seconds)  # noqa: T201 - the result


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
