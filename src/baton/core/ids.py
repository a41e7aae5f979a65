"""Identifiers that sort by the time they were made, and that a test can seed.

An id is a ULID (https://github.com/ulid/spec): 48 bits of milliseconds and 80
random bits in 26 characters of Crockford's base 32. Sorting ids as text sorts
them by time, so one index serves both "by id" and "newest first".
"""

from collections.abc import Callable
from datetime import datetime
from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)
ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
UserId = NewType("UserId", str)
RunId = NewType("RunId", str)

LENGTH = 26
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_TEN_BITS = 0x3FF


class IdSource:
    """Makes ids from a caller's time and a source of random bits.

    Two ids made by one source in the same millisecond still sort in the order
    in which they were made: the random part then counts up by one.
    """

    def __init__(self, random_bits: Callable[[int], int]) -> None:
        self._random_bits = random_bits
        self._last_ms = -1
        self._tail = 0

    def next_id(self, now: datetime) -> str:
        """Return a new id for the moment `now` (aware; milliseconds are kept)."""
        ms = int(now.timestamp() * 1000)
        if ms <= self._last_ms:
            ms = self._last_ms
            self._tail += 1
        else:
            self._last_ms = ms
            # The top bit stays free, so that counting up cannot overflow.
            self._tail = self._random_bits(_RANDOM_BITS - 1)
        value = (ms << _RANDOM_BITS) | self._tail
        return "".join(_PAIRS[(value >> shift) & _TEN_BITS] for shift in range(120, -1, -10))
