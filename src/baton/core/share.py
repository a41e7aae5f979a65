"""A contact's fixed place between 0 and 1, by which shares of contacts are dealt out."""

import hashlib
from collections.abc import Sequence

_WIDTH = 8
_RANGE = float(1 << 64)
_WHOLE = 100


def place_of(contact: str, purpose: str) -> float:
    """Return a number in [0, 1) that never changes for a contact and a purpose.

    Different purposes deal the same contacts independently of each other.
    """
    found = hashlib.sha256(f"{purpose}\0{contact}".encode()).digest()[:_WIDTH]
    return int.from_bytes(found) / _RANGE


def dealt(contact: str, purpose: str, shares: Sequence[int]) -> int:
    """Return which of some shares, in percent and 100 together, a contact falls into."""
    place = place_of(contact, purpose) * _WHOLE
    for which, share in enumerate(shares):
        if place < share:
            return which
        place -= share
    return len(shares) - 1
