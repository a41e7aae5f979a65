"""One bounded request: TLS verified, no redirect, no retry, no proxy of the environment.

The body of an answer is counted as it arrives, so that neither a huge nor a dripping
one takes more memory or time than was given.
"""

import ssl
import time
from collections.abc import Mapping
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import certifi
import httpx

from baton.nlu.outside.ports import OutsideFailed

MAX_ANSWER_BYTES = 262_144
_OK = 200


class Wire:
    """A pool of connections to one outside reader."""

    def __init__(self) -> None:
        self._client = httpx.Client(
            verify=_trusted(),
            follow_redirects=False,
            trust_env=False,  # no proxy and no .netrc that somebody set for other programs
            # Nothing it gives us to carry: a cookie would join one message to the next.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # An answer is counted as it comes; a packed one could be a thousand times larger.
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "baton",
            },
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
        )

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, within: float) -> bytes:
        """Return the answer's body; raises OutsideFailed."""
        until = time.monotonic() + within
        try:
            with self._client.stream(
                "POST", url, content=body, headers=dict(headers), timeout=within
            ) as answer:
                return _body_of(answer, until)
        except httpx.TimeoutException as error:
            raise OutsideFailed("late", type(error).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise OutsideFailed("down", type(error).__name__) from None
        except RuntimeError:  # the client was closed meanwhile
            raise OutsideFailed("down", "closed") from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _body_of(answer: httpx.Response, until: float) -> bytes:
    if answer.status_code != _OK:
        raise OutsideFailed("refused", f"status {answer.status_code}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise OutsideFailed("wrong", "a packed answer")
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise OutsideFailed("huge", f"more than {MAX_ANSWER_BYTES} bytes")
        if time.monotonic() > until:
            raise OutsideFailed("late", "dripping")
    return bytes(body)


@lru_cache(maxsize=1)  # reading the authorities takes longer than asking
def _trusted() -> ssl.SSLContext:
    """Trust what the machine trusts (its own authorities too) and what certifi lists."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
