"""Any HTTP service that answers a small JSON request (docs/outside-nlu.md)."""

import base64
import hmac
from collections.abc import Callable
from datetime import datetime

import msgspec

from baton.core.reading import IntentScore
from baton.nlu.outside.ports import OutsideFailed, Scores
from baton.nlu.outside.settings import HMAC, HTTP, HttpSettings, signing_key_of
from baton.nlu.outside.wire import Wire

_VERSION = 1
_TEXTS_PER_REQUEST = 32
_MAX_TEXT = 2_000
_MAX_INTENTS = 50


class _Intent(msgspec.Struct):
    name: str
    confidence: float


class _Reading(msgspec.Struct):
    intents: list[_Intent]


class _Answer(msgspec.Struct):
    readings: list[_Reading]


_DECODER = msgspec.json.Decoder(_Answer)


class HttpReader:
    """An `OutsidePort` over one address; `now` and `new_id` mark each signed request."""

    def __init__(
        self, settings: HttpSettings, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._settings = settings
        self._now = now
        self._new_id = new_id
        self._key = signing_key_of(settings.secret) if settings.auth == HMAC else b""
        self._wire = Wire()

    @property
    def kind(self) -> str:
        """Return the word for this kind."""
        return HTTP

    @property
    def per_request(self) -> int:
        """Return how many texts go into one request."""
        return _TEXTS_PER_REQUEST

    @property
    def most_characters(self) -> int:
        """Return how long a text may be."""
        return _MAX_TEXT

    def ask(self, texts: tuple[str, ...], *, within: float) -> tuple[Scores, ...]:
        """Return what the service says of each text; raises OutsideFailed."""
        body = msgspec.json.encode(
            {"version": _VERSION, "language": self._settings.language, "texts": texts}
        )
        headers = {"Content-Type": "application/json", **self._proof(body)}
        raw = self._wire.post(self._settings.url, body, headers, within=within)
        try:
            answer = _DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise OutsideFailed("wrong", str(error)[:80]) from None
        if len(answer.readings) != len(texts):
            raise OutsideFailed("wrong", f"{len(answer.readings)} readings of {len(texts)} texts")
        return tuple(_scores(reading) for reading in answer.readings)

    def close(self) -> None:
        """Close its connections."""
        self._wire.close()

    def _proof(self, body: bytes) -> dict[str, str]:
        """Return the headers by which the service knows us: a token, or a signature of the body."""
        if self._settings.auth != HMAC:
            return {"Authorization": f"Bearer {self._settings.secret}"}
        told = {"webhook-id": self._new_id(), "webhook-timestamp": f"{self._now().timestamp():.0f}"}
        signed = b".".join((*(value.encode() for value in told.values()), body))
        digest = base64.b64encode(hmac.digest(self._key, signed, "sha256")).decode()
        return told | {"webhook-signature": f"v1,{digest}"}


def _scores(reading: _Reading) -> Scores:
    return tuple(
        IntentScore(name=intent.name, confidence=intent.confidence)
        for intent in reading.intents[:_MAX_INTENTS]
    )
