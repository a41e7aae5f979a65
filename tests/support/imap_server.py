"""A real IMAP server on this machine, in a thread of the tests' own process: pymap, in memory."""

import asyncio
import imaplib
import ssl
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import Cleartext

USER, PASSWORD = "hello@fit.example", "a secret"


@dataclass(slots=True)
class ImapServer:
    """The server, and what its account's owner does by another client."""

    port: int

    def put(self, raw: bytes) -> None:
        with self._session() as session:
            told, _data = session.append("INBOX", "", "", raw)
            assert told == "OK"

    def flags(self) -> list[bool]:
        """Return of each message whether it is marked as read."""
        with self._session() as session:
            session.select("INBOX")
            _told, data = session.fetch("1:*", "(FLAGS)")
            return [b"\\Seen" in line for line in data if isinstance(line, bytes)]

    @contextmanager
    def _session(self) -> Iterator[imaplib.IMAP4]:
        session = imaplib.IMAP4("127.0.0.1", self.port)
        session.login(USER, PASSWORD)
        yield session
        session.logout()


@contextmanager
def running(tls: ssl.SSLContext) -> Iterator[ImapServer]:
    """Run a server that offers STARTTLS."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_served(tls))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield ImapServer(port=server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_closed(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _served(tls: ssl.SSLContext) -> asyncio.Server:
    given = Namespace(
        demo_data=False,
        demo_user=USER,
        demo_password=PASSWORD,
        host=None,
        port="0",
        debug=False,
        tls=True,
        cert=None,
        key=None,
        proxy_protocol=None,
        passlib_cfg=None,
        no_service=[],
    )
    backend, config = await DictBackend.init(
        given, ssl_context=tls, hash_context=Cleartext(), secure_auth=False, invalid_user_sleep=0.0
    )
    reader = ProxyProtocolReader(config.proxy_protocol)
    session = reader.get_callback(IMAPServer(backend.login, config))
    return await asyncio.start_server(session, "127.0.0.1", 0)


async def _closed(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)
