"""Twilio: what we ask fits its own OpenAPI document, and its codes mean what it says."""

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jsonschema
import pytest

from baton.channels import FetchedFile, Health
from baton.channels.sms import twilio_codes
from baton.channels.sms.settings import TwilioSettings
from baton.channels.sms.twilio import TwilioSms
from baton.channels.wire import Wire
from baton.runtime.ports import Again, Park, Refused
from tests.channels.test_contract import ACCOUNT, SID, a_message, twilio
from tests.nlu.outside.server import Answer, Asked, Server
from tests.support.provider_data import twilio_api

MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
SERVICE = "MG" + "2c" * 16


def creation() -> dict[str, Any]:
    """Return the operation that creates a message, as Twilio writes it."""
    found: dict[str, Any] = twilio_api()["paths"][MESSAGES]["post"]
    return found


def sent_by(provider: Server, channel: TwilioSms, **changes: Any) -> dict[str, str]:
    provider.answers({"sid": SID}, status=201)
    channel.send(a_message(**changes))
    return dict(parse_qsl(provider.asked[-1].body.decode(), strict_parsing=True))


@pytest.mark.req("C1", "C7")
@pytest.mark.parametrize("sender", ["+15005550006", SERVICE])
def test_a_request_fits_twilios_own_description(provider: Server, wire: Wire, sender: str) -> None:
    settings = TwilioSettings(
        account_sid=ACCOUNT, auth_token="token", sender=sender, base=provider.url
    )
    channel = TwilioSms(settings=settings, hook_url="https://gym.example/sms/twilio/t", wire=wire)
    form = sent_by(provider, channel, text="Olé 😀 & more", choices=(("1", "Yes"),))
    content = creation()["requestBody"]["content"]
    [media_type] = content
    schema = content[media_type]["schema"]
    jsonschema.validate(form, {**schema, "additionalProperties": False})
    asked = provider.asked[-1]
    assert asked.headers["content-type"] == media_type
    [path] = [one for one in creation()["parameters"] if one["name"] == "AccountSid"]
    jsonschema.validate(ACCOUNT, path["schema"])
    assert asked.path == MESSAGES.replace("{AccountSid}", ACCOUNT)
    assert form["Body"] == "Olé 😀 & more\nReply: 1 Yes"
    assert ("From" in form) is not ("MessagingServiceSid" in form)


def test_twilios_own_example_of_an_answer_is_read(provider: Server, wire: Wire) -> None:
    examples = creation()["responses"]["201"]["content"]["application/json"]["examples"]
    example = examples["create"]["value"]
    provider.answers(example, status=201)
    outcome = twilio(provider.url, wire).send(a_message())
    assert getattr(outcome, "receipt", None) == example["sid"]


def test_every_message_names_itself_where_its_receipts_go(provider: Server, wire: Wire) -> None:
    form = sent_by(provider, twilio(provider.url, wire), message_id="0123abc")
    callback = urlsplit(form["StatusCallback"])
    assert callback.geturl().startswith("https://gym.example/sms/twilio/t?")
    assert parse_qs(callback.query) == {"message": ["0123abc"]}


@pytest.mark.parametrize(("code", "reason"), twilio_codes.UNDELIVERED.items())
def test_a_known_code_is_a_refusal_with_its_cause(
    provider: Server, wire: Wire, code: int, reason: str
) -> None:
    provider.answers({"code": code, "message": "no"}, status=403)
    outcome = twilio(provider.url, wire).send(a_message())
    assert outcome == Refused(reason=reason, code=str(code))


@pytest.mark.parametrize("code", twilio_codes.MISCONFIGURED)
def test_a_wrong_setting_is_told_in_plain_words(provider: Server, wire: Wire, code: int) -> None:
    provider.answers({"code": code}, status=400)
    outcome = twilio(provider.url, wire).send(a_message())
    assert isinstance(outcome, Park)
    assert twilio_codes.MISCONFIGURED[code] in outcome.reason


