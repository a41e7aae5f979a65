"""The door for mail: an SMTP server that takes what is for a connected mailbox, and nothing else.

It relays nothing and knows no users. Whoever writes to an address that is not here is told so
at once, and no message is confirmed before it is stored.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

from baton.channels.email import parsing
from baton.ingress.gatehouse import Gatehouse, line_of
from baton.ingress.refusal import Refusal
from baton.runtime.ports import Arrival
from baton.services.doors import mailing

_log = logging.getLogger(__name__)
_MAX_SESSIONS = 100  # strangers hold no more lines than these
_MAX_SESSIONS_OF_ONE = 20
_MAX_RECIPIENTS = 20
_PATIENCE = 60.0  # seconds that a sender may be silent
_ADDRESS = re.compile(r"[\x21-\x7e]{3,254}")
_NOBODY = "550 5.1.1 No such mailbox here"
_LATER = "451 4.3.0 Try again later"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """Where the door stands; with `tls` it offers STARTTLS."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


@asynccontextmanager
async def open_door(gatehouse: Gatehouse, settings: DoorSettings) -> AsyncIterator[int]:
    """Take mail while the context lasts; yields the port."""
    loop = asyncio.get_running_loop()
    handler = MailHandler(gatehouse)
    sessions: set[_Line] = set()

    def line() -> _Line:
        return _Line(handler, sessions, loop, settings.tls)

    server = await loop.create_server(line, settings.host, settings.port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for session in list(sessions):
            session.hang_up()
        await server.wait_closed()


class MailHandler:
    """What is said to each command; its methods' names are aiosmtpd's."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def handle_RCPT(  # noqa: N802 - see the class
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient who is here."""
        if len(envelope.rcpt_tos) >= _MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        gatehouse = self._gatehouse
        if not _ADDRESS.fullmatch(address) or not await gatehouse.threads.run(
            mailing.find_mailbox, gatehouse.house, address
        ):
            return _NOBODY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - see the class
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Store a message for each mailbox that it is for; only then it is confirmed."""
        raw = envelope.original_content
        if raw is None:
            return _LATER
        try:
            for address in envelope.rcpt_tos:
                await self._store(address, _with_envelope(envelope, address, raw))
        except Refusal:
            return _LATER
        return "250 2.0.0 Taken"

    async def handle_exception(self, error: Exception) -> str:
        """Let the sender come again: a 500 would make it give the message up, and tells why."""
        _log.error("the door for mail failed: %s", type(error).__name__)
        return _LATER

    async def _store(self, address: str, raw: bytes) -> None:
        gatehouse = self._gatehouse
        arrival = await gatehouse.threads.run(_arrival_of, gatehouse, address, raw)
        if arrival:
            await gatehouse.record(arrival)


class _Line(SMTP):
    """One connection; those beyond the limit are closed before a word is said."""

    def __init__(
        self,
        handler: MailHandler,
        others: "set[_Line]",
        loop: asyncio.AbstractEventLoop,
        tls: ssl.SSLContext | None,
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=parsing.MAX_BYTES,
            hostname="baton",
            ident="ESMTP",
            timeout=_PATIENCE,
            tls_context=tls,
            loop=loop,
        )
        self._others = others
        self.line = ""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self not in self._others:  # else it is the same one, which speaks TLS from here on
            self.line = line_of(transport.get_extra_info("peername")[0])
            if not self._has_room():
                transport.close()
                return
            self._others.add(self)
        super().connection_made(transport)

    @override
    def connection_lost(self, error: Exception | None) -> None:
        if self in self._others:
            self._others.discard(self)
            super().connection_lost(error)

    def _has_room(self) -> bool:
        """Return whether one more is taken: nobody shuts others out by holding all of them."""
        own = sum(other.line == self.line for other in self._others)
        return own < _MAX_SESSIONS_OF_ONE and len(self._others) < _MAX_SESSIONS

    def hang_up(self) -> None:
        """End the connection: the door closes."""
        if self.transport is not None:
            self.transport.close()


def _arrival_of(gatehouse: Gatehouse, address: str, raw: bytes) -> Arrival | None:
    mailbox = mailing.find_mailbox(gatehouse.house, address)
    return mailing.arrival_of(gatehouse.house, mailbox, raw) if mailbox else None


def _with_envelope(envelope: Envelope, address: str, raw: bytes) -> bytes:
    """Return a message with what its envelope says above it, as every mail server does."""
    sender = envelope.mail_from or ""
    shown = sender if not sender or _ADDRESS.fullmatch(sender) else "unknown"
    return f"Return-Path: <{shown}>\r\nDelivered-To: {address}\r\n".encode() + raw
