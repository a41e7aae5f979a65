"""Webhooks of any system: believed by their signature, and read as JSON or a CloudEvent."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from baton.connectors import DisbelievedError, Heard, Hook, UnreadableError, json_of
from baton.connectors.webhook.settings import Proof, WebhookSettings
from baton.core import webhook_signature
from baton.core.json import Json
from baton.core.webhook_signature import Signed

_CLOUD_EVENT = "application/cloudevents+json"
_CLOUD_EVENTS = "application/cloudevents-batch+json"
_CE = "ce-"
_NEEDED = ("specversion", "id", "source", "type")
_NAMES = ("webhook-id", "x-webhook-id", "idempotency-key")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class WebhookHooks:
    """The hearing part of the connector for any system."""

    settings: WebhookSettings

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        _require_proof(self.settings, hook, proof, now)
        said = _said(hook)
        return Heard(reference=_name_of(hook, said), body=msgspec.json.encode(said).decode())


def _require_proof(settings: WebhookSettings, hook: Hook, proof: str, now: datetime) -> None:
    if settings.proof == Proof.STANDARD:
        signed = Signed(
            id=hook.headers.get("webhook-id", ""),
            timestamp=hook.headers.get("webhook-timestamp", ""),
            signatures=hook.headers.get("webhook-signature", ""),
        )
        if problem := webhook_signature.problem_with(signed, hook.body, proof, now):
            raise DisbelievedError(problem)
        return
    given = hook.headers.get(settings.header.lower(), "").removeprefix(settings.prefix)
    if settings.proof == Proof.ITSELF:
        expected = [proof]
    else:
        digest = hmac.new(proof.encode(), hook.body, hashlib.sha256).digest()
        expected = [digest.hex(), base64.b64encode(digest).decode()]
    if not any(hmac.compare_digest(one.encode(), given.encode()) for one in expected):
        raise DisbelievedError(f"{settings.header} does not fit. Check the secret.")


def _said(hook: Hook) -> Json:
    media_type = hook.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == _CLOUD_EVENTS:
        raise UnreadableError("Send CloudEvents one by one; a batch is not taken.")
    said = _json_of(hook.body)
    if media_type == _CLOUD_EVENT:
        if not isinstance(said, dict) or not all(said.get(name) for name in _NEEDED):
            raise UnreadableError(f"A CloudEvent needs {', '.join(_NEEDED)}.")
        return said
    about = _attributes_of(hook.headers)
    # In binary mode the event's attributes are headers, and its data is the body; it is kept
    # in the one form in which a map finds it either way.
    return {**about, "data": said} if about else said


def _attributes_of(headers: Mapping[str, str]) -> dict[str, Json]:
    about: dict[str, Json] = {
        name.removeprefix(_CE): value for name, value in headers.items() if name.startswith(_CE)
    }
    return about if all(about.get(name) for name in _NEEDED) else {}


def _json_of(body: bytes) -> Json:
    said = json_of(body)
    if not isinstance(said, dict | list):
        raise UnreadableError("The body is no JSON object.")
    if _is_deep(said, _DEEPEST):
        raise UnreadableError(f"The body is nested more than {_DEEPEST} deep.")
    return said


def _is_deep(said: Json, most: int) -> bool:
    level: list[Json] = [said]
    for _ in range(most):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def _name_of(hook: Hook, said: Json) -> str:
    """Return what tells a webhook from others: its own id, else the very words of its body."""
    if isinstance(said, dict) and all(said.get(name) for name in _NEEDED):
        # A CloudEvent is one of a kind by its source and id together.
        return _hashed(f"{said['source']}\n{said['id']}".encode())
    for name in _NAMES:
        if given := hook.headers.get(name):
            return given if _PLAIN_NAME.fullmatch(given) else _hashed(given.encode())
    return _hashed(hook.body)


def _hashed(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
