"""One bounded request: TLS verified, no redirect, no retry, no proxy of the environment.

The body of an answer is counted as it arrives, so that neither a huge nor a dripping
one takes more memory or time than was given.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import certifi
import httpx

from baton.nlu.outside.ports import OutsideFailed
from baton.runtime import outward
from baton.runtime.outward import ForbiddenPlace

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
            place = _judged(url)
            with self._client.stream(
                "POST",
                place.url,
                content=body,
                headers={**headers, "Host": place.netloc},
                timeout=within,
                extensions={"sni_hostname": place.host},  # and the certificate is held against it
            ) as answer:
                return _body_of(answer, until)
        except ForbiddenPlace:
            words = "its address is in our own network, and not named in BATON_OWN_NETWORK"
            raise OutsideFailed("down", words) from None
        except OSError as error:  # no server has this name
            raise OutsideFailed("down", type(error).__name__) from None
        except httpx.TimeoutException as error:
            raise OutsideFailed("late", type(error).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise OutsideFailed("down", type(error).__name__) from None
        except RuntimeError:  # the client was closed meanwhile
            raise OutsideFailed("down", "closed") from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a reader was found: its address by number, and what it is called."""

    url: httpx.URL
    host: str
    netloc: str


def _judged(told: str) -> _Place:
    """Look an address up once, so that what was judged is what is asked; raises OSError."""
    url = httpx.URL(told)
    port = url.port or (443 if url.scheme == "https" else 80)
    number = outward.numbers_of(url.host, port)[0]
    return _Place(url=url.copy_with(host=number), host=url.host, netloc=url.netloc.decode())


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
