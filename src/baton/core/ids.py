"""Identifiers that sort by the time they were made, and that a test can seed.

An id is a UUID of version 7 (RFC 9562, 5.7) in 32 hexadecimal digits without
dashes: 48 bits of milliseconds, then random bits. Sorting ids as text sorts
them by time, so one index serves both "by id" and "newest first".
"""

from collections.abc import Callable
from datetime import datetime

LENGTH = 32
_RANDOM_BITS = 74
_LOW_BITS = 62
_LOW_MASK = (1 << _LOW_BITS) - 1
_VERSION_7 = 0x7 << 12
_VARIANT = 0b10 << _LOW_BITS


class IdSource:
    """Makes ids from a caller's time and a source of random bits.

    Ids made by one source never fall behind: within a millisecond, and when the
    clock steps back, the random part counts up by one (RFC 9562, 6.2, method 2).
    """

    def __init__(self, random_bits: Callable[[int], int]) -> None:
        self._random_bits = random_bits
        self._last: datetime | None = None
        self._given_ms = -1
        self._last_ms = -1
        self._head = ""
        self._high = self._low = 0

    def next_id(self, now: datetime) -> str:
        """Return a new id for the moment `now` (aware; milliseconds are kept)."""
        if now is not self._last:  # a batch asks for thousands in one moment
            self._last, self._given_ms = now, int(now.timestamp() * 1000)
        if self._given_ms > self._last_ms:
            self._last_ms = self._given_ms
            # The top bit stays free, so that counting up cannot overflow.
            self._begin(self._random_bits(_RANDOM_BITS - 1))
        elif self._low == _LOW_MASK:
            self._begin((self._high + 1) << _LOW_BITS)
        else:
            self._low += 1
        return f"{self._head}{_VARIANT | self._low:016x}"

    def _begin(self, tail: int) -> None:
        # In two halves, of which a millisecond's ids share the first: a turn makes eight.
        self._high, self._low = tail >> _LOW_BITS, tail & _LOW_MASK
        self._head = f"{self._last_ms << 16 | _VERSION_7 | self._high:016x}"
