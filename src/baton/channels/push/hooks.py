"""What a service worker tells of a notification: it was shown, or opened."""

import hmac
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from baton.channels import Receipt, WrongSignatureError
from baton.channels.push import keys
from baton.core.delivery import Delivery

_STATES: Mapping[str, Delivery] = MappingProxyType(
    {"shown": Delivery.DELIVERED, "opened": Delivery.READ}
)


class _Told(msgspec.Struct):
    id: str
    proof: str
    state: str


def read(body: bytes, *, private: str) -> Receipt | None:
    """Read what a worker tells, proved by a private key; None for what tells nothing.

    Raises WrongSignatureError for a notification that we did not send.
    """
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongSignatureError from error
    if not hmac.compare_digest(keys.proof_of(private, told.id).encode(), told.proof.encode()):
        raise WrongSignatureError
    state = _STATES.get(told.state)
    if state is None:
        return None
    return Receipt(receipt=told.id, recipient="", state=state, told=told.state, message_id=told.id)
