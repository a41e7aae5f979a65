"""Signatures of the Standard Webhooks convention (https://www.standardwebhooks.com)."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far a webhook's time may lie from ours, so that an old one is not sent again."""

_SECONDS = re.compile(r"[0-9]{1,12}")
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The three headers of a webhook."""

    id: str
    timestamp: str
    signatures: str


def problem_with(signed: Signed, body: bytes, secret: str, now: datetime) -> str | None:
    """Return why a webhook is not believed, in words for its sender, or None."""
    if not _SECONDS.fullmatch(signed.timestamp):
        return "webhook-timestamp must be whole seconds since 1970."
    age = abs(now.timestamp() - int(signed.timestamp))
    if age > TOLERANCE.total_seconds():
        return "webhook-timestamp is more than 5 minutes off. Send the present time, and sign it."
    expected = sign(signed.id, signed.timestamp, body, secret).encode()
    # Several signatures, set apart by blanks, let a sender change its secret.
    if any(hmac.compare_digest(expected, given.encode()) for given in signed.signatures.split()):
        return None
    return "webhook-signature does not fit the body. Sign `id.timestamp.body` with the secret."


def sign(webhook_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """Return the signature of a webhook, with its version before it."""
    signed = b".".join((webhook_id.encode(), timestamp.encode(), body))
    digest = hmac.new(_key_of(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key_of(secret: str) -> bytes:
    encoded = secret.removeprefix(_PREFIX)
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        message = "the inbox's secret is not whsec_ and base 64: make a fresh one"
        raise ValueError(message) from error
