"""What every route stands on: the house, the recorder, reading threads, limits and caches."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Protocol

from starlette.requests import Request

from baton.ingress.crowding import Crowding
from baton.ingress.limits import Places, SlidingWindow
from baton.ingress.refusal import Refusal, unavailable
from baton.ingress.threads import ReadingThreads
from baton.runtime.ports import Arrival
from baton.runtime.recorder import Overloaded, Recorder
from baton.services.doors import chat, provider_hooks
from baton.services.doors.chat import Entrance, Visit
from baton.services.doors.provider_hooks import ProviderEntrance
from baton.services.house import House
from baton.services.reading.readiness import ReaderState
from baton.services.workspace.standards import StandardsCache

CLOSING = "streams"
"""The topic that wakes every stream, so that it sees that the server stops."""

_ENTRANCE_LASTS = timedelta(seconds=5)
_MAX_ENTRANCES = 1_000
_MAX_VISITOR_STREAMS = 5_000
_MAX_STAFF_STREAMS = 1_000  # of their own: no crowd of visitors shuts the staff out
_MAX_STREAMS_OF_ONE = 10  # tabs and devices of one person
_MAX_STREAMS_OF_ADDRESS = 20  # people of one household or office
_MESSAGES_LIMIT = (20, timedelta(seconds=10))
_MESSAGES_LIMIT_OF_ADDRESS = (60, timedelta(seconds=10))
_ADDRESSES_LIMIT = (5, timedelta(minutes=10))
_SIGNS_LIMIT = (20, timedelta(seconds=20))
_UPLOADS_LIMIT = (20, timedelta(minutes=10))
_UPLOADS_LIMIT_OF_ADDRESS = (60, timedelta(minutes=10))
_MAX_UPLOADS = 12  # each is held whole while it comes in
_MAX_UPLOADS_OF_ONE = 3
_SESSIONS_LIMIT = (30, timedelta(seconds=60))
_LINKS_LIMIT = (60, timedelta(seconds=60))  # of one address: beyond it somebody tries tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Whether this process's worker runs, when it last looked for work, and whether it can read."""

    is_running: bool
    last_seen_at: datetime | None
    reader: ReaderState


class CrewPort(Protocol):
    """The worker of this process, seen from outside."""

    def pulse(self) -> Pulse:
        """Return its present state."""
        ...


