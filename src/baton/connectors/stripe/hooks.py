"""Stripe's webhooks: believed by the header Stripe-Signature, each once by its event's id.

See https://docs.stripe.com/webhooks/signature: the header holds the moment and one digest
for each secret that is in force; what is signed is the moment, a point and the very bytes.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import msgspec

from baton.connectors import DisbelievedError, Heard, Hook, UnreadableError

TOLERANCE = timedelta(minutes=5)
"""How far its moment may be from ours, either way: what is older may be a replay."""

_HEADER = "stripe-signature"
_MOST_PARTS = 20
_MOST_DIGITS = 12


class _Envelope(msgspec.Struct, frozen=True):
    """What every event has."""

    id: str
    object: str
    type: str


class StripeHooks:
    """The hearing part of the connector."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        _require_proof(hook, proof, now)
        try:
            told = msgspec.json.decode(hook.body, type=_Envelope)
            body = hook.body.decode()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableError("The body is no event of Stripe.") from error
        if told.object != "event" or not told.id:
            raise UnreadableError("The body is no event of Stripe.")
        return Heard(reference=told.id[:64], body=body)


def _require_proof(hook: Hook, proof: str, now: datetime) -> None:
    moment, digests = _parts_of(hook.headers.get(_HEADER, ""))
    if not moment or not digests:
        raise DisbelievedError("The header Stripe-Signature is missing, or not whole.")
    signed = hmac.new(proof.encode(), f"{moment}.".encode() + hook.body, hashlib.sha256)
    expected = signed.hexdigest().encode()
    if not any(hmac.compare_digest(expected, one.encode()) for one in digests):
        raise DisbelievedError("Stripe-Signature does not fit. Check the signing secret.")
    if abs(now - datetime.fromtimestamp(int(moment), UTC)) > TOLERANCE:
        raise DisbelievedError("Stripe-Signature is too old. Send it again, signed anew.")


def _parts_of(header: str) -> tuple[str, list[str]]:
    """Return the moment and the digests of the scheme in force; others are for other times."""
    parts = [one.strip().partition("=") for one in header.split(",", _MOST_PARTS)]
    moments = [value for name, _, value in parts if name == "t"]
    is_one = len(moments) == 1 and moments[0].isascii() and moments[0].isdecimal()
    moment = moments[0] if is_one and len(moments[0]) <= _MOST_DIGITS else ""
    return moment, [value for name, _, value in parts if name == "v1"]
