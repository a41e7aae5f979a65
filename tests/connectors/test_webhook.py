"""Any system's webhooks: believed by one of three proofs, read as JSON or a CloudEvent."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from baton.connectors import DisbelievedError, Hook, UnreadableError
from baton.connectors.webhook import settings
from baton.connectors.webhook.hooks import WebhookHooks
from baton.connectors.webhook.settings import Proof, WebhookSettings
from baton.core import webhook_signature

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two letters..").decode()
BODY = b'{"type": "visit.booked", "data": {"id": 7}}'
PLAIN = {"content-type": "application/json"}
GITHUB = WebhookSettings(proof=Proof.HMAC, header="X-Signature", prefix="sha256=")
EVENT = {"specversion": "1.0", "id": "A-1", "source": "/desk", "type": "visit.booked"}


def _standard(body: bytes = BODY, headers: dict[str, str] = PLAIN) -> Hook:
    at = str(int(NOW.timestamp()))
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": at,
        "webhook-signature": webhook_signature.sign("msg_1", at, body, SECRET),
    }
    return _hook(body, signed | headers)


def _hook(body: bytes, headers: dict[str, str]) -> Hook:
    return Hook(body=body, headers=PLAIN | headers, url="https://baton.example/systems/t")


def test_a_standard_webhook_is_believed_and_keeps_its_name() -> None:
    heard = WebhookHooks(WebhookSettings()).hear(_standard(), SECRET, now=NOW)
    assert heard.reference == "msg_1"
    assert json.loads(heard.body) == json.loads(BODY)


@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_a_digest_in_a_header_of_its_own_is_believed(encoding: str) -> None:
    digest = hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()
    written = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
    hook = _hook(BODY, {"x-signature": f"sha256={written}"})
    heard = WebhookHooks(GITHUB).hear(hook, SECRET, now=NOW)
    # Without a name of its own, the same words are the same thing.
    assert heard.reference == hashlib.sha256(BODY).hexdigest()
    assert len(heard.reference) <= 64


@pytest.mark.parametrize(
    ("written", "hook"),
    [
        (WebhookSettings(), _standard(headers={"webhook-signature": "v1,AAAA"})),
        (WebhookSettings(), _hook(BODY, {})),
        (GITHUB, _hook(BODY, {"x-signature": "sha256=00"})),
        (GITHUB, _hook(BODY, {})),
        (WebhookSettings(proof=Proof.ITSELF, header="X-Key"), _hook(BODY, {"x-key": "no"})),
        (WebhookSettings(proof=Proof.ITSELF, header="X-Key"), _hook(BODY, {})),
    ],
)
def test_what_proves_nothing_is_not_believed(written: WebhookSettings, hook: Hook) -> None:
    with pytest.raises(DisbelievedError):
        WebhookHooks(written).hear(hook, SECRET, now=NOW)


def test_a_cloud_event_is_the_same_in_either_mode() -> None:
    hooks = WebhookHooks(WebhookSettings(proof=Proof.ITSELF, header="X-Key"))
    key = {"x-key": SECRET}
    structured = json.dumps({**EVENT, "data": {"id": 7}}).encode()
    one = hooks.hear(
        _hook(structured, key | {"content-type": "application/cloudevents+json; charset=utf-8"}),
        SECRET,
        now=NOW,
    )
    attributes = {f"ce-{name}": value for name, value in EVENT.items()}
    other = hooks.hear(_hook(b'{"id": 7}', key | attributes), SECRET, now=NOW)
    assert one.reference == other.reference
    assert json.loads(one.body) == json.loads(other.body) == {**EVENT, "data": {"id": 7}}


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"nothing", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'"words"', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "application/json"),
        (b'{"specversion": "1.0", "id": "1"}', "application/cloudevents+json"),
        (b"[]", "application/cloudevents-batch+json"),
    ],
)
def test_what_nobody_can_read_is_refused_in_words(body: bytes, media_type: str) -> None:
    with pytest.raises(UnreadableError, match=r"\w"):
        WebhookHooks(WebhookSettings()).hear(
            _standard(body, {"content-type": media_type}), SECRET, now=NOW
        )


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (WebhookSettings(proof="hope"), "proof"),
        (WebhookSettings(proof=Proof.HMAC, header="no header"), "header"),
        (WebhookSettings(proof=Proof.HMAC, header="X-A", prefix="a b"), "digest_prefix"),
    ],
)
def test_settings_that_cannot_be_used(written: WebhookSettings, field: str) -> None:
    assert set(settings.problems_with(written)) == {field}
    assert not settings.problems_with(GITHUB)
