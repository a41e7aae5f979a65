"""What Twilio tells of a call: how it ended, and the key that was pressed.

https://www.twilio.com/docs/voice/api/call-resource#statuscallback
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

from baton.channels import Receipt
from baton.core.delivery import Delivery, Undelivered

_SID = re.compile(r"CA[0-9a-fA-F]{32}")
_STATES: Mapping[str, Delivery] = MappingProxyType(
    {
        "queued": Delivery.SENT,
        "initiated": Delivery.SENT,
        "ringing": Delivery.SENT,
        "in-progress": Delivery.DELIVERED,  # answered, by somebody or by a machine
        "completed": Delivery.DELIVERED,
        "busy": Delivery.FAILED,
        "no-answer": Delivery.FAILED,
        "failed": Delivery.FAILED,
        "canceled": Delivery.FAILED,
    }
)
_FAULTS: Mapping[str, Undelivered] = MappingProxyType(
    {
        "busy": Undelivered.LINE_BUSY,
        "no-answer": Undelivered.NOT_PICKED_UP,
        "failed": Undelivered.UNREACHABLE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed the key that leads to a person, in a call of ours."""

    call: str
    number: str
    message_id: str
    language: str


def read(told: Mapping[str, str], *, url: str) -> Receipt | Pressed | None:
    """Read what a webhook that was believed tells of a call; None where it is nothing."""
    call = told.get("CallSid", "")
    if not _SID.fullmatch(call):
        return None
    named = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    message_id = named.get("message", "")
    if told.get("Digits") == "1":
        return Pressed(
            call=call,
            number=told.get("To", ""),
            message_id=message_id,
            language=named.get("language", ""),
        )
    status = told.get("CallStatus", "").lower()
    state = _STATES.get(status)
    if state is None or "Digits" in told:
        return None
    fault = _FAULTS.get(status, Undelivered.PROVIDER_REFUSED) if state is Delivery.FAILED else None
    return Receipt(
        receipt=call,
        recipient=told.get("To", ""),
        state=state,
        told=status,
        message_id=message_id,
        fault=fault.value if fault else "",
        code=told.get("SipResponseCode", "")[:20],
    )
