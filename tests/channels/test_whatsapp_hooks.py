"""What Meta signs is believed and read; one flipped byte, and nothing is."""

import hashlib
import hmac
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.channels import ArrivingMessage, HeldFile, Receipt, WrongSignatureError
from baton.channels.whatsapp import hooks
from baton.core.delivery import Delivery
from baton.core.template import TemplateState
from tests.channels.whatsapp_hooks import (
    APP_SECRET,
    NUMBER_ID,
    hook,
    message,
    signed,
    status,
    text,
    value,
)

Told = tuple[ArrivingMessage | Receipt, ...]


def read(told: object) -> Told:
    body, signature = signed(told)
    return hooks.read(
        body, signature=signature, app_secret=APP_SECRET, phone_number_id=NUMBER_ID
    ).told


def text_of(told: dict[str, Any]) -> str:
    [arriving] = read(hook(value(told)))
    assert isinstance(arriving, ArrivingMessage)
    return arriving.text


def test_a_message_is_read_with_who_sent_it() -> None:
    assert read(hook(value(text("Was läuft? 😀")))) == (
        ArrivingMessage(
            receipt="wamid.1", sender="+447700900123", text="Was läuft? 😀", name="Mia 🌻"
        ),
    )


def test_several_entries_messages_and_receipts_of_one_webhook_keep_their_order() -> None:
    told = read(
        hook(
            value(text("1", wamid="a"), text("2", wamid="b")),
            value(text("other", wamid="x"), number="999999"),  # another number of the account
            value(text("3", wamid="c"), statuses=(status("sent"), status("read"))),
        )
    )
    assert [one.receipt for one in told] == ["a", "b", "c", "wamid.out", "wamid.out"]


@pytest.mark.req("C18", "C23")
@pytest.mark.parametrize(
    ("told", "words"),
    [
        (message("button", {"payload": "2", "text": "Move it"}), "2"),
        (message("button", {"text": "Move it"}), "Move it"),
        (
            message("interactive", {"type": "button_reply", "button_reply": {"id": "1"}}),
            "1",
        ),
        (
            message(
                "interactive",
                {"type": "list_reply", "list_reply": {"id": "yoga", "title": "Yoga"}},
            ),
            "yoga",
        ),
        (message("location", {"latitude": 51.5, "longitude": -0.1}), "[location] 51.5, -0.1"),
        (
            message("location", {"latitude": 51.5, "longitude": -0.1, "name": "Gym"}),
            "[location] Gym",
        ),
        (message("contacts", [{"name": {"formatted_name": "Kim"}}]), "[contact card]"),
        (message("text", {"body": 7}), "[a message that cannot be shown]"),
        (message("unsupported"), "[a message that cannot be shown]"),
    ],
)  # fmt: skip
def test_a_tapped_choice_says_its_key_and_other_kinds_say_what_came(
    told: dict[str, Any], words: str
) -> None:
    assert text_of(told) == words


@pytest.mark.req("C23")
def test_a_file_comes_by_the_id_under_which_meta_keeps_it() -> None:
    content = {"id": "1003383", "mime_type": "image/jpeg", "caption": "It is broken"}
    assert read(hook(value(message("image", content))))[0] == ArrivingMessage(
        receipt="wamid.1", sender="+447700900123", text="It is broken", name="Mia 🌻",
        files=(HeldFile(reference="1003383", media_type="image/jpeg"),),
    )  # fmt: skip
    content = {"id": "../me", "mime_type": "application/pdf", "filename": "a.pdf"}
    assert read(hook(value(message("document", content)))) == ()


def test_what_says_nothing_is_passed_over() -> None:
    reaction = message("reaction", {"message_id": "wamid.0", "emoji": "👍"})
    assert read(hook(value(reaction))) == ()
    assert read(hook(value(message("system", {"body": "new number"})))) == ()
    assert read(hook({"event": "APPROVED"}, field="message_template_status_update")) == ()
    assert read({"object": "whatsapp_business_account"}) == ()


@pytest.mark.parametrize(
    ("state", "known"),
    [("sent", Delivery.SENT), ("delivered", Delivery.DELIVERED), ("read", Delivery.READ)],
)
def test_a_receipt_names_our_message(state: str, known: Delivery) -> None:
    assert read(hook(value(statuses=(status(state),)))) == (
        Receipt(
            receipt="wamid.out", recipient="+447700900123", state=known, told=state, message_id="m1"
        ),
    )
    assert read(hook(value(statuses=(status("deleted"),)))) == ()


def test_a_failure_says_why() -> None:
    [told] = read(hook(value(statuses=(status("failed", code=131026),))))
    assert isinstance(told, Receipt)
    assert (told.state, told.fault, told.code) == (Delivery.FAILED, "not_on_channel", "131026")
    [told] = read(hook(value(statuses=(status("failed", code=131999),))))
    assert isinstance(told, Receipt)
    assert told.fault == "provider_refused"


def test_the_signature_is_metas() -> None:
    body = json.dumps(hook(value(text("Hi")))).encode()
    expected = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert hooks.sign(body, APP_SECRET) == f"sha256={expected}"


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_flipped_bit_is_believed_no_more(place: int, bit: int) -> None:
    body, signature = signed(hook(value(text("Hi"))))
    flipped = bytearray(body)
    flipped[place % len(body)] ^= 1 << bit
    with pytest.raises(WrongSignatureError):
        hooks.read(
            bytes(flipped),
            signature=signature,
            app_secret=APP_SECRET,
            phone_number_id=NUMBER_ID,
        )


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{" * 5_000, b'{"entry": 7}'])
def test_a_body_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError, RecursionError)):
        read(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(odd=json_values, kind=st.sampled_from(["text", "image", "interactive", "button", "x"]))
def test_no_odd_message_costs_the_others(odd: object, kind: str) -> None:
    told = read(hook(value(text("1", wamid="a"), message(kind, odd), text("3", wamid="c"))))
    receipts = [one.receipt for one in told]
    assert (receipts[0], receipts[-1]) == ("a", "c")


@given(odd=json_values)
def test_no_odd_contact_costs_the_messages(odd: object) -> None:
    told = value(text("1", wamid="a"))
    [one] = read(hook(told | {"contacts": [{"profile": {"name": None}}, odd, *told["contacts"]]}))
    assert isinstance(one, ArrivingMessage)
    assert (one.receipt, one.name) == ("a", "Mia 🌻")


@pytest.mark.req("TP3")
def test_news_of_templates_is_read_beside_messages() -> None:
    told = {
        "event": "PAUSED", "message_template_id": 594, "message_template_name": "class_tomorrow",
        "message_template_language": "en_US", "reason": "NONE",
        "other_info": {"title": "FIRST_PAUSE", "description": "paused for 3 hours"},
    }  # fmt: skip
    quality = {
        "previous_quality_score": "GREEN", "new_quality_score": "YELLOW",
        "message_template_id": 594, "message_template_name": "class_tomorrow",
        "message_template_language": "en_US",
    }  # fmt: skip
    body, signature = signed(hook(told, field="message_template_status_update"))
    [news] = hooks.read(
        body, signature=signature, app_secret=APP_SECRET, phone_number_id=NUMBER_ID
    ).templates
    assert (news.state, news.reason) == (TemplateState.PAUSED, "paused for 3 hours")
    body, signature = signed(hook(quality, field="message_template_quality_update"))
    [news] = hooks.read(
        body, signature=signature, app_secret=APP_SECRET, phone_number_id=NUMBER_ID
    ).templates
    assert (news.state, news.quality) == (None, "YELLOW")
