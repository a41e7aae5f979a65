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
    """The whole state: `status` is ok, degraded or down."""

    status: str
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
    is_well = pulse is None or _is_well(pulse, now)
    state = HealthOut(
        status=_status(depth, is_well=is_well),
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


def _status(depth: Depth | None, *, is_well: bool) -> str:
    if depth is None:
        return "down"
    # What is parked waits for a person, however well the machine is.
    return "ok" if is_well and not depth.parked else "degraded"


async def depth_of(gatehouse: Gatehouse, now: datetime) -> Depth | None:
    """Return how much waits, None where the database does not answer in time."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await gatehouse.threads.run(gatehouse.house.engine.depth, now=now)
    except (TimeoutError, DatabaseError):
        return None


def _is_well(pulse: Pulse, now: datetime) -> bool:
    is_recent = pulse.last_seen_at is None or now - pulse.last_seen_at < _SILENT_AFTER
    return pulse.is_running and is_recent and pulse.reader is not ReaderState.FAILED


def _queue(depth: Depth, now: datetime) -> QueueOut:
    oldest = depth.oldest_due_at
    return QueueOut(
        due=depth.due,
        waiting=depth.waiting,
        parked=depth.parked,
        oldest_due_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else None,
    )
