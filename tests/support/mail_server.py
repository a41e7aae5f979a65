"""A real SMTP server on this machine that takes mail, or answers as it is told."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "hello@fit.example", "a secret"


@dataclass(slots=True)
class Taken:
    """One message as the server got it."""

    sender: str
    recipients: list[str]
    raw: bytes
    user: str

    @property
    def parsed(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass(slots=True)
class MailServer:
    """What it says at MAIL, RCPT and DATA; "hang" says nothing, "drop" closes the line."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    port: int = 0
    tries: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.tries += 1
        return await self._said(server, "MAIL")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._said(server, "RCPT")

    async def handle_DATA(  # noqa: N802 - likewise
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        said = await self._said(server, "DATA")
        if said.startswith("250") and envelope.original_content is not None:
            self.taken.append(
                Taken(
                    sender=str(envelope.mail_from),
                    recipients=list(envelope.rcpt_tos),
                    raw=envelope.original_content,
                    user=str(session.auth_data),
                )
            )
        return said

    async def _said(self, server: SMTP, verb: str) -> str:
        answer = self.answers.get(verb, "250 2.0.0 Ok")
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop":
            assert server.transport is not None
            server.transport.close()
        return answer


def _believed(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, proof: object
) -> AuthResult:
    assert isinstance(proof, LoginPassword)
    is_known = (proof.login, proof.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(
        success=is_known, handled=is_known, auth_data=proof.login.decode() if is_known else None
    )


@contextmanager
def running(*, tls: ssl.SSLContext | None = None, at_once: bool = False) -> Iterator[MailServer]:
    """Run a server; with `tls` it offers STARTTLS and wants a sign-in, or TLS `at_once`."""
    server = MailServer()
    given: dict[str, Any] = {"hostname": "mail.test"}
    if tls and not at_once:
        given |= {"authenticator": _believed, "auth_required": True, "tls_context": tls}
    loop = asyncio.new_event_loop()
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(server, loop=loop, **given))
        return sessions[-1]

    listening = loop.run_until_complete(
        loop.create_server(session, "127.0.0.1", 0, ssl=tls if at_once else None)
    )
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_closed(listening, sessions), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _closed(listening: asyncio.Server, sessions: list[SMTP]) -> None:
    """Close a server with all that still goes on at it."""
    listening.close()
    for session in sessions:
        if session.transport is not None:
            session.transport.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # aborted lines are closed at the loop's next round
