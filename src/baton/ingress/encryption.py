"""Told to every browser: this server is asked over an encrypted connection, and no other way."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRICT = "max-age=31536000"
"""A year. Hosts below this one are the business's own affair, and are not spoken for."""


class StrictTransport:
    """Adds the header to every answer; it stands where the server's address is an https one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Strict-Transport-Security"] = STRICT
            await send(message)

        await self._app(scope, receive, telling if scope["type"] == "http" else send)
