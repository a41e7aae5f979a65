"""The keys by which push services know who may notify a browser (VAPID, RFC 8292).

A browser's permission is bound to one public key. So keys that were replaced still sign for
those who gave their permission to them, until they come back and give it to the newest.
"""

import base64
import hmac

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

MOST_KEYS = 3
"""So many are kept; who comes back only after as many rotations is asked anew."""

_PRIVATE_BYTES = 32


class VapidKey(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of keys, raw and in base64url as browsers and push services write them."""

    private: str
    public: str


def fresh() -> VapidKey:
    """Return a pair of keys that nobody has."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    private = key.private_numbers().private_value.to_bytes(_PRIVATE_BYTES, "big")
    return VapidKey(private=encode(private), public=encode(point))


def rotated(keys: tuple[VapidKey, ...]) -> tuple[VapidKey, ...]:
    """Return the keys with a fresh pair before them, the newest first."""
    return (fresh(), *keys)[:MOST_KEYS]


def authorization_of(key: VapidKey, *, audience: str, subject: str, ends_at: int) -> str:
    """Return the header that proves to a push service who sends.

    `audience` is its origin, `subject` where its operators reach us, `ends_at` in seconds of
    the epoch.
    """
    claims = {"aud": audience, "sub": subject, "exp": ends_at}
    signer = Vapid02.from_raw(key.private.encode())
    return str(signer.sign(claims)["Authorization"])


def proof_of(private: str, message_id: str) -> str:
    """Return what a browser shows us to be believed on a notification; good for that one alone."""
    secret = hmac.digest(private.encode(), b"baton.push.proof", "sha256")
    return encode(hmac.digest(secret, message_id.encode(), "sha256"))


def encode(content: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Return the bytes of base64url, padded or not; raises ValueError for what is none."""
    bare = text.rstrip("=")
    if not bare.isascii():
        raise ValueError
    # Checked by writing it again: the decoder passes over signs that do not belong there.
    content = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if encode(content) != bare:
        raise ValueError
    return content
