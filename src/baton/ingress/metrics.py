"""Figures for Prometheus: how much waits, how quick it goes, how the process is.

Names of routes and loops alone stand beside them, and nothing of anybody's.
"""

import hmac
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import baton
from baton.ingress.gatehouse import gatehouse_of
from baton.ingress.health import depth_of
from baton.ingress.refusal import Refusal
from baton.ingress.routes import route_of
from baton.services.reading.readiness import ReaderState

OPEN = "open"
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What one process counts; `token` is who may read it, or OPEN for everybody."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        made = partial(Gauge, registry=self.registry)
        made("baton_info", "Which version runs", ["version"]).labels(baton.__version__).set(1)
        self._up = made("baton_database_up", "1 while the database answers")
        self._due = made("baton_queue_due", "Facts and effects that are due, of all processes")
        self._waiting = made("baton_queue_waiting", "Those that wait for later or are under way")
        self._parked = made("baton_queue_parked", "Those that were set aside for a person")
        self._oldest = made("baton_queue_oldest_due_seconds", "How late the oldest due one is")
        self._working = made("baton_worker_running", "1 while this process's worker runs")
        self._reader = made("baton_reader_ready", "1 once this process's readers are ready")
        self._requests = Histogram(
            "baton_request_seconds",
            "From a request to the first byte of its answer",
            ["route", "method", "status"],
            buckets=_QUICK,
            registry=self.registry,
        )
        self._turns = Histogram(
            "baton_turn_seconds",
            "A turn of a loop that found work: a batch decided or sent",
            ["loop"],
            buckets=_QUICK,
            registry=self.registry,
        )
        self._work = Counter(
            "baton_work", "Facts decided, effects done, duties", ["loop"], registry=self.registry
        )

    def timed(self, loop: str, turn: Callable[[], int]) -> Callable[[], int]:
        """Return a loop's turn that is measured when it finds work."""
        seconds, work = self._turns.labels(loop), self._work.labels(loop)

        def run() -> int:
            began = time.perf_counter()
            done = turn()
            if done:
                seconds.observe(time.perf_counter() - began)
                work.inc(done)
            return done

        return run

    def middleware(self) -> list[Middleware]:
        """Return what stands before every route and times it."""
        return [Middleware(Measured, metrics=self)]

    async def report(self, request: Request) -> Response:
        """Answer with all figures as text; refuses with 401 whoever does not bear the token."""
        said = request.headers.get("authorization", "").encode()
        wanted = f"Bearer {self._token}".encode()
        if self._token != OPEN and not hmac.compare_digest(said, wanted):
            raise Refusal(401, "no_token", "Send Authorization: Bearer and BATON_METRICS's token.")
        await self._look(request)
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def _look(self, request: Request) -> None:
        gatehouse = gatehouse_of(request)
        now = gatehouse.house.clock.now()
        depth = await depth_of(gatehouse, now)
        self._up.set(depth is not None)
        if depth:
            self._due.set(depth.due)
            self._waiting.set(depth.waiting)
            self._parked.set(depth.parked)
            self._oldest.set(_seconds_since(depth.oldest_due_at, now))
        pulse = gatehouse.crew.pulse() if gatehouse.crew else None
        self._working.set(bool(pulse and pulse.is_running))
        self._reader.set(bool(pulse and pulse.reader is ReaderState.READY))

    def note_request(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request by its route's template, never by its address."""
        self._requests.labels(route_of(scope), scope["method"], status).observe(seconds)


class Measured:
    """Middleware that notes how long each answer took to begin."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = time.perf_counter() - began
                self._metrics.note_request(scope, message["status"], took)
            await send(message)

        await self._app(scope, receive, told)


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
