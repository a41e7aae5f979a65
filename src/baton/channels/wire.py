"""One bounded request to a provider, and whether it can have arrived when it failed.

TLS verified, no redirect, no retry, no proxy of the environment: a provider's client
that tries again by itself would send a message twice.
"""

import ssl
import time
from datetime import timedelta
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import certifi
import httpx

from baton.channels import Answer, HugeAnswerError, NotSentError, Request, UnclearError

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_LONGEST_WAIT = timedelta(hours=1)
_SECONDS_DIGITS = 6


class Wire:
    """A pool of connections to providers; safe to use from any thread.

    `patience` is how many seconds an answer may take.
    """

    def __init__(self, *, patience: float = _ANSWER_SECONDS) -> None:
        self._patience = patience
        self._client = httpx.Client(
            verify=trusted(),
            follow_redirects=False,
            trust_env=False,  # no proxy and no .netrc that somebody set for other programs
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # An answer is counted as it comes; a packed one could be a thousand times larger.
            headers={"Accept-Encoding": "identity", "User-Agent": "baton"},
            timeout=httpx.Timeout(patience, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
        )

    def ask(self, request: Request) -> Answer:
        """Make a request once; raises NotSentError or UnclearError."""
        proof = (request.user, request.password) if request.user else None
        until = time.monotonic() + self._patience + _CONNECT_SECONDS
        try:
            with self._client.stream(
                request.method,
                request.url,
                content=request.body,
                headers=dict(request.headers),
                auth=proof,
            ) as answer:
                body = _body_of(answer, until, request.most)
                return Answer(
                    status=answer.status_code,
                    body=body,
                    wait=_wait_of(answer),
                    location=answer.headers.get("location", ""),
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSentError(type(error).__name__) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NotSentError(type(error).__name__) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise UnclearError(type(error).__name__) from None
        except RuntimeError:  # the client was closed meanwhile, perhaps half-way
            raise UnclearError("closed") from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _body_of(answer: httpx.Response, until: float, most: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > most:
            raise HugeAnswerError("a huge answer")
        if time.monotonic() > until:
            raise UnclearError("a dripping answer")
    return bytes(body)


def _wait_of(answer: httpx.Response) -> timedelta | None:
    """Read Retry-After in seconds; its form as a date is rare and left to the back-off."""
    told = answer.headers.get("retry-after", "").strip()
    if not told.isdecimal() or len(told) > _SECONDS_DIGITS:
        return None
    return min(timedelta(seconds=int(told)), _LONGEST_WAIT)


@lru_cache(maxsize=1)  # reading the authorities takes longer than asking
def trusted() -> ssl.SSLContext:
    """Trust what the machine trusts (its own authorities too) and what certifi lists."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
