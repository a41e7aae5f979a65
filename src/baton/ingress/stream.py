"""Live streams as server-sent events (https://html.spec.whatwg.org/#server-sent-events).

A stream listens before it reads, so that nothing falls between; a ring only says
"look again", and a heartbeat looks again too, in case a ring was missed.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from baton.ingress.chat import after_of, render_message
from baton.ingress.gatehouse import CLOSING, Gatehouse, address_of, gatehouse_of
from baton.ingress.origins import require_allowed_origin
from baton.ingress.refusal import Refusal
from baton.ingress.wire import StateOut
from baton.runtime.bell import AsyncEar
from baton.services import notices, sign_in
from baton.services.desk import watching
from baton.services.doors import chat, presence
from baton.services.doors.chat import Visit
from baton.services.sign_in import SignedIn

HEARTBEAT_SECONDS = 15
_BEAT = b": beat\n\n"
_BEGIN = b"retry: 2000\n\n"  # milliseconds until a browser's own client comes back
_TYPING_EVENT = b"event: typing\ndata: {}\n\n"
_SEEN_EVENT = b"event: seen\ndata: {}\n\n"
_NOTICE_EVENT = b"event: notice\ndata: {}\n\n"
_INBOX_EVENT = b"event: inbox\ndata: {}\n\n"
_INBOX_PAUSE_SECONDS = 0.25  # a busy workspace redraws an inbox four times a second at most
_PAGE = 100
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # or nginx gathers events before it passes them on
}


async def stream_messages(request: Request) -> Response:
    """Stream a visitor's conversation as it becomes visible to them."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    view = _View(after_of(request))
    return await _streaming(_messages(gatehouse, visit, address_of(request), view))


async def stream_inbox(request: Request) -> Response:
    """Tell a member of staff whenever something in their workspace changed."""
    gatehouse = gatehouse_of(request)
    session_key = request.cookies.get(sign_in.cookie_name(), "")
    person = await _signed_in(gatehouse, session_key)
    if person is None:
        raise Refusal(401, "not_signed_in", "Sign in first.")
    talk = request.query_params.get("talk", "")
    lane = talk and await gatehouse.threads.run(watching.lane_of, gatehouse.house, person, talk)
    return await _streaming(_inbox(gatehouse, person, session_key, lane))


async def _streaming(parts: AsyncIterator[bytes]) -> StreamingResponse:
    """Return a stream whose first part is ready: a refusal still becomes a plain response."""
    first = await anext(parts)

    async def all_parts() -> AsyncIterator[bytes]:
        yield first
        async for part in parts:
            yield part

    return StreamingResponse(all_parts(), media_type="text/event-stream", headers=_HEADERS)


async def _messages(
    gatehouse: Gatehouse, visit: Visit, address: str, view: "_View"
) -> AsyncIterator[bytes]:
    typing = presence.typing_topic(presence.BY_AGENT, visit.lane)
    seen = presence.seen_topic(visit.lane)
    window = chat.window_of(gatehouse.house, visit)
    topics = (f"lane:{window.lane}", f"lane:{window.push_lane}", CLOSING, typing, seen)
    place = gatehouse.visitor_stream(visit.visitor, address)
    with place, AsyncEar(gatehouse.house.bell, topics) as ear:
        yield _BEGIN
        heard: frozenset[str] = frozenset()
        while not gatehouse.is_closing:
            is_news = not heard or bool(heard - {typing, seen})
            if is_news and (fresh := await view.look(gatehouse, visit)):
                yield fresh
            if typing in heard:
                yield _TYPING_EVENT
            if seen in heard:
                yield _SEEN_EVENT
            heard = await ear.hear(HEARTBEAT_SECONDS)
            if not heard:
                yield _BEAT


class _View:
    """What one stream has shown, so that a second look shows only what is fresh."""

    def __init__(self, after: str) -> None:
        self._cursor = after
        self._shown: set[str] = set()
        self._state = StateOut(owner="", status="")

    async def look(self, gatehouse: Gatehouse, visit: Visit) -> bytes:
        """Read everything behind the cursor and return what was not shown before."""
        parts: list[bytes] = []
        after = self._cursor
        while True:
            feed = await gatehouse.threads.run(
                chat.read_feed, gatehouse.house, visit, after=after, limit=_PAGE
            )
            self._cursor = max(self._cursor, feed.cursor)
            for message in feed.messages:
                if message.id not in self._shown:
                    self._shown.add(message.id)
                    parts.append(_event("message", render_message(message), self._cursor))
            state = StateOut(owner=feed.owner, status=feed.status)
            if not after or len(feed.messages) < _PAGE:
                break
            after = feed.messages[-1].id
        if state != self._state:
            self._state = state
            parts.append(_event("state", state))
        self._shown = {shown for shown in self._shown if shown > self._cursor}
        return b"".join(parts)


async def _inbox(
    gatehouse: Gatehouse, person: SignedIn, session_key: str, lane: str
) -> AsyncIterator[bytes]:
    typing = presence.typing_topic(presence.BY_CONTACT, lane)
    own = notices.topic_of(person.user_id)
    topics = (f"workspace:{person.workspace_id}", CLOSING, typing, own)
    with gatehouse.staff_stream(person.user_id), AsyncEar(gatehouse.house.bell, topics) as ear:
        yield _BEGIN
        while not gatehouse.is_closing:
            heard = await ear.hear(HEARTBEAT_SECONDS)
            if heard:
                if typing in heard:
                    yield _TYPING_EVENT
                if own in heard:
                    yield _NOTICE_EVENT
                if heard - {typing, own}:
                    yield _INBOX_EVENT
                await asyncio.sleep(_INBOX_PAUSE_SECONDS)
            elif await _signed_in(gatehouse, session_key) == person:
                yield _BEAT
            else:
                return  # signed out meanwhile


async def _signed_in(gatehouse: Gatehouse, session_key: str) -> SignedIn | None:
    if not session_key:
        return None
    return await gatehouse.threads.run(sign_in.find_signed_in, session_key)


def _event(name: str, content: msgspec.Struct, cursor: str = "") -> bytes:
    place = f"id: {cursor}\n" if cursor else ""
    # JSON holds no raw line break, so one `data` line carries it whole.
    return f"event: {name}\n{place}data: ".encode() + msgspec.json.encode(content) + b"\n\n"
