"""One bounded request to a provider, and whether it can have arrived when it failed.

TLS verified, no redirect, no retry, no proxy of the environment: a provider's client
that tries again by itself would send a message twice.
"""

import base64
import ssl
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

import certifi
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
    SSLError,
)

from baton.channels import Answer, HugeAnswerError, NotSentError, Request, UnclearError

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_LONGEST_WAIT = timedelta(hours=1)
_SECONDS_DIGITS = 6
_PIECE = 65_536
_MOST_PLACES = 16
_MOST_RESTING = 8


class Wire:
    """A pool of connections to providers; safe to use from any thread.

    `patience` is how many seconds an answer may take.
    """

    def __init__(self, *, patience: float = _ANSWER_SECONDS) -> None:
        self._patience = patience
        self._pool = urllib3.PoolManager(
            num_pools=_MOST_PLACES,
            maxsize=_MOST_RESTING,
            ssl_context=trusted(),
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=patience),
        )

    def ask(self, request: Request) -> Answer:
        """Make a request once; raises NotSentError or UnclearError."""
        until = time.monotonic() + self._patience + _CONNECT_SECONDS
        told = self._asked(request)
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

    def _asked(self, request: Request) -> urllib3.BaseHTTPResponse:
        """Return an answer whose body is still to be read."""
        try:
            return self._pool.urlopen(
                request.method,
                request.url,
                body=request.body or None,
                headers={"User-Agent": "baton", **request.headers, **_proof_of(request)},
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
