"""How an SMS inbox is connected: one form for each provider, kept sealed as a whole."""

from typing import TypeAlias

import msgspec

TWILIO = "twilio"
GATEWAY = "gateway"
SANDBOX = "sandbox"
TWILIO_API = "https://api.twilio.com"


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


class SandboxSettings(msgspec.Struct, frozen=True, kw_only=True, tag=SANDBOX, tag_field="provider"):
    """No provider: the phone lab and stories play the phone."""

    sender: str = ""


SmsSettings: TypeAlias = TwilioSettings | GatewaySettings | SandboxSettings


def pack(settings: SmsSettings) -> str:
    """Return settings as JSON, to be sealed."""
    return msgspec.json.encode(settings).decode()


def unpack(text: str) -> SmsSettings:
    """Read settings back."""
    return msgspec.json.decode(text, type=TwilioSettings | GatewaySettings | SandboxSettings)