class Gatehouse:
    """The parts that the routes share; lives as long as the application."""

    def __init__(
        self,
        house: House,
        *,
        crew: CrewPort | None = None,
        refuse_after: timedelta | None = None,
    ) -> None:
        self.house = house
        self.crew = crew
        self.recorder = Recorder(house.engine)
        self.threads = ReadingThreads(house.engine.close)
        self.messages_limit = SlidingWindow(*_MESSAGES_LIMIT)
        self.messages_limit_of_address = SlidingWindow(*_MESSAGES_LIMIT_OF_ADDRESS)
        self.addresses_limit = SlidingWindow(*_ADDRESSES_LIMIT)
        self.signs_limit = SlidingWindow(*_SIGNS_LIMIT)
        self.uploads_limit = SlidingWindow(*_UPLOADS_LIMIT)
        self.uploads_limit_of_address = SlidingWindow(*_UPLOADS_LIMIT_OF_ADDRESS)
        self.sessions_limit = SlidingWindow(*_SESSIONS_LIMIT)
        self.links_limit = SlidingWindow(*_LINKS_LIMIT)
        self.crowding = Crowding(house, self.threads, refuse_after)
        self.is_closing = False
        self._standards = StandardsCache(house)
        self._entrances: dict[str, tuple[datetime, Entrance]] = {}
        self._uploads = Places(_MAX_UPLOADS)
        self._visitor_streams = Places(_MAX_VISITOR_STREAMS)
        self._staff_streams = Places(_MAX_STAFF_STREAMS)

    def open(self) -> None:
        """Begin to store."""
        self.recorder.start()

    def close(self) -> None:
        """Store what waits, then give everything back."""
        self.recorder.stop()
        self.threads.stop()

    def close_streams(self) -> None:
        """Let every stream end, and no other begin."""
        self.is_closing = True
        self.threads.start(self.house.bell.ring, CLOSING)

    async def record(self, arrival: Arrival) -> bool:
        """Store a fact and return whether it was not known before; durable when it returns.

        Refuses with 503 while it cannot be stored, or while too much waits.
        """
        await self.crowding.require_room()
        try:
            future = self.recorder.record(arrival)
        except Overloaded as error:
            raise unavailable() from error
        return await asyncio.wrap_future(future)

    async def record_all(self, arrivals: Iterable[Arrival]) -> None:
        """Store facts in their order; all are durable when it returns. Refuses as `record`."""
        await self.crowding.require_room()
        try:
            futures = [self.recorder.record(arrival) for arrival in arrivals]
        except Overloaded as error:
            raise unavailable() from error
        await asyncio.gather(*(asyncio.wrap_future(future) for future in futures))

    async def entrance(self, token: str) -> Entrance:
        """Return the entrance of a public token; refuses with 404."""
        found = self._kept(token) or await self.threads.run(
            chat.find_entrance, self.house, self._standards, token
        )
        if found is None:
            raise unknown_inbox()
        return self._keep(token, found)

    async def provider_entrance(self, channel: str, provider: str, token: str) -> ProviderEntrance:
        """Return the inbox that a provider's webhook is for; refuses with 404."""
        found = await self.threads.run(
            provider_hooks.find_entrance, self.house, self._standards, channel, provider, token
        )
        if found is None:
            raise Refusal(404, "unknown_inbox", "No inbox is connected under this address.")
        return found

    async def visit(self, request: Request) -> tuple[Entrance, Visit]:
        """Return who calls, by the token in the header Authorization; refuses with 401."""
        visit = self.find_visit(request)
        if visit is None:
            raise _no_visit()
        found = self._kept(visit.inbox_id) or await self.threads.run(
            chat.find_entrance_of, self.house, self._standards, visit
        )
        if found is None or not found.is_open:
            raise _no_visit()
        return self._keep(visit.inbox_id, found), visit

    def find_visit(self, request: Request) -> Visit | None:
        """Return the visit that a request proves, or None."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return chat.find_visit(token.strip(), self.house.clock.now())

    def visitor_stream(self, visitor: str, address: str) -> AbstractContextManager[None]:
        """Count a visitor's stream while it runs; too many are refused with 503 or 429."""
        limits = {
            f"visitor:{visitor}": _MAX_STREAMS_OF_ONE,
            f"address:{address}": _MAX_STREAMS_OF_ADDRESS,
        }
        return self._stream(self._visitor_streams, limits)

    def staff_stream(self, user_id: str) -> AbstractContextManager[None]:
        """Count a stream of the staff while it runs; visitors' streams do not count here."""
        return self._stream(self._staff_streams, {user_id: _MAX_STREAMS_OF_ONE})

    @contextmanager
    def upload(self, visitor: str) -> Iterator[None]:
        """Count a file while it comes in; too many at once are refused with 503 or 429."""
        limits = {visitor: _MAX_UPLOADS_OF_ONE}
        if self.is_closing or self._uploads.is_full:
            raise unavailable()
        if not self._uploads.has_room(limits):
            raise Refusal(429, "too_many_uploads", "One file after the other.", retry_after=3)
        with self._uploads.taken(limits):
            yield

    @contextmanager
    def _stream(self, places: Places, limits: Mapping[str, int]) -> Iterator[None]:
        if self.is_closing or places.is_full:
            raise unavailable()
        if not places.has_room(limits):
            raise Refusal(429, "too_many_streams", "Close another window first.", retry_after=10)
        with places.taken(limits):
            yield

    def require_turn(self, window: SlidingWindow, key: str) -> None:
        """Count a call; refuses with 429 when its sender is too fast."""
        wait = window.wait_of(key, self.house.clock.now())
        if wait:
            seconds = max(1, round(wait.total_seconds() + 0.5))
            raise Refusal(
                429,
                "too_many_requests",
                f"That was too fast. Try again in {seconds} seconds.",
                retry_after=seconds,
            )

    def _kept(self, key: str) -> Entrance | None:
        until, entrance = self._entrances.get(key, (None, None))
        return entrance if until and self.house.clock.now() < until else None

    def _keep(self, key: str, entrance: Entrance) -> Entrance:
        if self._kept(key) is None:
            if len(self._entrances) >= _MAX_ENTRANCES:
                self._entrances.clear()
            self._entrances[key] = (self.house.clock.now() + _ENTRANCE_LASTS, entrance)
        return entrance


def gatehouse_of(request: Request) -> Gatehouse:
    """Return the application's gatehouse; refuses with 503 while there is none."""
    gatehouse = getattr(request.app.state, "gatehouse", None)
    if not isinstance(gatehouse, Gatehouse):
        raise unavailable()
    return gatehouse


def address_of(request: Request) -> str:
    """Return the network address that limits count: of IPv6, the part that one line is given."""
    return line_of(request.client.host if request.client else "")


def line_of(host: str) -> str:
    """Return the network address of one line, by that of a caller on it."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    # Whoever has one such address has all 2**64 that begin the same.
    return str(address.ipv4_mapped or address.exploded[:19])


def unknown_inbox() -> Refusal:
    """Return the refusal of a token that leads nowhere."""
    return Refusal(404, "unknown_inbox", "No inbox has this token. Copy the snippet again.")


def _no_visit() -> Refusal:
    return Refusal(
        401,
        "no_session",
        "Start a session with POST /chat/<inbox>/sessions and send its token as"
        " Authorization: Bearer <token>.",
    )
