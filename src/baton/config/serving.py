"""The server's application: ingress first, then Django; recorder and crew live with it."""

import asyncio
import logging
import os
import signal
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import FrameType
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from baton.config import wiring
from baton.config.settings import Part, Settings
from baton.config.watching import Watch, watch_by
from baton.ingress.app import create_app, create_watched
from baton.ingress.encryption import StrictTransport
from baton.ingress.gatehouse import Gatehouse, Pulse
from baton.ingress.mail_door import DoorSettings, open_door
from baton.runtime.loop import STOP, Loop
from baton.runtime.trial import Failed, tried
from baton.services.doors.mail_poll import MailPoll
from baton.services.house import House
from baton.services.reading.readiness import Readiness
from baton.services.reading.workshop import workshop_of

_DJANGO_THREADS = 8
_WARM_AFTER_SECONDS = 0.5
_LOOK_SECONDS = 0.2  # how long a stop may have to wait for the reader, at a start
_MAIL_SECONDS = 3.0
_log = logging.getLogger(__name__)
_ENDINGS = (signal.SIGTERM, signal.SIGINT)


_NOBODY = Watch()


class CrewThreads:
    """This process's worker and senders, in a thread each, whose pulse can be felt.

    What agents write is sent at once, also while a batch is read; what contacts write
    waits until the readers are ready.
    """

    def __init__(
        self,
        house: House,
        *,
        owner: str,
        on_ready: Callable[[], None],
        is_alone: bool = False,
        watch: Watch = _NOBODY,
    ) -> None:
        self._house = house
        self._owner = owner
        self._stop = threading.Event()
        self._last_seen_at: datetime | None = None
        self._readiness = Readiness(house, on_ready=on_ready)
        crew = wiring.crew_of(house, owner=owner)
        self._crew = crew
        self._worker = crew.worker
        deciding = replace(crew.deciding, turns=(watch.timed("worker", self._decide), self._beat))
        self._threads = [
            threading.Thread(
                target=loop.run_until,
                args=(self._stop, house.bell),
                name=f"{name}-{owner}",
                daemon=True,
            )
            for name, loop in _with_readiness(crew, deciding, watch, is_alone=is_alone).items()
        ]
        self._poll = MailPoll(house=house, owner=owner)
        self._threads.append(
            threading.Thread(target=self._look_for_mail, name=f"mail-{owner}", daemon=True)
        )

    def start(self) -> None:
        """Begin to work."""
        self._readiness.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the turns at hand, then end; gives the caller's connection back too."""
        self._stop.set()
        self._house.bell.ring(STOP)
        for thread in self._threads:
            thread.join()
        self._crew.close()
        # Whoever takes over a duty of this process need not wait until its lease ends.
        tried(lambda: self._house.engine.leases.release_all(self._owner))
        self._house.engine.close()

    def pulse(self) -> Pulse:
        """Return whether the crew works, and when it last looked for work."""
        return Pulse(
            is_running=all(thread.is_alive() for thread in self._threads),
            last_seen_at=self._last_seen_at,
            reader=self._readiness.state,
        )

    def _decide(self) -> int:
        return self._worker.run_once() if self._readiness.wait(_LOOK_SECONDS) else 0

    def _look_for_mail(self) -> None:
        """Look into the mailboxes until told to stop; a slow server keeps nobody else waiting."""
        while not self._stop.wait(_MAIL_SECONDS):
            outcome = tried(self._poll.run_once)
            if isinstance(outcome, Failed):
                _log.error("the mailboxes could not be read: %s", outcome.reason)
            self._house.engine.close()

    def _beat(self) -> int:
        self._last_seen_at = self._house.clock.now()
        return 0


