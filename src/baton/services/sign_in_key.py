"""Seals what proves a second step, in tables that are not ours.

They hold texts, which a rotation of the keyset would not find. So these are sealed by a key of
their own, and that one, in a table of ours, by the keyset: it is what gets sealed anew.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from baton.services.house import House
from baton.store.crypto import SealBroken
from baton.store.models import SignInKey

_BYTES = 32
_NONCE = 12
_PLACE = "sign_in_key:1"


def seal(house: House, text: str) -> str:
    """Return a text sealed, as text again."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _key(house).encrypt(nonce, text.encode(), None)).decode()


def unseal(house: House, sealed: str) -> str:
    """Return what was sealed; raises SealBroken."""
    raw = base64.b64decode(sealed)
    try:
        return _key(house).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
    except InvalidTag:
        raise SealBroken(_PLACE) from None


def _key(house: House) -> AESGCM:
    fresh = {"key_sealed": house.keyset.seal_bytes(os.urandom(_BYTES), _PLACE)}
    kept, _is_first = SignInKey.objects.get_or_create(id=1, defaults=fresh)
    return AESGCM(house.keyset.unseal_bytes(kept.key_sealed, _PLACE))
