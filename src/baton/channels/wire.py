"""One bounded request to a provider, and whether it can have arrived when it failed.

TLS verified, no redirect, no retry, no proxy of the environment: a provider's client
that tries again by itself would send a message twice. The standard library's client does
none of that, and takes a quarter of the time of those that can.
"""

import base64
import http.client
import select
import ssl
import threading
import time
from datetime import timedelta
from functools import lru_cache
from urllib.parse import quote, urlsplit

import certifi

from baton.channels import Answer, HugeAnswerError, NotSentError, Request, UnclearError

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_LONGEST_WAIT = timedelta(hours=1)
_SECONDS_DIGITS = 6
_PIECE = 65_536
# A connection that rested is asked again soon or not at all: its other end may be closing it.
_REST_SECONDS = 5.0
_MOST_RESTING = 8
_IN_A_PATH = "/?%:@!$&'()*+,;=-._~"  # what stands in a path and query as it is

Place = tuple[str, str, int | None]  # scheme, host, port


class Wire:
    """A pool of connections to providers; safe to use from any thread.

    `patience` is how many seconds an answer may take.
    """

    def __init__(self, *, patience: float = _ANSWER_SECONDS) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        # What is open and unused, by where it leads, with when it came to rest; the newest last.
        self._resting: dict[Place, list[tuple[float, http.client.HTTPConnection]]] = {}
        self._is_closed = False

    def ask(self, request: Request) -> Answer:
        """Make a request once; raises NotSentError or UnclearError."""
        place, path = _place_of(request.url)
        connection = self._taken(place) or self._connected(place)
        try:
            answer = self._asked(connection, path, request)
        except BaseException:
            connection.close()
            raise
        self._leave(place, connection)
        return answer

    def close(self) -> None:
        """Close the connections; one that is in use ends with its answer."""
        with self._lock:
            self._is_closed = True
            left = [connection for kept in self._resting.values() for _, connection in kept]
            self._resting.clear()
        for connection in left:
            connection.close()

    def _asked(self, connection: http.client.HTTPConnection, path: str, request: Request) -> Answer:
        until = time.monotonic() + self._patience + _CONNECT_SECONDS
        headers = {"User-Agent": "baton", **request.headers, **_proof_of(request)}
        try:
            connection.request(request.method, path, request.body or None, headers)
        except (ValueError, http.client.InvalidURL) as error:  # found before a byte has left
            raise NotSentError(type(error).__name__) from None
        except OSError as error:
            raise UnclearError(type(error).__name__) from None
        try:
            with connection.getresponse() as told:
                return _answer_of(told, until, request.most)
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise UnclearError(type(error).__name__) from None

    def _taken(self, place: Place) -> http.client.HTTPConnection | None:
        """Return a connection that rests and still stands, if there is one."""
        while True:
            with self._lock:
                kept = self._resting.get(place)
                if not kept:
                    return None
                rested_at, connection = kept.pop()
            if time.monotonic() - rested_at < _REST_SECONDS and not _has_word(connection):
                return connection
            connection.close()

    def _connected(self, place: Place) -> http.client.HTTPConnection:
        scheme, host, port = place
        try:
            connection = (
                http.client.HTTPSConnection(host, port, timeout=_CONNECT_SECONDS, context=trusted())
                if scheme == "https"
                else http.client.HTTPConnection(host, port, timeout=_CONNECT_SECONDS)
            )
            connection.connect()
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise NotSentError(type(error).__name__) from None
        connection.sock.settimeout(self._patience)
        return connection

    def _leave(self, place: Place, connection: http.client.HTTPConnection) -> None:
        """Let a connection rest, unless its answer ended it or there are enough."""
        with self._lock:
            kept = self._resting.setdefault(place, [])
            may_rest = not self._is_closed and len(kept) < _MOST_RESTING
            if may_rest and connection.sock is not None:
                kept.append((time.monotonic(), connection))
                return
        connection.close()


def _place_of(url: str) -> tuple[Place, str]:
    """Return where a request goes, and what it asks for there."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        raise NotSentError("InvalidURL") from None
    if scheme not in ("http", "https") or not host:
        raise NotSentError("InvalidURL")
    query = f"?{parts.query}" if parts.query else ""
    return (scheme, host, port), quote((parts.path or "/") + query, safe=_IN_A_PATH)


def _proof_of(request: Request) -> dict[str, str]:
    if not request.user:
        return {}
    pair = f"{request.user}:{request.password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _has_word(connection: http.client.HTTPConnection) -> bool:
    """Return whether something came unasked: an end, or what belongs to no question."""
    readable, _, _ = select.select([connection.sock], [], [], 0)
    return bool(readable)


def _answer_of(told: http.client.HTTPResponse, until: float, most: int) -> Answer:
    body = bytearray()
    while piece := told.read1(_PIECE):
        body += piece
        if len(body) > most:
            raise HugeAnswerError("a huge answer")
        if time.monotonic() > until:
            raise UnclearError("a dripping answer")
    if told.length:
        raise UnclearError("a cut answer")
    return Answer(
        status=told.status,
        body=bytes(body),
        wait=_wait_of(told),
        location=told.getheader("Location", ""),
    )


def _wait_of(told: http.client.HTTPResponse) -> timedelta | None:
    """Read Retry-After in seconds; its form as a date is rare and left to the back-off."""
    seconds = told.getheader("Retry-After", "").strip()
    if not seconds.isdecimal() or len(seconds) > _SECONDS_DIGITS:
        return None
    return min(timedelta(seconds=int(seconds)), _LONGEST_WAIT)


@lru_cache(maxsize=1)  # reading the authorities takes longer than asking
def trusted() -> ssl.SSLContext:
    """Trust what the machine trusts (its own authorities too) and what certifi lists."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
