"""A mailbox read over IMAP: what is new since a place in it, each message once.

A message is marked as read only after whoever takes it has stored it, so what is lost
half-way is fetched again. Nothing is moved and nothing deleted.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta

from baton.channels.email import parsing
from baton.channels.email.session import PATIENCE, NoSessionError, trouble
from baton.channels.email.settings import Security, Server
from baton.runtime import outward

BATCH = 50
"""Messages taken in one look at most: others' turn comes too."""

_LOOKS_BACK = timedelta(days=2)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_NUMBER = re.compile(rb"(\d{1,12})")
_TOO_LARGE = b"\r\n\r\n[an email that is too large to be taken]\r\n"
_FROM = re.compile(rb"^(?:from|subject|message-id|auto-submitted|precedence):.*(?:\r?\n[ \t].*)*",
                   re.IGNORECASE | re.MULTILINE)  # fmt: skip
_Errors = (imaplib.IMAP4.error, OSError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a mailbox has been read: its UIDs mean something while `validity` stays."""

    validity: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One folder of one account; `patience` is in seconds."""

    server: Server
    folder: str
    trust: ssl.SSLContext
    patience: float = PATIENCE

    def find_problem(self) -> str:
        """Return what keeps the folder from being read, in plain words; "" when nothing does."""
        try:
            with self._opened():
                return ""
        except NoSessionError as error:
            return error.words

    def read_new(self, since: Place | None, take: Callable[[bytes], None], *, today: date) -> Place:
        """Hand over what has come since a place, oldest first; return how far it was read.

        Without a place it begins behind what is there: nobody wants an answer to the mail of
        years. Where UIDs have changed their meaning it looks at what is unread of the last days,
        which whoever takes it may know already. Raises NoSessionError.
        """
        with self._opened() as session:
            try:
                return self._read(session, since, take, today)
            except _Errors as error:
                raise trouble(self.server, error) from None

    def _read(
        self,
        session: imaplib.IMAP4,
        since: Place | None,
        take: Callable[[bytes], None],
        today: date,
    ) -> Place:
        validity, behind = _number(session, "UIDVALIDITY"), _number(session, "UIDNEXT") - 1
        if since is None:
            return Place(validity=validity, last=behind)
        is_same = since.validity == validity
        last = since.last if is_same else 0
        wanted = f"UID {last + 1}:*" if is_same else f"UNSEEN SINCE {_told(today - _LOOKS_BACK)}"
        uids = sorted(uid for uid in _found(session, wanted) if uid > last)
        for uid in uids[:BATCH]:
            raw = _message(session, uid)
            if raw is not None:
                take(raw)
                session.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
            last = uid
        is_done = len(uids) <= BATCH
        return Place(validity=validity, last=max(last, behind) if is_done else last)

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        try:
            session = _signed_in(self.server, self.trust, self.patience)
        except _Errors as error:
            raise _words_of(self.server, error) from None
        try:
            self._select(session)
            yield session
        finally:
            with suppress(*_Errors):
                session.logout()

    def _select(self, session: imaplib.IMAP4) -> None:
        quoted = self.folder.replace("\\", "\\\\").replace('"', '\\"')
        try:
            told, _data = session.select(f'"{quoted}"')
        except _Errors as error:
            raise trouble(self.server, error) from None
        if told != "OK":
            words = f"{self.server.host} has no folder “{self.folder}” for this user."
            raise NoSessionError(words, is_setting=True)


def _told(day: date) -> str:
    """Return a day as IMAP writes it, in English wherever this runs."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"


class _Judged(imaplib.IMAP4):
    """Connects to where one may connect alone."""

    # Not in the types of the standard library, and where both of its classes connect.
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return outward.connect(self.host, self.port, timeout=timeout)


class _JudgedTls(imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte on."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        opened = outward.connect(self.host, self.port, timeout=timeout)
        trust: ssl.SSLContext = self.ssl_context
        return trust.wrap_socket(opened, server_hostname=self.host)


def _signed_in(server: Server, trust: ssl.SSLContext, patience: float) -> imaplib.IMAP4:
    session: imaplib.IMAP4
    if server.security is Security.TLS:
        session = _JudgedTls(server.host, server.port, ssl_context=trust, timeout=patience)
    else:
        session = _Judged(server.host, server.port, timeout=patience)
    try:
        if server.security is Security.STARTTLS:
            session.starttls(trust)
        session.login(server.user, server.password)
    except BaseException:
        with suppress(OSError):  # it may be broken already, and says so
            session.shutdown()
        raise
    return session


def _words_of(server: Server, error: Exception) -> NoSessionError:
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
        words = f"{server.host} does not accept this user with this password."
        if "TLS" in str(error).upper():
            words = f"{server.host}:{server.port} offers no STARTTLS. 993 is mostly for TLS."
        return NoSessionError(words, is_setting=True)
    return trouble(server, error)


def _number(session: imaplib.IMAP4, name: str) -> int:
    """Return what the server said of the folder as it was opened, 0 when it did not."""
    _name, data = session.response(name)
    told = data[0] if data else None
    found = _NUMBER.search(told) if isinstance(told, bytes) else None
    return int(found[1]) if found else 0


def _found(session: imaplib.IMAP4, wanted: str) -> list[int]:
    _told, data = session.uid("SEARCH", wanted)
    told = data[0] if data else b""
    return [int(uid) for uid in told.split() if uid.isdigit()] if isinstance(told, bytes) else []


def _message(session: imaplib.IMAP4, uid: int) -> bytes | None:
    """Return a message, or its head with a note when it is too large; None when it has gone."""
    _told, data = session.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = _SIZE.search(b" ".join(_flat(data)))
    if size is None:
        return None
    is_large = int(size[1]) > parsing.MAX_BYTES
    _told, data = session.uid(
        "FETCH", str(uid), "(BODY.PEEK[HEADER])" if is_large else "(BODY.PEEK[])"
    )
    content = next((one[1] for one in data if isinstance(one, tuple)), None)
    if not isinstance(content, bytes) or not is_large:
        return content if isinstance(content, bytes) else None
    return b"\r\n".join(one[0].strip() for one in _FROM.finditer(content)) + _TOO_LARGE


def _flat(data: list[object]) -> Iterator[bytes]:
    for one in data:
        if isinstance(one, bytes):
            yield one
        elif isinstance(one, tuple):
            yield from (part for part in one if isinstance(part, bytes))
