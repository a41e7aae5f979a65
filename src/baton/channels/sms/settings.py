"""How an SMS inbox is connected: one form for each provider, kept sealed as a whole."""

import json
import re
from typing import TypeAlias

import msgspec

from baton.channels import twilio
from baton.channels.sms import numbers
from baton.channels.twilio import TWILIO_API
from baton.core import web_address
from baton.core.errors import InvalidInput

TWILIO = "twilio"
GATEWAY = "gateway"
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"

# https://www.twilio.com/docs/glossary/what-is-a-sid
_SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_PATH = re.compile(r"[\w-]{1,40}(\.[\w-]{1,40}){0,5}")


class TwilioSettings(msgspec.Struct, frozen=True, kw_only=True, tag=TWILIO, tag_field="provider"):
    """An account at Twilio, and who sends.

    `sender` is a number in E.164 or the SID of a messaging service; `auth_token` proves
    requests in both directions. `base` is another address than Twilio's for tests.
    """

    account_sid: str
    auth_token: str
    sender: str
    base: str = TWILIO_API


class GatewaySettings(msgspec.Struct, frozen=True, kw_only=True, tag=GATEWAY, tag_field="provider"):
    """Any provider that takes an SMS by one HTTP request.

    Attributes:
        url: where to send to; https, or this very machine.
        body: the request's body with {to}, {from}, {text} and {id}; each is written as
            `content_type` wants it: escaped inside a JSON string, or percent-encoded.
        header, header_value: one header that proves who asks, such as Authorization.
        sender: the number or name that messages come from.
        id_field: where in a JSON answer the provider's id of the message stands, as
            "messages.0.id"; "" when it gives none.
        is_idempotent: the gateway takes {id} once, however often it is sent.
    """

    url: str
    body: str
    content_type: str
    sender: str
    header: str = ""
    header_value: str = ""
    id_field: str = ""
    is_idempotent: bool = False


SmsSettings: TypeAlias = TwilioSettings | GatewaySettings


def problems_with(settings: SmsSettings) -> dict[str, str]:
    """Return what cannot be used, by field, in words for whoever fills in the form."""
    match settings:
        case TwilioSettings():
            return _twilio_problems(settings)
        case GatewaySettings():
            return _gateway_problems(settings)


def _twilio_problems(settings: TwilioSettings) -> dict[str, str]:
    problems = twilio.problems_with(settings)
    is_service = _SERVICE_SID.fullmatch(settings.sender)
    if not is_service and numbers.parse_number(settings.sender) != settings.sender:
        problems["sender"] = "Write the number with its country, as +447700900123, or a MG… SID."
    return problems


def _gateway_problems(settings: GatewaySettings) -> dict[str, str]:
    problems: dict[str, str] = {}
    try:
        web_address.check(settings.url, field="url")
    except InvalidInput as error:
        problems |= error.fields
    if "{to}" not in settings.body or "{text}" not in settings.body:
        problems["body"] = "The body needs {to} and {text}, where number and words go."
    elif settings.content_type == JSON_TYPE and not _is_json(settings.body):
        problems["body"] = 'As JSON the body needs quotes around its places, as in "{text}".'
    if not settings.sender.strip():
        problems["sender"] = "Write the number or the name that messages come from."
    if settings.header and not _HEADER.fullmatch(settings.header):
        problems["header"] = "A header's name has letters, digits and - alone."
    if settings.id_field and not _PATH.fullmatch(settings.id_field):
        problems["id_field"] = "Write names set apart by dots, as in messages.0.id."
    return problems


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
