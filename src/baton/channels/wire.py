"""One bounded request to a provider, and whether it can have arrived when it failed.

TLS verified, no redirect, no retry, no proxy of the environment: a provider's client
that tries again by itself would send a message twice.
"""

import base64
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

import certifi
import urllib3
from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
    SSLError,
)

from baton.channels import (
    Answer,
    ForbiddenPlaceError,
    HugeAnswerError,
    NotSentError,
    Request,
    UnclearError,
)
from baton.core import reach
from baton.runtime import outward
from baton.runtime.outward import ForbiddenPlace

_CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
_LONGEST_WAIT = timedelta(hours=1)
_SECONDS_DIGITS = 6
_PIECE = 65_536
_MOST_PLACES = 16
_MOST_RESTING = 40  # more than ask at a time (`config.wiring`), so that none is closed between


class _Judged(HTTPConnection):
    """A connection to where one may connect: what was judged is what is connected to."""

    @override
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _JudgedSecret(HTTPSConnection):
    """The same, encrypted."""

    @override
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _JudgedPool(HTTPConnectionPool):
    ConnectionCls = _Judged


class _JudgedSecretPool(HTTPSConnectionPool):
    ConnectionCls = _JudgedSecret


def _connected(one: HTTPConnection) -> socket.socket:
    patience = one.timeout if isinstance(one.timeout, float) else _CONNECT_SECONDS
    try:
        return outward.connect(
            one.host, one.port, timeout=patience, options=one.socket_options or ()
        )
    except ForbiddenPlace:
        told = f"{one.host} is in our own network, and BATON_OWN_NETWORK does not name it"
        raise ForbiddenPlaceError(told) from None
    except TimeoutError as error:
        raise ConnectTimeoutError(one, "no connection in time") from error
    except OSError as error:
        raise NewConnectionError(one, f"no connection: {error}") from error


class Wire:
    """A pool of connections to providers; safe to use from any thread.

    It reaches the public internet, and of one's own network what BATON_OWN_NETWORK names.
    `patience` is how many seconds an answer may take.
    """

    def __init__(self, *, patience: float = ANSWER_SECONDS) -> None:
        self._patience = patience
        self._pool = urllib3.PoolManager(
            num_pools=_MOST_PLACES,
            maxsize=_MOST_RESTING,
            ssl_context=trusted(),
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=patience),
        )
        self._pool.pool_classes_by_scheme = {"http": _JudgedPool, "https": _JudgedSecretPool}

    def ask(self, request: Request) -> Answer:
        """Make a request once; raises NotSentError or UnclearError."""
        until = time.monotonic() + self._patience + _CONNECT_SECONDS
        told = self._asked(request, self._place_of(request))
        try:
            return _answer_of(told, until, request.most)
        except UnclearError:
            told.close()  # what was not read to its end serves nobody again
            raise
        finally:
            told.release_conn()

    def close(self) -> None:
        """Close the connections; one that is in use ends with its answer."""
        self._pool.clear()

    def _place_of(self, request: Request) -> "_Place":
        """Return where a request goes."""
        return _Place(opener=self._pool, target=request.url)

    def _asked(self, request: Request, place: "_Place") -> urllib3.BaseHTTPResponse:
        """Return an answer whose body is still to be read."""
        own = {"User-Agent": "baton", **place.headers}
        try:
            return place.opener.urlopen(
                request.method,
                place.target,
                body=request.body or None,
                headers={**own, **request.headers, **_proof_of(request)},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
        except (NewConnectionError, ConnectTimeoutError, LocationValueError) as error:
            raise NotSentError(type(error).__name__) from None
        except HTTPError as error:
            is_stranger = isinstance(error, SSLError) and _is_unproven(error)
            raise (NotSentError if is_stranger else UnclearError)(type(error).__name__) from None
        except ValueError as error:  # a header that is none, found before a byte has left
            raise NotSentError(type(error).__name__) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Who opens a connection, and what is asked of whom there."""

    opener: urllib3.PoolManager | urllib3.HTTPConnectionPool
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)


class PublicWire(Wire):
    """A `Wire` for addresses that strangers name: it reaches the public internet alone.

    A name is looked up once, and the very number that was judged is connected to: a name
    that answers otherwise the second time leads nowhere else. With `allows_loopback` this
    very machine is reached too, for tests.
    """

    def __init__(self, *, patience: float = ANSWER_SECONDS, allows_loopback: bool = False) -> None:
        super().__init__(patience=patience)
        self._allows_loopback = allows_loopback

    @override
    def _place_of(self, request: Request) -> _Place:
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port
        is_secret = parts.scheme == "https"
        number = self._judged(host, port or (443 if is_secret else 80))
        proof = {"server_hostname": host, "assert_hostname": host} if is_secret else {}
        pool = self._pool.connection_from_host(number, port, parts.scheme, pool_kwargs=proof)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return _Place(opener=pool, target=target, headers={"Host": parts.netloc})

    def _judged(self, host: str, port: int) -> str:
        """Return the number of a host that may be reached; raises NotSentError."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotSentError(type(error).__name__) from None
        numbers = [str(one[4][0]) for one in found]
        if not numbers or not all(map(self._may_reach, numbers)):
            raise ForbiddenPlaceError(host)
        return numbers[0]

    def _may_reach(self, number: str) -> bool:
        if ipaddress.ip_address(number.partition("%")[0]).is_loopback:
            return self._allows_loopback
        return reach.is_public(number)


def _is_unproven(error: SSLError) -> bool:
    """Return whether the other end could not prove who it is, before anything was asked."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args)


def _proof_of(request: Request) -> dict[str, str]:
    if not request.user:
        return {}
    pair = f"{request.user}:{request.password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _answer_of(told: urllib3.BaseHTTPResponse, until: float, most: int) -> Answer:
    body = bytearray()
    for piece in _pieces_of(told):
        body += piece
        if len(body) > most:
            raise HugeAnswerError("a huge answer")
        if time.monotonic() > until:
            raise UnclearError("a dripping answer")
    return Answer(
        status=told.status,
        body=bytes(body),
        wait=_wait_of(told),
        location=told.headers.get("Location", ""),
        etag=told.headers.get("ETag", ""),
    )


def _pieces_of(told: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Yield a body as it comes."""
    try:
        while piece := told.read1(_PIECE, decode_content=False):
            yield piece
    except (HTTPError, OSError) as error:
        raise UnclearError(type(error).__name__) from None


def _wait_of(told: urllib3.BaseHTTPResponse) -> timedelta | None:
    """Read Retry-After in seconds; its form as a date is rare and left to the back-off."""
    seconds = told.headers.get("Retry-After", "").strip()
    if not seconds.isdecimal() or len(seconds) > _SECONDS_DIGITS:
        return None
    return min(timedelta(seconds=int(seconds)), _LONGEST_WAIT)


@lru_cache(maxsize=1)  # reading the authorities takes longer than asking
def trusted() -> ssl.SSLContext:
    """Trust what the machine trusts (its own authorities too) and what certifi lists."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
