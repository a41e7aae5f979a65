"""Signed webhooks: believed once, refused when false or stale."""

import json
from datetime import timedelta

import pytest
from httpx import Client

from baton.services.workspace import inboxes
from baton.store.models import Contact, Inbox, Message
from tests.ingress.installation import Installation
from tests.ingress.visitor import hook_headers

BODY = json.dumps(
    {
        "type": "message.received",
        "timestamp": "2026-03-02T10:00:00Z",
        "data": {"from": "crm-4711", "text": "what time do you open?", "name": "Ann", "extra": 1},
    }
).encode()


def _post(
    client: Client, gym: Installation, body: bytes = BODY, **changes: str
) -> tuple[int, dict[str, str]]:
    at = int(gym.clock.now().timestamp())
    headers = hook_headers(gym.secret, body, webhook_id="msg_1", at=at) | {
        name.replace("_", "-"): value for name, value in changes.items()
    }
    answer = client.post(f"/hooks/{gym.inbox.token}", content=body, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.req("DI12")
def test_a_signed_message_is_stored_and_a_replay_changes_nothing(
    client: Client, gym: Installation
) -> None:
    assert _post(client, gym) == (202, {"id": "msg_1"})
    assert _post(client, gym) == (200, {"id": "msg_1"})
    gym.step()
    assert _post(client, gym) == (200, {"id": "msg_1"})
    gym.step()
    assert Message.objects.filter(author="contact").count() == 1
    assert Contact.objects.count() == 1


def test_a_false_signature_is_refused(client: Client, gym: Installation) -> None:
    other = gym.secret[:-5] + "AAAA="
    at = int(gym.clock.now().timestamp())
    for headers in (
        hook_headers(other, BODY, webhook_id="msg_1", at=at),
        hook_headers(gym.secret, BODY + b" ", webhook_id="msg_1", at=at),
        hook_headers(gym.secret, BODY, webhook_id="msg_1", at=at) | {"webhook-id": "msg_2"},
        hook_headers(gym.secret, BODY, webhook_id="msg_1", at=at, version="v1a"),
        hook_headers(gym.secret, BODY, webhook_id="msg_1", at=at) | {"webhook-signature": ""},
    ):
        answer = client.post(f"/hooks/{gym.inbox.token}", content=BODY, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "wrong_signature"
    gym.step()
    assert not Message.objects.exists()


def test_one_of_several_signatures_is_enough(client: Client, gym: Installation) -> None:
    at = int(gym.clock.now().timestamp())
    headers = hook_headers(gym.secret, BODY, webhook_id="msg_1", at=at)
    headers["webhook-signature"] = f"v1,AAAA v1a,BBBB {headers['webhook-signature']}"
    answer = client.post(f"/hooks/{gym.inbox.token}", content=BODY, headers=headers)
    assert answer.status_code == 202


@pytest.mark.parametrize(("age", "status"), [(299, 202), (301, 401), (-299, 202), (-301, 401)])
def test_a_stale_or_future_webhook_is_refused(
    client: Client, gym: Installation, age: int, status: int
) -> None:
    at = int((gym.clock.now() - timedelta(seconds=age)).timestamp())
    headers = hook_headers(gym.secret, BODY, webhook_id="msg_1", at=at)
    answer = client.post(f"/hooks/{gym.inbox.token}", content=BODY, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "²", "9" * 400])
def test_a_senseless_time_is_refused(client: Client, gym: Installation, timestamp: str) -> None:
    headers = hook_headers(gym.secret, BODY, webhook_id="msg_1", at=1)
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    raw[b"webhook-timestamp"] = timestamp.encode("latin-1")
    answer = client.post(f"/hooks/{gym.inbox.token}", content=BODY, headers=raw)
    assert answer.status_code == 401


@pytest.mark.parametrize("webhook_id", ["", "a b", "a:b", "x" * 65])
def test_a_senseless_id_is_refused(client: Client, gym: Installation, webhook_id: str) -> None:
    status, body = _post(client, gym, webhook_id=webhook_id)
    assert status == 400
    assert body["error"]["code"] == "invalid_webhook_id"  # type: ignore[index] # an error's body


def test_an_unknown_type_is_told_the_known_ones(client: Client, gym: Installation) -> None:
    status, body = _post(client, gym, b'{"type": "order.shipped", "data": {}}')
    assert status == 422
    assert "message.received" in str(body)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"from": "a"},
        {"text": "hi"},
        {"from": "", "text": "hi"},
        {"from": 7, "text": "hi"},
        {"from": "a\nb", "text": "hi"},
        {"from": "a" * 201, "text": "hi"},
        {"from": "a", "text": "hi", "name": 7},
        [],
        None,
    ],
)
def test_a_message_of_the_wrong_shape_is_refused(
    client: Client, gym: Installation, content: object
) -> None:
    body = json.dumps({"type": "message.received", "data": content}).encode()
    assert _post(client, gym, body)[0] == 400


def test_an_empty_text_is_refused(client: Client, gym: Installation) -> None:
    body = json.dumps({"type": "message.received", "data": {"from": "a", "text": " "}}).encode()
    assert _post(client, gym, body)[0] == 422


def test_each_inbox_believes_its_own_secret_alone(client: Client, gym: Installation) -> None:

    second = inboxes.open_web_chat(gym.house, gym.workspace.id, name="Second", now=gym.clock.now())
    assert Inbox.objects.count() == 2
    at = int(gym.clock.now().timestamp())
    headers = hook_headers(gym.secret, BODY, webhook_id="msg_1", at=at)
    answer = client.post(f"/hooks/{second.token}", content=BODY, headers=headers)
    assert answer.status_code == 401
