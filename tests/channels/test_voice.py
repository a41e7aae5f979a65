"""Calls: what we ask fits Twilio's own document, and what it tells is read as it means it."""

from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import jsonschema
import msgspec
import pytest
from twilio.twiml.voice_response import Gather, VoiceResponse

from baton.channels import Receipt
from baton.channels.voice import hooks, speech
from baton.channels.voice.hooks import Pressed
from baton.channels.voice.settings import TwilioVoiceSettings, problems_with
from baton.channels.wire import Wire
from baton.core.delivery import Delivery
from tests.channels.test_contract import ACCOUNT, CALL, a_message, voice
from tests.nlu.outside.server import Server
from tests.support.provider_data import twilio_api

CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls.json"
URL = "https://gym.example/voice/t?message=m1&language=es"
SETTINGS = TwilioVoiceSettings(
    account_sid=ACCOUNT, auth_token="5e" * 16, sender="+15005550006", reach="+442071838750"
)


def creation() -> dict[str, Any]:
    found: dict[str, Any] = twilio_api()["paths"][CALLS]["post"]
    return found


@pytest.mark.req("C2")
def test_a_request_fits_twilios_own_description(provider: Server, wire: Wire) -> None:
    examples = creation()["responses"]["201"]["content"]["application/json"]["examples"]
    provider.answers(examples["createWithTwiml"]["value"], status=201)
    outcome = voice(provider.url, wire).send(a_message("Tonight's class & more", language="es"))
    assert type(outcome).__name__ == "Done"
    [asked] = provider.asked
    many = parse_qs(asked.body.decode(), strict_parsing=True)
    form = {
        name: values
        if name.endswith("Event")
        else int(values[0])
        if name == "Timeout"
        else values[0]
        for name, values in many.items()
    }
    [content] = creation()["requestBody"]["content"].values()
    jsonschema.validate(form, {**content["schema"], "additionalProperties": False})
    assert asked.path == CALLS.replace("{AccountSid}", ACCOUNT)
    assert form["StatusCallback"] == URL
    assert form["StatusCallbackEvent"] == ["answered", "completed"]


def test_what_is_said_is_what_twilios_own_library_would_write() -> None:
    text = "Tonight's class & <more>"
    theirs, gather = VoiceResponse(), Gather(num_digits=1, timeout=4, action=URL, method="POST")
    offer = "Para hablar con una persona, pulse 1."
    for place in range(2):
        gather.say(text, language="es-MX")
        gather.say(offer, language="es-MX")
        if place == 0:
            gather.pause(length=1)
    theirs.append(gather)
    ours = speech.call(text, "es-MX", heard_url=URL)
    assert ET.canonicalize(ours) == ET.canonicalize(str(theirs))
    longest = speech.call("&" * speech.MAX_TEXT, "en", heard_url=URL)
    assert len(speech.call("x" * speech.MAX_TEXT, "en", heard_url=URL)) < 4_000
    assert "&amp;" in longest
    assert "fr" not in speech.call("Hello", "fr-FR", heard_url=URL)  # no voice: in English


@pytest.mark.parametrize(
    ("status", "state", "fault"),
    [
        ("in-progress", Delivery.DELIVERED, ""),
        ("completed", Delivery.DELIVERED, ""),
        ("busy", Delivery.FAILED, "line_busy"),
        ("no-answer", Delivery.FAILED, "not_picked_up"),
        ("failed", Delivery.FAILED, "unreachable"),
        ("canceled", Delivery.FAILED, "provider_refused"),
    ],
)
def test_how_a_call_ended_is_told_by_its_status(status: str, state: Delivery, fault: str) -> None:
    told = {"CallSid": CALL, "CallStatus": status, "To": "+447700900123"}
    receipt = hooks.read(told, url=URL)
    assert isinstance(receipt, Receipt)
    assert (receipt.message_id, receipt.state, receipt.fault) == ("m1", state, fault)


def test_a_key_leads_to_a_person_and_nothing_else_does() -> None:
    told = {"CallSid": CALL, "CallStatus": "in-progress", "To": "+447700900123"}
    pressed = hooks.read({**told, "Digits": "1"}, url=URL)
    assert isinstance(pressed, Pressed)
    assert (pressed.number, pressed.language) == ("+447700900123", "es")
    for other in ({**told, "Digits": "7"}, {**told, "CallSid": "x"}, {"CallSid": CALL}):
        assert hooks.read(other, url=URL) is None


def test_the_settings_say_what_is_missing() -> None:
    assert not problems_with(SETTINGS)
    wrong = msgspec.structs.replace(
        SETTINGS, account_sid="", auth_token="", sender="me", reach="you"
    )
    assert set(problems_with(wrong)) == {"account_sid", "auth_token", "sender", "reach"}
