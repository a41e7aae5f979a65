"""Twilio's webhooks: whether one is Twilio's, and what it tells.

How they are signed: https://www.twilio.com/docs/usage/security#validating-requests
What they hold: https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

import base64
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

from baton.channels import ArrivingMessage, HeldFile, Receipt, WrongSignatureError
from baton.channels.sms import twilio_codes
from baton.core.delivery import Delivery
from baton.core.keywords import Keyword

HEADER = "x-twilio-signature"
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
"""The answer that asks Twilio to say nothing: our replies go out on their own."""

_MAX_FIELDS = 200
_MAX_MEDIA = 10  # https://www.twilio.com/docs/messaging/guides/accepted-mime-types
_MEDIA = re.compile(r"/Messages/([A-Z]{2}[0-9a-fA-F]{32})/Media/(ME[0-9a-fA-F]{32})\Z")
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_STATES: Mapping[str, Delivery] = MappingProxyType(
    {
        # All of these say that Twilio has it, and none that a phone does.
        "accepted": Delivery.SENT,
        "scheduled": Delivery.SENT,
        "queued": Delivery.SENT,
        "sending": Delivery.SENT,
        "sent": Delivery.SENT,
        "delivered": Delivery.DELIVERED,
        "read": Delivery.READ,
        "undelivered": Delivery.FAILED,
        "failed": Delivery.FAILED,
        "canceled": Delivery.FAILED,
    }
)
_OPT_OUT: Mapping[str, Keyword] = MappingProxyType(
    {"STOP": Keyword.STOP, "START": Keyword.START, "HELP": Keyword.HELP}
)


def sign(url: str, fields: Mapping[str, Sequence[str]], auth_token: str) -> str:
    """Return the signature of a form posted to an address.

    Signed is the whole address, then each field's name and value, sorted by name; of a
    field that comes twice, each different value once (as Twilio's own libraries do).
    """
    told = "".join(
        f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name]))
    )
    digest = hmac.digest(auth_token.encode(), f"{url}{told}".encode(), "sha1")
    return base64.b64encode(digest).decode()


def read(
    body: bytes, *, url: str, signature: str, auth_token: str
) -> ArrivingMessage | Receipt | None:
    """Read a webhook; None for one that tells nothing of a message.

    Raises WrongSignatureError for one that Twilio did not sign, or not for this address.
    """
    told = verified(body, url=url, signature=signature, auth_token=auth_token)
    sid = told.get("MessageSid") or told.get("SmsSid", "")
    if not _SID.fullmatch(sid):
        return None
    if "MessageStatus" in told:
        return _receipt_of(sid, told, url)
    return _arriving(sid, told) if "From" in told else None


def verified(body: bytes, *, url: str, signature: str, auth_token: str) -> dict[str, str]:
    """Return the fields of a form that Twilio signed; raises WrongSignatureError for any other."""
    fields = _fields_of(body)
    expected = sign(url, fields, auth_token)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise WrongSignatureError
    return {name: values[0] for name, values in fields.items()}


def _fields_of(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MAX_FIELDS,
            errors="strict",
        )
    except ValueError as error:  # not a form, or one with too many fields
        raise WrongSignatureError from error


def _arriving(sid: str, told: Mapping[str, str]) -> ArrivingMessage:
    held = tuple(_files_in(told))
    # Pictures that nobody can be asked for: the fact that something came is not lost.
    unnamed = "[picture]" if told.get("NumMedia", "0") != "0" and not held else ""
    return ArrivingMessage(
        receipt=sid,
        sender=told["From"],
        text=told.get("Body", "") or unnamed,
        keyword=_OPT_OUT.get(told.get("OptOutType", "").upper()),
        files=held,
    )


def _files_in(told: Mapping[str, str]) -> Iterator[HeldFile]:
    """Yield the pictures of an MMS, by the names under which Twilio keeps them."""
    for place in range(_MAX_MEDIA):
        named = _MEDIA.search(told.get(f"MediaUrl{place}", ""))
        if named:
            media_type = told.get(f"MediaContentType{place}", "")
            yield HeldFile(reference=f"{named[1]}/{named[2]}", media_type=media_type)


def _receipt_of(sid: str, told: Mapping[str, str], url: str) -> Receipt | None:
    status = told["MessageStatus"].lower()
    state = _STATES.get(status)
    if state is None:
        return None
    code = told.get("ErrorCode", "")
    number = int(code) if code.isascii() and code.isdecimal() else 0
    fault = twilio_codes.undelivered_of(number).value if state is Delivery.FAILED else ""
    own = parse_qs(urlsplit(url).query).get("message", [""])
    return Receipt(
        receipt=sid,
        recipient=told.get("To", ""),
        state=state,
        told=status,
        message_id=own[0],
        fault=fault,
        code=code[:20],
    )
