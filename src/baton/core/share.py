"""A contact's fixed place between 0 and 1, by which shares of contacts are dealt out."""

import hashlib

_WIDTH = 8
_RANGE = float(1 << 64)


def place_of(contact: str, purpose: str) -> float:
    """Return a number in [0, 1) that never changes for a contact and a purpose.

    Different purposes deal the same contacts independently of each other.
    """
    found = hashlib.sha256(f"{purpose}\0{contact}".encode()).digest()[:_WIDTH]
    return int.from_bytes(found) / _RANGE
