"""Dialogflow CX by its REST API, asked as a service account.

https://cloud.google.com/dialogflow/cx/docs/reference/rest/v3/projects.locations.agents.sessions
Only the text and its language are sent. Each text has a session of its own, so that what
one contact said never colours what another is thought to mean, and webhooks stay off:
we ask what was meant, Dialogflow does nothing about it.
"""

import base64
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from baton.core.reading import IntentScore
from baton.nlu.outside.ports import OutsideFailed, Scores
from baton.nlu.outside.settings import DIALOGFLOW, DialogflowSettings, private_key_of
from baton.nlu.outside.wire import Wire

_SCOPE = "https://www.googleapis.com/auth/dialogflow"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_LIFE = timedelta(minutes=10)  # an hour at most, says Google; we use it at once
_RENEW_BEFORE = timedelta(minutes=5)
_MAX_TEXT = 256
"""Dialogflow takes texts of so many characters: see `TextInput` in its reference."""
_MATCHED = frozenset({"INTENT", "DIRECT_INTENT"})


class _Intent(msgspec.Struct, rename="camel"):
    display_name: str = ""


class _Match(msgspec.Struct, rename="camel"):
    match_type: str = ""
    confidence: float = 0.0
    intent: _Intent | None = None


class _Result(msgspec.Struct):
    match: _Match


class _Answer(msgspec.Struct, rename="camel"):
    query_result: _Result


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int


class DialogflowReader:
    """An `OutsidePort` over one agent; `new_id` makes the random ids of sessions."""

    def __init__(
        self,
        settings: DialogflowSettings,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._settings = settings
        self._now = now
        self._new_id = new_id
        self._key = private_key_of(settings.private_key)
        self._wire = Wire()
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at: datetime | None = None

    @property
    def kind(self) -> str:
        """Return the word for this kind."""
        return DIALOGFLOW

    @property
    def per_request(self) -> int:
        """Return how many texts go into one request: a session hears one."""
        return 1

    @property
    def most_characters(self) -> int:
        """Return how long a text may be."""
        return _MAX_TEXT

    def ask(self, texts: tuple[str, ...], *, within: float) -> tuple[Scores, ...]:
        """Return what the agent says of each text; raises OutsideFailed."""
        token = self._bearer(within)
        return tuple(self._asked(text, token, within) for text in texts)

    def close(self) -> None:
        """Close its connections."""
        self._wire.close()

    def _asked(self, text: str, token: str, within: float) -> Scores:
        body = msgspec.json.encode(
            {
                "queryInput": {"text": {"text": text}, "languageCode": self._settings.language},
                "queryParams": {"disableWebhook": True},
            }
        )
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        try:
            raw = self._wire.post(self._session_url(), body, headers, within=within)
        except OutsideFailed as failed:
            if failed.reason == "refused":  # the token may have been taken back
                self._forget(token)
            raise
        match = _decoded(raw, _Answer).query_result.match
        if match.match_type not in _MATCHED or match.intent is None:
            return ()
        return (IntentScore(name=match.intent.display_name, confidence=match.confidence),)

    def _session_url(self) -> str:
        settings = self._settings
        environment = f"/environments/{settings.environment}" if settings.environment else ""
        session = f"{settings.agent}{environment}/sessions/{self._new_id()}"
        return f"{settings.base}/v3/{session}:detectIntent"

    def _bearer(self, within: float) -> str:
        """Return a token that holds for a while; one thread fetches it for all."""
        with self._lock:
            now = self._now()
            if self._renew_at is None or now >= self._renew_at:
                told = self._fetched(now, within)
                self._token = told.access_token
                self._renew_at = now + timedelta(seconds=told.expires_in) - _RENEW_BEFORE
            return self._token

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._renew_at = None

    def _fetched(self, now: datetime, within: float) -> _Token:
        form = urlencode({"grant_type": _GRANT, "assertion": self._assertion(now)})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        raw = self._wire.post(self._settings.token_url, form.encode(), headers, within=within)
        told = _decoded(raw, _Token)
        if not told.access_token.isascii() or not told.access_token.isprintable():
            raise OutsideFailed("wrong", "a token that is none")
        return told

    def _assertion(self, now: datetime) -> str:
        """Return a signed statement of who asks for what (RFC 7523), as Google wants it.

        https://developers.google.com/identity/protocols/oauth2/service-account#httprest
        """
        claims = {
            "iss": self._settings.client_email,
            "scope": _SCOPE,
            "aud": self._settings.token_url,
            "iat": int(now.timestamp()),
            "exp": int((now + _ASSERTION_LIFE).timestamp()),
        }
        signed = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
        signature = self._key.sign(signed.encode(), PKCS1v15(), SHA256())
        return f"{signed}.{_base64(signature)}"


def _part(value: dict[str, object]) -> str:
    return _base64(msgspec.json.encode(value))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


_Form = TypeVar("_Form", _Answer, _Token)


def _decoded(raw: bytes, form: type[_Form]) -> _Form:
    try:
        return msgspec.json.decode(raw, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OutsideFailed("wrong", str(error)[:80]) from None