def _with_readiness(
    crew: wiring.Crew, deciding: Loop, watch: Watch, *, is_alone: bool
) -> dict[str, Loop]:
    loops = crew.loops_of_worker if is_alone else crew.loops
    return {
        name: deciding
        if loop.boxes == deciding.boxes
        else replace(loop, turns=tuple(watch.timed(name, turn) for turn in loop.turns))
        for name, loop in loops.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """How a process meets the world.

    Attributes:
        part: a web server decides nothing; a worker takes and shows nothing.
        refuse_after: how late waiting work may be until senders are asked to come again.
        mail_door: where mail is taken straight from other servers.
        metrics: who may read /metrics, by a token or "open"; "" offers and counts nothing.
        traces: the collector that spans go to; "" makes none.
        is_encrypted: whether people reach it by https, and browsers are told to do no other.
    """

    part: Part = Part.ALL
    refuse_after: timedelta | None = None
    mail_door: DoorSettings | None = None
    metrics: str = ""
    traces: str = ""
    is_encrypted: bool = False


_WHOLE = Front()

Companion = Callable[[House, threading.Event], threading.Thread | None]
"""Starts a thread that lives as long as the server: the demo's traffic, the daily backup."""


def create_application(
    build_house: Callable[[], House],
    *,
    front: Front = _WHOLE,
    companions: Sequence[Companion] = (),
    on_ready: Callable[[], None] = lambda: None,
) -> Starlette:
    """Return the whole application; the house is built when the server starts.

    `on_ready` is called once, when the crew's readers are there. A web server has no crew, and a
    worker shows strangers nothing but its state.
    """
    watch = watch_by(front.metrics, front.traces)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        house = await asyncio.to_thread(_built, build_house)
        is_alone = front.part is Part.WORKER
        crew = None
        if front.part is not Part.WEB:
            crew = CrewThreads(
                house, owner=process_name(), on_ready=on_ready, is_alone=is_alone, watch=watch
            )
        gatehouse = Gatehouse(house, crew=crew, refuse_after=front.refuse_after)
        app.state.gatehouse = gatehouse
        with wiring.hearing_others(house), _ending_streams(gatehouse):
            gatehouse.open()
            if crew:
                crew.start()
            closing = threading.Event()
            for companion in companions:
                await asyncio.to_thread(companion, house, closing)
            warming = threading.Thread(target=_warm_pages, name="warming", daemon=True)
            if front.part is not Part.WORKER:
                asyncio.get_running_loop().call_later(_WARM_AFTER_SECONDS, warming.start)
            async with open_door(gatehouse, front.mail_door) if front.mail_door else nullcontext():
                yield
            closing.set()
            gatehouse.close_streams()
            if crew:
                await asyncio.to_thread(crew.stop)
            await asyncio.to_thread(workshop_of(house).give_up)
            await asyncio.to_thread(gatehouse.close)
            await asyncio.to_thread(watch.close)

    if front.part is Part.WORKER:
        return create_watched(lifespan, metrics=watch.metrics)
    # Both are typed by protocols of their own, which name the same calls differently.
    django = cast(
        "ASGIApp", WSGIMiddleware(cast("WSGIApp", get_wsgi_application()), _DJANGO_THREADS)
    )
    return create_app(
        lifespan, rest=django, metrics=watch.metrics, middleware=_middleware_of(front, watch)
    )


def _middleware_of(front: Front, watch: Watch) -> list[Middleware]:
    strict = [Middleware(StrictTransport)] if front.is_encrypted else []
    return [*watch.middleware(), *strict]


def front_of(settings: Settings) -> Front:
    """Return how the process of these settings meets the world."""
    door = None if settings.part is Part.WORKER else _door_of(settings)
    return Front(
        part=settings.part,
        refuse_after=settings.refuse_after,
        mail_door=door,
        metrics=settings.metrics,
        traces=settings.traces,
        is_encrypted=settings.base_url.startswith("https://"),
    )


def _door_of(settings: Settings) -> DoorSettings | None:
    if settings.smtp_listen is None:
        return None
    host, port = settings.smtp_listen
    tls = None
    if settings.smtp_certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(settings.smtp_certificate)
    return DoorSettings(host=host, port=port, tls=tls)


def _warm_pages() -> None:
    """Import what pages are made of once the doors are open: the first visitor need not wait."""
    _ = get_resolver().url_patterns


def _built(build_house: Callable[[], House]) -> House:
    """Build the house away from the event loop, where the database may be asked."""
    house = build_house()
    house.engine.close()  # this thread's connection
    return house


@contextmanager
def _ending_streams(gatehouse: Gatehouse) -> Iterator[None]:
    """End the live streams as soon as the server is told to stop.

    A server waits for open connections before it shuts an application down, and a
    stream stays open until somebody ends it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    earlier = {number: signal.getsignal(number) for number in _ENDINGS}

    def end(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(gatehouse.close_streams)
        before = earlier[signal.Signals(number)]
        if callable(before):
            before(number, frame)

    for number in _ENDINGS:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, before in earlier.items():
            signal.signal(number, before)


def process_name() -> str:
    """Return how this process calls itself in claims and leases."""
    return f"{socket.gethostname()}-{os.getpid()}"
