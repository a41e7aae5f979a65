"""Sealing of everything that a person wrote or is known by: AES-256-GCM under a keyset.

A sealed value is one byte of format, four of key number, twelve of nonce, then
ciphertext and tag. The context (table, field and row) is authenticated with it,
so that a sealed value copied to another row does not open. New values use the
primary key; old ones open with the key that sealed them, until re-sealed.
"""

import hashlib
import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from baton.core.errors import BatonError

FORMAT = b"\x01"
_NONCE_BYTES = 12
_NONCES = 1 << 96
# Each process counts its nonces up from a random 96-bit start: unique as random ones are
# (two processes meet only if their stretches of 2**96 do), without a system call for each.
_NONCE = itertools.count(int.from_bytes(os.urandom(_NONCE_BYTES), "big"))
_HEADER_BYTES = 5
_BLOCK_BYTES = 64  # of SHA-256; a longer key would be hashed first, and none is


class SealBroken(BatonError):  # noqa: N818 - the tree of core.errors reads as outcomes
    """A sealed value does not open: another key, another row, or it was changed."""

    code = "seal_broken"


@dataclass(slots=True, kw_only=True, eq=False)
class Keyset:
    """The keys of one installation; `lookup` keys the hashes by which things are found.

    A process holds one for as long as it lives. Keys that another process added meanwhile come
    by `renew`, and by themselves as soon as something is met that they sealed; `reread` returns
    the keyset as it is kept now, None where it is kept nowhere.
    """

    primary: int
    keys: dict[int, AESGCM]
    lookup: bytes
    reread: Callable[[], Optional["Keyset"]] = lambda: None

    def renew(self) -> None:
        """Take over what became of the keyset where it is kept."""
        kept = self.reread()
        if kept is not None:
            self.keys, self.primary = kept.keys, kept.primary

    def seal(self, text: str, context: str) -> bytes:
        """Encrypt a text for one place."""
        return self.seal_bytes(text.encode(), context)

    def unseal(self, sealed: bytes | memoryview, context: str) -> str:
        """Decrypt a text of that place; raises SealBroken."""
        return self.unseal_bytes(sealed, context).decode()

    def seal_bytes(self, plain: bytes, context: str) -> bytes:
        """Encrypt bytes for one place."""
        nonce = (next(_NONCE) % _NONCES).to_bytes(_NONCE_BYTES, "big")
        sealed = self.keys[self.primary].encrypt(nonce, plain, context.encode())
        return header_of(self.primary) + nonce + sealed

    def unseal_bytes(self, sealed: bytes | memoryview, context: str) -> bytes:
        """Decrypt bytes of that place; raises SealBroken."""
        sealed = bytes(sealed)
        key = self._key_of(sealed)
        if key is None:
            raise SealBroken(context)
        nonce = sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
        try:
            return key.decrypt(nonce, sealed[_HEADER_BYTES + _NONCE_BYTES :], context.encode())
        except InvalidTag:
            raise SealBroken(context) from None

    def _key_of(self, sealed: bytes) -> AESGCM | None:
        number = _number_under(sealed[:_HEADER_BYTES])
        if number is None:
            return None
        key = self.keys.get(number)
        if key is None:
            self.renew()
            key = self.keys.get(number)
        return key

    def fingerprint(self, kind: str, value: str) -> str:
        """Return a keyed hash: equal for equal values, telling nothing about them."""
        halves = _halves_of(self.lookup)
        inner, outer = halves[0].copy(), halves[1].copy()
        inner.update(f"{kind}\x00{value}".encode())
        outer.update(inner.digest())
        return outer.hexdigest()[:32]

    def token(self, workspace_id: str, kind: str, value: str) -> str:
        """Return the token that stands for an identifier in a workspace's texts and logs.

        64 bits: a workspace would need billions of identifiers for two to share one.
        """
        return f"[{kind}:{self.fingerprint(f'{workspace_id}:{kind}', value)[:16]}]"


@lru_cache(maxsize=8)
def _halves_of(key: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """Return the two hashes of HMAC-SHA256 (RFC 2104) with the key in them.

    A batch takes a thousand fingerprints, and the key's part is the same in all of them.
    """
    block = key.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    return hashlib.sha256(inner), hashlib.sha256(outer)


def keyset_from(seed: bytes) -> Keyset:
    """Return a keyset whose keys follow from a seed: for stories and tests, never for people."""
    key = hashlib.sha256(b"key" + seed).digest()
    return Keyset(
        primary=1, keys={1: AESGCM(key)}, lookup=hashlib.sha256(b"lookup" + seed).digest()
    )


@lru_cache(maxsize=64)  # an installation has few keys, and a batch asks for one by the thousand
def header_of(number: int) -> bytes:
    """Return how everything begins that a key sealed."""
    return FORMAT + number.to_bytes(_HEADER_BYTES - 1, "big")


@lru_cache(maxsize=64)
def _number_under(header: bytes) -> int | None:
    return number_in(header) if header.startswith(FORMAT) else None


def number_in(header: bytes | memoryview) -> int:
    """Return the number of the key that sealed what begins so."""
    return int.from_bytes(bytes(header)[1:_HEADER_BYTES], "big")
