"""A browser that permits notifications, and reads them with its own keys (RFC 8291).

Written from the RFCs over the primitives of `cryptography`: it shares no code with the
library that encrypts.
"""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from baton.channels.push import keys, subscriptions
from baton.channels.push.subscriptions import Subscription

KEY = keys.fresh()
PAGE = "https://gym.example/classes"


class Browser:
    """One browser: its keys, and what it makes of a message for it."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"s" * 16):
        self._private = private or ec.generate_private_key(ec.SECP256R1())
        self._auth = auth

    @property
    def point(self) -> bytes:
        return _point_of(self._private.public_key())

    def permission(self, endpoint: str, key: str = KEY.public, page: str = PAGE) -> Subscription:
        return Subscription(
            endpoint=endpoint,
            p256dh=keys.encode(self.point),
            auth=keys.encode(self._auth),
            key=key,
            page=page,
        )

    def permit(self, endpoint: str) -> str:
        """Return the address under which a contact with this browser is kept."""
        return subscriptions.render(self.permission(endpoint))

    def read(self, body: bytes) -> bytes:
        """Return the words of a message: RFC 8188's header, one record, RFC 8291's keys."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._private.exchange(ec.ECDH(), other)
        seed = _derived(shared, self._auth, b"WebPush: info\0" + self.point + sender, 32)
        key = _derived(seed, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(seed, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None)
        content, mark = padded.rstrip(b"\0")[:-1], padded.rstrip(b"\0")[-1:]
        assert mark == b"\x02"  # the last record
        return content


def _point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
