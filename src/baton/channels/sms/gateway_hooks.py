"""What a gateway posts to us: JSON in one form, signed with the inbox's secret.

A gateway that speaks otherwise needs a few lines in between; the folder's README shows
both bodies.
"""

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from baton.channels import ArrivingMessage, Receipt, WrongSignatureError
from baton.core.delivery import Delivery, Undelivered

HEADER = "x-baton-signature"
_PREFIX = "sha256="
_Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}\Z")]
_Number = Annotated[str, Meta(min_length=3, max_length=32)]
_STATES: Mapping[str, Delivery] = MappingProxyType(
    {"sent": Delivery.SENT, "delivered": Delivery.DELIVERED, "failed": Delivery.FAILED}
)


class _Message(msgspec.Struct, tag="message", tag_field="type"):
    id: _Id
    sender: _Number = msgspec.field(name="from")
    text: str


class _Receipt(msgspec.Struct, tag="receipt", tag_field="type"):
    id: _Id
    recipient: _Number = msgspec.field(name="to")
    status: Literal["sent", "delivered", "failed"]
    message: Annotated[str, Meta(max_length=64)] = ""
    code: Annotated[str, Meta(max_length=20)] = ""


_DECODER = msgspec.json.Decoder(_Message | _Receipt)


def sign(body: bytes, secret: str) -> str:
    """Return the signature of a body: HMAC-SHA256 with the inbox's secret, in hex."""
    return f"{_PREFIX}{hmac.digest(secret.encode(), body, 'sha256').hex()}"


def read(body: bytes, *, signature: str, secret: str) -> ArrivingMessage | Receipt:
    """Read a webhook; raises WrongSignatureError, or msgspec.ValidationError for another form."""
    if not hmac.compare_digest(sign(body, secret).encode(), signature.lower().encode()):
        raise WrongSignatureError
    told = _DECODER.decode(body)
    if isinstance(told, _Message):
        return ArrivingMessage(receipt=told.id, sender=told.sender, text=told.text)
    state = _STATES[told.status]
    is_failed = state is Delivery.FAILED
    return Receipt(
        receipt=told.id,
        recipient=told.recipient,
        state=state,
        told=told.status,
        message_id=told.message,
        fault=Undelivered.PROVIDER_REFUSED.value if is_failed else "",
        code=told.code,
    )
