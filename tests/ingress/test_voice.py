"""Calls seen from outside: signed, stored once, and a key that leads to a person."""

from urllib.parse import urlencode

import pytest
from httpx import Client, Response
from twilio.request_validator import RequestValidator

from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Conversation, Inbox, Message
from tests.channels.test_contract import CALL
from tests.channels.test_voice import SETTINGS
from tests.ingress.installation import Installation

PRESSED = {"CallSid": CALL, "CallStatus": "in-progress", "To": "+447700900123", "Digits": "1"}


def connected(gym: Installation, *, reach: str) -> Inbox:
    settings = SETTINGS.__class__(
        account_sid=SETTINGS.account_sid,
        auth_token=SETTINGS.auth_token,
        sender=SETTINGS.sender,
        reach=reach,
    )
    wanted = Wanted(name="Calls", settings=settings)
    return inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")


def twilio(client: Client, inbox: Inbox, fields: dict[str, str], *, token: str = "") -> Response:
    path = f"/voice/{inbox.token}?message=m1&language=en"
    signer = RequestValidator(token or SETTINGS.auth_token)
    signature = signer.compute_signature(f"http://127.0.0.1:8000{path}", fields)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
    }
    return client.post(path, content=urlencode(fields), headers=headers)


@pytest.mark.req("C2", "H22")
@pytest.mark.parametrize(
    ("reach", "said"), [("+442071838750", "<Dial"), ("", "A colleague will call you back")]
)
def test_who_presses_the_key_is_put_through_or_waits_for_a_call_on_a_clock(
    client: Client, gym: Installation, reach: str, said: str
) -> None:
    inbox = connected(gym, reach=reach)
    assert twilio(client, inbox, PRESSED, token="another").status_code == 403
    answer = twilio(client, inbox, PRESSED)
    assert (answer.status_code, said in answer.text) == (200, True)
    twilio(client, inbox, PRESSED)  # Twilio tells twice
    gym.step()
    waiting = Conversation.objects.get()
    assert (waiting.channel, waiting.handled_by in ("queue", "async")) == ("voice", True)
    assert Message.objects.filter(author="contact").count() == 1
    # Nobody is called to be told that somebody will call.
    [told] = Message.objects.exclude(author="contact")
    assert (told.delivery, told.delivery_reason) == ("refused", "reserved")


def test_a_status_of_a_call_that_is_none_of_ours_changes_nothing(
    client: Client, gym: Installation
) -> None:
    inbox = connected(gym, reach="")
    answer = twilio(client, inbox, {**PRESSED, "Digits": "", "CallStatus": "completed"})
    assert answer.status_code == 200
    gym.step()
    assert not Conversation.objects.exists()
