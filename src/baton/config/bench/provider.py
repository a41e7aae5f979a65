"""A provider on loopback that takes every message at once: a process of its own.

It answers as Twilio does when a message is created, and does nothing else, so that what
is measured is the sender. It prints its port, and ends with its input.
"""

import asyncio
import itertools
import re
import sys

from typing_extensions import override

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


class _Taking(asyncio.Protocol):
    """One connection, which stays open from request to request."""

    numbers = itertools.count(1)

    def __init__(self) -> None:
        self._transport: asyncio.BaseTransport | None = None
        self._heard = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._heard += data
        while self._is_whole():
            body = b'{"sid":"SM%032x","status":"queued"}' % next(self.numbers)
            head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
            if isinstance(self._transport, asyncio.WriteTransport):
                self._transport.write(head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def _is_whole(self) -> bool:
        """Take one request from what was heard; return whether there was a whole one."""
        head, end, rest = self._heard.partition(_END)
        length = _LENGTH.search(head)
        needed = int(length[1]) if length else 0
        if not end or len(rest) < needed:
            return False
        self._heard = rest[needed:]
        return True


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Taking, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - whom to ask
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
