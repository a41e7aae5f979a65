"""Spans for OpenTelemetry: requests, and turns of the loops that found work.

A span tells which route or loop, how it ended and how long it took, and nothing of anybody's. The
packages are those of the extra `traces`, and are loaded only where BATON_TRACES names a collector.
"""

import time
from collections.abc import Callable

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import baton
from baton.ingress.routes import route_of

_PARENT = b"traceparent"
_BROKEN = 500


class Traces:
    """What one process tells a collector; `exporter` carries the spans there."""

    def __init__(self, exporter: SpanExporter) -> None:
        about = {"service.name": "baton", "service.version": baton.__version__}
        self._provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("baton")
        self._parents = TraceContextTextMapPropagator()

    def timed(self, loop: str, turn: Callable[[], int]) -> Callable[[], int]:
        """Return a loop's turn that leaves a span when it finds work."""

        def run() -> int:
            began = time.time_ns()
            done = turn()
            if done:
                span = self._tracer.start_span(f"turn {loop}", start_time=began)
                span.set_attribute("baton.work", done)
                span.end()
            return done

        return run

    def middleware(self) -> list[Middleware]:
        """Return what stands before every route and leaves a span of each request."""
        return [Middleware(_Traced, traces=self)]

    def note_request(self, scope: Scope, status: int, began: int) -> None:
        """Leave the span of a request whose answer begins now, below its caller's span."""
        said = dict(scope["headers"]).get(_PARENT, b"").decode("latin-1")
        route = route_of(scope)
        span = self._tracer.start_span(
            f"{scope['method']} {route}",
            context=self._parents.extract({"traceparent": said}),
            kind=SpanKind.SERVER,
            start_time=began,
            attributes={
                "http.request.method": scope["method"],
                "http.route": route,
                "http.response.status_code": status,
            },
        )
        if status >= _BROKEN:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def close(self) -> None:
        """Hand over what is left."""
        self._provider.shutdown()


def sent_to(collector: str) -> Traces:
    """Return traces that go to a collector's address for spans, as http://host:4318/v1/traces."""
    return Traces(OTLPSpanExporter(endpoint=collector))


class _Traced:
    def __init__(self, app: ASGIApp, *, traces: Traces) -> None:
        self._app = app
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.time_ns()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._traces.note_request(scope, message["status"], began)
            await send(message)

        await self._app(scope, receive, told)