@pytest.mark.parametrize("code", sorted(twilio_codes.BUSY))
def test_a_full_queue_is_tried_later(provider: Server, wire: Wire, code: int) -> None:
    provider.answers({"code": code}, status=400)
    assert isinstance(twilio(provider.url, wire).send(a_message()), Again)


def test_the_connection_is_tried_without_sending(provider: Server, wire: Wire) -> None:
    channel = twilio(provider.url, wire)
    provider.answers({"friendly_name": "Gym", "status": "active"})
    assert channel.check() == Health(account="Gym")
    assert (provider.asked[0].method, provider.asked[0].path) == (
        "GET",
        f"/2010-04-01/Accounts/{ACCOUNT}.json",
    )
    provider.answers({"friendly_name": "Gym", "status": "suspended"})
    assert "suspended" in channel.check().problem
    provider.answers({"code": 20003}, status=401)
    assert "auth token" in channel.check().problem
    provider.answers(b"<html>", status=502)
    assert "502" in channel.check().problem
    assert "cannot be reached" in twilio("http://127.0.0.1:9", wire).check().problem


def test_a_look_up_fits_twilios_own_description(provider: Server, wire: Wire) -> None:
    listing = twilio_api()["paths"][MESSAGES]["get"]
    known = {one["name"]: one["schema"] for one in listing["parameters"] if one["in"] == "query"}
    channel = twilio(provider.url, wire)
    found = [
        {"sid": "SM3", "body": "Hello", "direction": "outbound-api"},
        {"sid": "SM2", "body": "Hello", "direction": "inbound"},
        {"sid": "SM1", "body": None, "direction": "outbound-api"},
    ]
    provider.answers({"messages": found})
    assert channel.look_up(a_message("Hello")) == ("SM3",)
    query = dict(parse_qsl(urlsplit(provider.asked[0].path).query))
    assert set(query) <= set(known)
    assert int(query["PageSize"]) <= known["PageSize"]["maximum"]
    provider.answers({"code": 20003}, status=401)
    assert channel.look_up(a_message("Hello")) is None
    assert twilio("http://127.0.0.1:9", wire).look_up(a_message("Hello")) is None


REFERENCE = f"{'MM' + '3d' * 16}/{'ME' + '4e' * 16}"


@pytest.mark.req("C23")
def test_a_picture_is_fetched_from_where_twilio_says_and_nowhere_else(
    provider: Server, wire: Wire
) -> None:
    channel = twilio(provider.url, wire)

    def answer(asked: Asked) -> Answer:
        if "/Media/" in asked.path:
            return Answer(status=307, headers={"Location": f"{provider.url}/store/1"})
        return Answer(pieces=(b"\xff\xd8\xff" + b"x" * 300_000,))

    provider.answer = answer
    fetched = channel.fetch(REFERENCE, most=400_000)
    assert isinstance(fetched, FetchedFile)
    assert len(fetched.content) == 300_003
    first, second = provider.asked
    assert (
        first.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{REFERENCE.replace('/', '/Media/')}"
    )
    assert "authorization" in first.headers
    assert "authorization" not in second.headers
    assert channel.fetch(REFERENCE, most=300_000) == Refused(reason="size")
    for elsewhere in ("http://127.0.0.1:9/x", "https://evil.example/x", "http://a.twiliocdn.com/x"):
        provider.answers({}, status=307, Location=elsewhere)
        assert channel.fetch(REFERENCE, most=9) == Refused(reason="unavailable", code="307")


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Refused), (401, Park), (503, Again), (429, Again)]
)
def test_why_a_picture_is_not_had_says_what_may_follow(
    provider: Server, wire: Wire, status: int, kind: type[object]
) -> None:
    provider.answers({}, status=status)
    assert isinstance(twilio(provider.url, wire).fetch(REFERENCE, most=9), kind)
