"""What Twilio signs is believed, and nothing else: held against Twilio's own library."""

from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from baton.channels import ArrivingMessage, Receipt, WrongSignatureError
from baton.channels.sms import twilio_hooks
from baton.core.delivery import Delivery
from baton.core.keywords import Keyword

URL = "https://gym.example/sms/twilio/t0k3n"
TOKEN = "12345"
SID = "SM" + "0a" * 16
# As Twilio documents them: the fields of a message, and of a status callback.
MESSAGE = {
    "ToCountry": "GB", "MessageSid": SID, "AccountSid": "AC" + "1b" * 16, "NumMedia": "0",
    "SmsSid": SID, "SmsStatus": "received", "Body": "Was läuft? 😀 a+b", "From": "+447700900123",
    "To": "+447700900999", "NumSegments": "1", "SmsMessageSid": SID, "ApiVersion": "2010-04-01",
}  # fmt: skip
STATUS = {
    "SmsSid": SID, "SmsStatus": "undelivered", "MessageStatus": "undelivered", "ErrorCode": "30003",
    "To": "+447700900123", "From": "+447700900999", "MessageSid": SID,
    "AccountSid": "AC" + "1b" * 16, "ApiVersion": "2010-04-01",
}  # fmt: skip


def read(fields: dict[str, str], *, url: str = URL) -> ArrivingMessage | Receipt | None:
    """Read a webhook that Twilio's own library signed."""
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    body = urlencode(fields).encode()
    return twilio_hooks.read(body, url=url, signature=signature, auth_token=TOKEN)


def test_a_message_is_read() -> None:
    assert read(MESSAGE) == ArrivingMessage(
        receipt=SID, sender="+447700900123", text="Was läuft? 😀 a+b"
    )


@pytest.mark.req("C23")
def test_pictures_come_by_the_names_under_which_twilio_keeps_them() -> None:
    media = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/{}/Media/{}"
    told = read(
        MESSAGE
        | {
            "Body": "", "NumMedia": "2", "MediaContentType0": "image/jpeg",
            "MediaUrl0": media.format("MM" + "3d" * 16, "ME" + "4e" * 16),
            "MediaContentType1": "video/mp4", "MediaUrl1": "https://evil.example/x",
        }
    )  # fmt: skip
    assert isinstance(told, ArrivingMessage)
    [file] = told.files
    assert (told.text, file.media_type) == ("", "image/jpeg")
    assert file.reference == f"{'MM' + '3d' * 16}/{'ME' + '4e' * 16}"


def test_a_receipt_is_read_with_the_name_that_we_gave() -> None:
    assert read(STATUS, url=f"{URL}?message=0123abc") == Receipt(
        receipt=SID,
        recipient="+447700900123",
        state=Delivery.FAILED,
        told="undelivered",
        message_id="0123abc",
        fault="unreachable",
        code="30003",
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", "sent"), ("queued", "sent"), ("sending", "sent"), ("sent", "sent"),
        ("delivered", "delivered"), ("read", "read"), ("failed", "failed"), ("canceled", "failed"),
    ],
)  # fmt: skip
def test_each_status_has_its_place(status: str, state: str) -> None:
    told = read({**STATUS, "MessageStatus": status, "ErrorCode": ""})
    assert isinstance(told, Receipt)
    assert told.state.value == state


@pytest.mark.req("C24", "P18")
@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
def test_a_keyword_that_twilio_answered_is_told_as_such(word: str) -> None:
    told = read({**MESSAGE, "Body": "Basta", "OptOutType": word})
    assert isinstance(told, ArrivingMessage)
    assert told.keyword is Keyword(word.lower())


def test_a_picture_without_words_is_not_lost() -> None:
    told = read({**MESSAGE, "Body": "", "NumMedia": "1"})
    assert isinstance(told, ArrivingMessage)
    assert told.text == "[picture]"


@pytest.mark.parametrize(
    "fields",
    [
        {**STATUS, "MessageStatus": "dreaming"}, {**MESSAGE, "MessageSid": "x", "SmsSid": "y"},
        {"CallSid": "CA1"}, {"MessageSid": SID},
    ],
)  # fmt: skip
def test_what_tells_nothing_of_a_message_is_let_go(fields: dict[str, str]) -> None:
    assert read(fields) is None


FIELDS = st.dictionaries(
    st.text("ABCDEFabcdef", min_size=1, max_size=8), st.text(max_size=20), max_size=8
)


@given(FIELDS, st.text("abcdef0123456789", max_size=12))
def test_our_signature_is_that_of_twilios_library(fields: dict[str, str], query: str) -> None:
    url = f"{URL}?{query}" if query else URL
    values: dict[str, Any] = {name: [value] for name, value in fields.items()}
    assert twilio_hooks.sign(url, values, TOKEN) == RequestValidator(TOKEN).compute_signature(
        url, fields
    )


@given(st.data())
def test_one_flipped_bit_fails(data: st.DataObject) -> None:
    signature = RequestValidator(TOKEN).compute_signature(URL, MESSAGE).encode()
    parts = {"body": urlencode(MESSAGE).encode(), "url": URL.encode(), "signature": signature}
    name = data.draw(st.sampled_from(sorted(parts)))
    place = data.draw(st.integers(0, len(parts[name]) - 1))
    flipped = bytearray(parts[name])
    flipped[place] ^= 1 << data.draw(st.integers(0, 6))
    parts[name] = bytes(flipped)
    if _same_fields(parts["body"]):
        return  # "%c3" and "%C3" are one letter, and signed alike
    with pytest.raises(WrongSignatureError):
        twilio_hooks.read(
            parts["body"],
            url=parts["url"].decode(),
            signature=parts["signature"].decode(),
            auth_token=TOKEN,
        )


def _same_fields(body: bytes) -> bool:
    whole = urlencode(MESSAGE).encode()
    if body == whole:
        return False
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True) == parse_qs(
            whole.decode("ascii"), keep_blank_values=True
        )
    except ValueError:
        return False
