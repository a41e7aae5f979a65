"""Providers' webhooks: believed when signed, stored once, and nothing stored when false."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from httpx import Client, Response
from twilio.request_validator import RequestValidator

from baton.channels.sandbox.settings import SandboxSettings
from baton.channels.sms import gateway_hooks
from baton.channels.sms.settings import GatewaySettings, TwilioSettings
from baton.services.workspace import inboxes
from baton.services.workspace.connections import ChannelSettings
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Address, Contact, Inbox, Message
from baton.store.models.runtime import RuntimeEvent
from tests.ingress.installation import Installation
from tests.ingress.visitor import hook_headers

TOKEN = "a-twilio-auth-token"
SID = "SM" + "0a" * 16
MESSAGE = {
    "MessageSid": SID, "SmsSid": SID, "AccountSid": "AC" + "1b" * 16, "From": "+447700900123",
    "To": "+447700900999", "Body": "what time do you open?", "NumMedia": "0",
}  # fmt: skip
TWILIO = TwilioSettings(account_sid="AC" + "1b" * 16, auth_token=TOKEN, sender="+447700900999")
GATEWAY = GatewaySettings(
    url="https://sms.example/send",
    body="to={to}&text={text}",
    content_type="application/x-www-form-urlencoded",
    sender="+447700900999",
)


def connected(gym: Installation, settings: ChannelSettings, *, inbox_id: str = "") -> Inbox:
    wanted = Wanted(name="SMS", settings=settings, inbox_id=inbox_id)
    return inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")


def twilio(
    client: Client,
    inbox: Inbox,
    fields: Mapping[str, str] = MESSAGE,
    *,
    token: str = TOKEN,
    query: str = "",
    body: bytes | None = None,
) -> Response:
    """Post as Twilio does, signed by its own library over the public address."""
    url = f"http://127.0.0.1:8000/sms/twilio/{inbox.token}{query}"
    return client.post(
        f"/sms/twilio/{inbox.token}{query}",
        content=urlencode(fields).encode() if body is None else body,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": RequestValidator(token).compute_signature(url, dict(fields)),
        },
    )


def gateway(client: Client, inbox: Inbox, secret: str, told: object) -> Response:
    body = json.dumps(told).encode()
    headers = {"X-Baton-Signature": gateway_hooks.sign(body, secret)}
    return client.post(f"/sms/gateway/{inbox.token}", content=body, headers=headers)


@pytest.mark.req("C1", "DI12")
def test_a_message_is_stored_once_and_answered_with_nothing_to_say(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, TWILIO)
    for _again in range(3):
        answer = twilio(client, inbox)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/xml")
        assert answer.content == b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
    gym.step()
    twilio(client, inbox)
    gym.step()
    assert Message.objects.filter(author="contact").count() == 1
    assert Contact.objects.count() == 1
    assert Address.objects.get().channel == "sms"
    twilio(client, inbox, {**MESSAGE, "MessageSid": "SM" + "0b" * 16})  # the same words again
    gym.step()
    assert Message.objects.filter(author="contact").count() == 2


def test_one_person_has_one_address_however_it_is_written(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, TWILIO)
    for place, sender in enumerate(["+447700900123", "07700 900123", "+44 (0)7700-900123"]):
        sid = f"SM{place:032x}"
        assert twilio(client, inbox, {**MESSAGE, "From": sender, "MessageSid": sid}).is_success
    gym.step()
    assert Contact.objects.count() == 1
    assert Message.objects.filter(author="contact").count() == 3


def test_a_false_signature_is_refused_and_stores_nothing(client: Client, gym: Installation) -> None:
    inbox = connected(gym, TWILIO)
    other = connected(gym, TWILIO)
    answers = [
        twilio(client, inbox, token="another-token"),
        twilio(client, inbox, body=urlencode({**MESSAGE, "Body": "pay me"}).encode()),
        twilio(client, inbox, body=b"\xff\xfe"),
        twilio(client, inbox, body=b"&".join([b"a=1"] * 300)),
        client.post(f"/sms/twilio/{inbox.token}", content=urlencode(MESSAGE)),
    ]
    url = f"http://127.0.0.1:8000/sms/twilio/{other.token}"
    signature = RequestValidator(TOKEN).compute_signature(url, MESSAGE)
    headers = {"X-Twilio-Signature": signature}  # of another inbox
    answers.append(
        client.post(f"/sms/twilio/{inbox.token}", content=urlencode(MESSAGE), headers=headers)
    )
    assert {(a.status_code, a.json()["error"]["code"]) for a in answers} == {
        (403, "wrong_signature")
    }
    assert not RuntimeEvent.objects.exists()


def test_what_no_inbox_waits_for_is_refused(client: Client, gym: Installation) -> None:
    inbox = connected(gym, TWILIO)
    assert twilio(client, gym.inbox).status_code == 404
    answer = client.post(f"/sms/gateway/{inbox.token}", content=b"{}")
    assert answer.status_code == 404
    inboxes.disconnect(gym.house, gym.workspace.id, inbox.id, actor="user:u1")
    assert twilio(client, inbox).status_code == 404
    assert twilio(client, inbox, body=b"x" * 20_000).status_code in {404, 413}


def test_a_huge_body_is_refused_unread(client: Client, gym: Installation) -> None:
    inbox = connected(gym, TWILIO)
    assert twilio(client, inbox, body=b"Body=" + b"x" * 20_000).status_code == 413


def test_another_auth_token_is_believed_beside_the_one_before(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, TWILIO)
    settings = TwilioSettings(account_sid=TWILIO.account_sid, auth_token="next", sender="+1")
    connected(gym, settings, inbox_id=inbox.id)
    assert twilio(client, inbox, token="next").status_code == 200
    assert twilio(client, inbox).status_code == 200
    gym.pass_time(24 * 3_600)
    assert twilio(client, inbox, token="next").status_code == 200
    assert twilio(client, inbox).status_code == 403


@pytest.mark.req("DI12")
def test_a_receipt_leads_to_its_message(client: Client, gym: Installation) -> None:
    sandbox = connected(gym, SandboxSettings(sender="+447700900999"))
    inbox = connected(gym, TWILIO, inbox_id=sandbox.id)
    twilio(client, inbox)
    connected(gym, SandboxSettings(sender="+447700900999"), inbox_id=inbox.id)
    gym.step()  # the sandbox takes the answer: nothing leaves this machine
    connected(gym, TWILIO, inbox_id=inbox.id)
    [bots] = Message.objects.filter(author="bot")
    receipt = {
        "MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30003",
        "To": "+447700900123", "From": "+447700900999",
    }  # fmt: skip
    for _again in range(2):
        assert twilio(client, inbox, receipt, query=f"?message={bots.id}").status_code == 200
    gym.step()
    bots.refresh_from_db()
    assert (bots.delivery, bots.delivery_reason) == ("failed", "unreachable")


# -- a gateway -------------------------------------------------------------------------


def test_a_gateways_message_is_stored_once(client: Client, gym: Installation) -> None:
    inbox = connected(gym, GATEWAY)
    secret = inboxes.secret_of(gym.house, inbox)
    told = {"type": "message", "id": "g-1", "from": "+447700900123", "text": "Hello", "more": 1}
    assert gateway(client, inbox, secret, told).json() == {"id": "g-1"}
    assert gateway(client, inbox, secret, told).status_code == 200
    gym.step()
    assert Message.objects.filter(author="contact").count() == 1


def test_a_gateway_that_signs_falsely_or_says_nonsense_is_refused(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, GATEWAY)
    secret = inboxes.secret_of(gym.house, inbox)
    told = {"type": "message", "id": "g-1", "from": "+447700900123", "text": "Hello"}
    assert gateway(client, inbox, secret + "x", told).status_code == 403
    assert gateway(client, inbox, secret, {**told, "id": "no id"}).status_code == 400
    assert gateway(client, inbox, secret, {"type": "fax"}).status_code == 400
    body = b"[" * 5_000
    headers = {"X-Baton-Signature": gateway_hooks.sign(body, secret)}
    answer = client.post(f"/sms/gateway/{inbox.token}", content=body, headers=headers)
    assert answer.status_code == 400
    assert not RuntimeEvent.objects.exists()


def test_a_rotated_secret_is_believed_beside_the_one_before(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, GATEWAY)
    before = inboxes.secret_of(gym.house, inbox)
    after = inboxes.rotate_secret(gym.house, gym.workspace.id, inbox.id, actor="user:u1")
    receipt = {"type": "receipt", "id": "g-1", "to": "+447700900123", "status": "sent"}
    assert gateway(client, inbox, before, receipt).status_code == 200
    assert gateway(client, inbox, after, receipt).status_code == 200
    gym.pass_time(24 * 3_600)
    assert gateway(client, inbox, before, receipt).status_code == 403
    assert gateway(client, inbox, after, receipt).status_code == 200


# -- other ways in ---------------------------------------------------------------------


def test_nobody_writes_behind_a_number_without_its_provider(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, TWILIO)
    assert client.post(f"/chat/{inbox.token}/sessions", json={}).status_code == 404
    assert client.get(f"/try/{inbox.token}").status_code == 404
    sandbox = connected(gym, SandboxSettings())
    session = client.post(f"/chat/{sandbox.token}/sessions", json={}).json()
    trial = connected(gym, SandboxSettings())
    inboxes.disconnect(gym.house, gym.workspace.id, trial.id, actor="user:u1")
    assert client.post(f"/chat/{trial.token}/sessions", json={}).status_code == 404
    connected(gym, TWILIO, inbox_id=sandbox.id)  # it was open, and is no more
    gym.pass_time(10)
    headers = {"Authorization": f"Bearer {session['token']}"}
    said = client.post("/chat/messages", json={"id": "1", "text": "hi"}, headers=headers)
    assert said.status_code == 401


def test_a_connected_system_names_contacts_by_their_number(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, TWILIO)
    secret = inboxes.secret_of(gym.house, inbox)

    def tell(contact: str, webhook_id: str) -> int:
        told = {"type": "event.reported", "data": {"event": "booking_created", "for": contact}}
        body = json.dumps(told).encode()
        at = int(gym.clock.now().timestamp())
        headers = hook_headers(secret, body, webhook_id=webhook_id, at=at)
        return client.post(f"/hooks/{inbox.token}", content=body, headers=headers).status_code

    assert tell("07700 900123", "e1") == 202
    assert tell("crm-4711", "e2") == 422
    twilio(client, inbox)
    gym.step()
    assert Contact.objects.count() == 1
