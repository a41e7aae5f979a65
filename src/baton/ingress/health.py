"""The state of the server, for whoever watches it."""

import asyncio
from datetime import datetime, timedelta

from django.db import Error as DatabaseError
from django.db import connection
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

import baton
from baton.ingress.gatehouse import Gatehouse, Pulse, gatehouse_of
from baton.ingress.wire import answer
from baton.runtime.ports import Depth
from baton.services.reading.readiness import ReaderState

_PATIENCE_SECONDS = 5
_SILENT_AFTER = timedelta(seconds=30)
"""A worker looks every second; one that has not for so long hangs or is gone."""
_LATE_AFTER = timedelta(seconds=5)
"""A fact is decided within a second or two; one that waits for longer is a queue that grows."""


class DatabaseOut(Struct):
    """Whether the database answers."""

    vendor: str
    ok: bool


class WorkerOut(Struct):
    """This process's worker; all is null where workers are processes of their own.

    `reader` is preparing, ready or failed; until it is ready, messages wait in the queue.
    """

    running: bool | None
    last_seen: datetime | None
    reader: str | None


class QueueOut(Struct):
    """How much work waits in the inbox and the outbox."""

    due: int
    waiting: int
    parked: int
    oldest_due_seconds: float | None


class HealthOut(Struct):
    """The whole state: `status` is ok, degraded or down; `why` says in words what is not well."""

    status: str
    why: list[str]
    version: str
    database: DatabaseOut
    worker: WorkerOut
    queue: QueueOut | None


class ReadyOut(Struct):
    """Whether this process can take its part; `lacks` says what it waits for."""

    ready: bool
    lacks: list[str]


async def report_ready(request: Request) -> Response:
    """Answer 200 once this process can take work, 503 before that and when it stops.

    A server without a worker of its own is ready with the database; a worker once it can read.
    """
    gatehouse = gatehouse_of(request)
    pulse = gatehouse.crew.pulse() if gatehouse.crew else None
    lacks = []
    if gatehouse.is_closing:
        lacks.append("stopping")
    if await depth_of(gatehouse, gatehouse.house.clock.now()) is None:
        lacks.append("database")
    if pulse and pulse.reader is not ReaderState.READY:
        lacks.append("reader")
    return answer(ReadyOut(ready=not lacks, lacks=lacks), 503 if lacks else 200)


async def report_health(request: Request) -> Response:
    """Answer 200 with the state of database, worker and queue, or 503 without a database."""
    gatehouse = gatehouse_of(request)
    now = gatehouse.house.clock.now()
    depth = await depth_of(gatehouse, now)
    pulse = gatehouse.crew.pulse() if gatehouse.crew else None
    why = _faults(depth, pulse, now)
    state = HealthOut(
        status="down" if depth is None else "degraded" if why else "ok",
        why=why,
        version=baton.__version__,
        database=DatabaseOut(vendor=connection.vendor, ok=depth is not None),
        worker=WorkerOut(
            running=pulse.is_running if pulse else None,
            last_seen=pulse.last_seen_at if pulse else None,
            reader=pulse.reader.value if pulse else None,
        ),
        queue=_queue(depth, now) if depth else None,
    )
    return answer(state, 503 if depth is None else 200)


def _faults(depth: Depth | None, pulse: Pulse | None, now: datetime) -> list[str]:
    """Return what is not well, in words: nothing while the server is ok."""
    faults = _worker_faults(pulse, now) if pulse else []
    if depth is None:
        return ["the database does not answer", *faults]
    if depth.parked:  # waits for a person, however well the machine is
        faults.append(f"{depth.parked} parked: a person has to look")
    late = now - depth.oldest_due_at if depth.oldest_due_at else timedelta()
    if late > _LATE_AFTER:
        faults.append(f"{depth.due} due, the oldest for {late.total_seconds():.0f} s")
    return faults


def _worker_faults(pulse: Pulse, now: datetime) -> list[str]:
    faults = []
    if not pulse.is_running:
        faults.append("the worker does not run")
    elif pulse.last_seen_at and now - pulse.last_seen_at >= _SILENT_AFTER:
        faults.append("the worker is silent")
    if pulse.reader is not ReaderState.READY:
        faults.append(f"the reader is {pulse.reader.value}: messages wait")
    return faults


async def depth_of(gatehouse: Gatehouse, now: datetime) -> Depth | None:
    """Return how much waits, None where the database does not answer in time."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await gatehouse.threads.run(gatehouse.house.engine.depth, now=now)
    except (TimeoutError, DatabaseError):
        return None


def _queue(depth: Depth, now: datetime) -> QueueOut:
    oldest = depth.oldest_due_at
    return QueueOut(
        due=depth.due,
        waiting=depth.waiting,
        parked=depth.parked,
        oldest_due_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else None,
    )
