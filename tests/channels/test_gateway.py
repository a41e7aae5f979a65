"""A gateway by configuration: its body is filled safely, its answers and webhooks are read."""

import json
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.channels import ArrivingMessage, Health, Receipt, WrongSignatureError
from baton.channels.sms import gateway_hooks
from baton.channels.sms.gateway import GatewaySms, filled, found_at
from baton.channels.sms.settings import FORM_TYPE, JSON_TYPE, GatewaySettings
from baton.channels.wire import Wire
from baton.core.delivery import Delivery
from baton.runtime.ports import Again, Done
from tests.channels.test_contract import a_message, gateway
from tests.nlu.outside.server import Answer, Server

SECRET = "whsec_c2VjcmV0"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(WORDS, WORDS)
def test_whatever_is_said_stays_inside_its_place(text: str, sender: str) -> None:
    given = {"to": "+1", "from": sender, "text": text, "id": "m1"}
    body = '{"to": "{to}", "from": "{from}", "text": "{text}"}'
    assert json.loads(filled(body, given, JSON_TYPE)) == {
        "to": "+1", "from": sender, "text": text,
    }  # fmt: skip
    form = filled("to={to}&text={text}", given, FORM_TYPE)
    assert parse_qs(form, keep_blank_values=True) == {"to": ["+1"], "text": [text]}


@pytest.mark.parametrize(
    ("body", "path", "found"),
    [
        ({"id": "a"}, "id", "a"), ({"id": 7}, "id", "7"), ({"m": [{"id": "b"}]}, "m.0.id", "b"),
        ({"m": []}, "m.0.id", ""), ({"id": None}, "id", ""), ({"id": True}, "id", ""),
        ({"id": {}}, "id", ""), (["a"], "x", ""), ("a", "id", ""),
    ],
)  # fmt: skip
def test_an_answers_id_is_found_where_it_stands(body: Any, path: str, found: str) -> None:
    assert found_at(json.dumps(body).encode(), path) == found


def test_a_gateway_that_takes_an_id_once_is_asked_again(provider: Server, wire: Wire) -> None:
    settings = msgspec.structs.replace(gateway(provider.url, wire).settings, is_idempotent=True)
    channel = GatewaySms(settings=settings, wire=wire)
    provider.answer = lambda _asked: Answer(hangs_up=True)
    assert isinstance(channel.send(a_message()), Again)
    provider.answers({}, status=502)
    assert isinstance(channel.send(a_message()), Again)


def test_a_gateway_without_ids_is_believed_at_its_word(provider: Server, wire: Wire) -> None:
    settings = GatewaySettings(
        url=f"{provider.url}/send?key=1", body="to={to}&text={text}", content_type=FORM_TYPE,
        sender="GYM",
    )  # fmt: skip
    channel = GatewaySms(settings=settings, wire=wire)
    provider.answers(b"OK")
    assert channel.send(a_message("a&b=c")) == Done()
    [asked] = provider.asked
    assert asked.path == "/send?key=1"
    assert parse_qs(asked.body.decode()) == {"to": ["+447700900123"], "text": ["a&b=c"]}


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "header"), (403, "header"), (404, "no such address"), (500, "500")],
)
def test_a_gateway_that_cannot_be_used_is_found_out(
    provider: Server, wire: Wire, status: int, words: str
) -> None:
    provider.answers({}, status=status)
    assert words in gateway(provider.url, wire).check().problem


@pytest.mark.parametrize("status", [200, 204, 405])
def test_a_gateway_that_answers_is_there(provider: Server, wire: Wire, status: int) -> None:
    provider.answers(b"", status=status)
    channel = gateway(provider.url, wire)
    assert channel.check() == Health(account=channel.settings.url)
    assert provider.asked[0].method == "OPTIONS"
    assert "cannot be reached" in gateway("http://127.0.0.1:9", wire).check().problem


# -- webhooks --------------------------------------------------------------------------


def read(told: dict[str, Any]) -> ArrivingMessage | Receipt:
    body = json.dumps(told).encode()
    return gateway_hooks.read(body, signature=gateway_hooks.sign(body, SECRET), secret=SECRET)


def test_a_message_and_a_receipt_are_read() -> None:
    told = {"type": "message", "id": "g1", "from": "+447700900123", "text": "Hi", "more": [1]}
    assert read(told) == ArrivingMessage(receipt="g1", sender="+447700900123", text="Hi")
    told = {
        "type": "receipt", "id": "g1", "to": "+447700900123", "status": "failed", "code": "E9",
        "message": "m1",
    }  # fmt: skip
    assert read(told) == Receipt(
        receipt="g1", recipient="+447700900123", state=Delivery.FAILED, told="failed",
        message_id="m1", fault="provider_refused", code="E9",
    )  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        {"type": "fax"}, {"type": "message", "id": "a b", "from": "+1555", "text": ""},
        {"type": "receipt", "id": "g1", "to": "+1555", "status": "dreaming"}, {},
    ],
)  # fmt: skip
def test_another_form_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(told)


@given(st.integers(0, 7), st.data())
def test_one_flipped_bit_fails(bit: int, data: st.DataObject) -> None:
    body = b'{"type": "receipt", "id": "g1", "to": "+447700900123", "status": "sent"}'
    place = data.draw(st.integers(0, len(body) - 1))
    flipped = bytearray(body)
    flipped[place] ^= 1 << bit
    with pytest.raises(WrongSignatureError):
        gateway_hooks.read(
            bytes(flipped), signature=gateway_hooks.sign(body, SECRET), secret=SECRET
        )
