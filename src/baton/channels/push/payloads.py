"""What a notification carries, and how only its browser can read it (RFC 8188, RFC 8291)."""

import http_ece
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from baton.channels.push import keys
from baton.channels.push.subscriptions import Subscription

MAX_BODY = 4_096
"""What every push service takes, encrypted (RFC 8030, 7.2)."""

MAX_PLAIN = 3_993
"""What of it is left for the words: the rest is the header of RFC 8188, a mark and a seal."""


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What the service worker shows; it reads these very names.

    Attributes:
        id: the message; a notification takes the place of the one before with the same id.
        title, body: what stands in it.
        page: where a click leads.
        told: where the worker says that it was shown or opened, with `proof`.
    """

    id: str
    title: str
    body: str
    page: str
    told: str
    proof: str


def render(notification: Notification) -> bytes:
    """Return a notification as JSON."""
    return msgspec.json.encode(notification)


def seal(content: bytes, subscription: Subscription) -> bytes:
    """Return content as the one browser reads it that gave its permission."""
    sealed: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=keys.decode(subscription.p256dh),
        auth_secret=keys.decode(subscription.auth),
        version="aes128gcm",
    )
    return sealed
