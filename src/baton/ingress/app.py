"""The application: what strangers call first, then everything else."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from baton.ingress import systems, whatsapp
from baton.ingress.chat import begin_session, list_messages, take_email, take_file, take_message
from baton.ingress.files import serve_file
from baton.ingress.health import report_health, report_ready
from baton.ingress.hooks import take_hook
from baton.ingress.links import follow
from baton.ingress.origins import CrossOrigin
from baton.ingress.pages import (
    serve_push_worker,
    serve_trial,
    serve_trial_icon,
    serve_trial_script,
    serve_trial_style,
    serve_widget,
    serve_widget_more,
    serve_widget_push,
)
from baton.ingress.presence import take_agent_typing, take_seen, take_visitor_typing
from baton.ingress.push import end_permission, take_permission, take_told
from baton.ingress.refusal import exception_handlers
from baton.ingress.sms import take_gateway, take_twilio
from baton.ingress.stream import stream_inbox, stream_messages
from baton.ingress.taps import PacedTaps
from baton.ingress.unsubscribe import show_unsubscribe, take_unsubscribe
from baton.ingress.voice import take_call


class MetricsPort(Protocol):
    """What counts, where it is wanted; its library is loaded only there."""

    async def report(self, request: Request) -> Response:
        """Answer with all figures."""
        ...


Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def create_app(
    lifespan: Lifespan,
    *,
    rest: ASGIApp | None = None,
    metrics: MetricsPort | None = None,
    middleware: Sequence[Middleware] = (),
) -> Starlette:
    """Return the application.

    Args:
        lifespan: puts a `Gatehouse` at `app.state.gatehouse` and takes it down again.
        rest: the application that gets every other address.
        metrics: what is told at /metrics.
        middleware: what stands before every route, to count and to trace.
    """
    others = [Mount("/", app=PacedTaps(rest))] if rest else []
    return Starlette(
        routes=[*_routes(), *_figures(metrics), *others],
        middleware=middleware,
        lifespan=lifespan,
        exception_handlers=exception_handlers(),
    )


def create_watched(lifespan: Lifespan, *, metrics: MetricsPort | None = None) -> Starlette:
    """Return the application of a worker: its state, and nothing for strangers to call."""
    return Starlette(
        routes=[*_watching(), *_figures(metrics)],
        lifespan=lifespan,
        exception_handlers=exception_handlers(),
    )


def _figures(metrics: MetricsPort | None) -> list[Route]:
    return [Route("/metrics", metrics.report, methods=["GET"])] if metrics else []


def _watching() -> list[Route]:
    return [
        Route("/healthz", report_health, methods=["GET"]),
        Route("/readyz", report_ready, methods=["GET"]),
    ]


def _routes() -> list[Route | Mount]:
    chat = [
        Route("/{inbox_token}/sessions", begin_session, methods=["POST"]),
        Route("/messages", take_message, methods=["POST"]),
        Route("/files", take_file, methods=["POST"]),
        Route("/email", take_email, methods=["POST"]),
        Route("/push", take_permission, methods=["POST"]),
        Route("/push/end", end_permission, methods=["POST"]),
        Route("/typing", take_visitor_typing, methods=["POST"]),
        Route("/seen", take_seen, methods=["POST"]),
        Route("/messages", list_messages, methods=["GET"]),
        Route("/stream", stream_messages, methods=["GET"]),
    ]
    return [
        Mount("/chat", routes=chat, middleware=[Middleware(CrossOrigin)]),
        Route("/hooks/{inbox_token}", take_hook, methods=["POST"]),
        Route("/systems/{system_token}", systems.take, methods=["POST"]),
        Route("/systems/{system_token}", systems.stand, methods=["HEAD"]),
        Route("/sms/twilio/{inbox_token}", take_twilio, methods=["POST"]),
        Route("/sms/gateway/{inbox_token}", take_gateway, methods=["POST"]),
        Route("/push/{inbox_token}", take_told, methods=["POST"]),
        Route("/voice/{inbox_token}", take_call, methods=["POST"]),
        Route("/l/{token}", follow, methods=["GET"]),
        Route("/files/{token}", serve_file, methods=["GET"]),
        Route("/whatsapp/{inbox_token}", whatsapp.verify, methods=["GET"]),
        Route("/whatsapp/{inbox_token}", whatsapp.take, methods=["POST"]),
        Route("/live/typing", take_agent_typing, methods=["POST"]),
        Route("/u/{mark}", show_unsubscribe, methods=["GET"]),
        Route("/u/{mark}", take_unsubscribe, methods=["POST"]),
        Route("/live/inbox", stream_inbox, methods=["GET"]),
        *_watching(),
        Route("/widget.js", serve_widget, methods=["GET"]),
        Route("/widget-more.js", serve_widget_more, methods=["GET"]),
        Route("/widget-push.js", serve_widget_push, methods=["GET"]),
        Route("/push-worker.js", serve_push_worker, methods=["GET"]),
        Route("/try/page.css", serve_trial_style, methods=["GET"]),
        Route("/try/page.js", serve_trial_script, methods=["GET"]),
        Route("/try/icon.svg", serve_trial_icon, methods=["GET"]),
        Route("/try/{inbox_token}", serve_trial, methods=["GET"]),
    ]
