"""How often and how much at once one sender may call: counted in memory, in this process alone."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

_MAX_KEYS = 20_000
"""Senders remembered at most; beyond it those that fell silent are forgotten first."""


class SlidingWindow:
    """Lets each key through a number of times within a span."""

    def __init__(self, limit: int, span: timedelta) -> None:
        self._limit = limit
        self._span = span
        self._passed: dict[str, deque[datetime]] = {}

    def wait_of(self, key: str, now: datetime) -> timedelta:
        """Count a call and return zero, or return how long to wait until the next may pass."""
        passed = self._passed.pop(key, None) or deque()
        # Put back at the end: the dictionary's order is that of the last call.
        self._passed[key] = passed
        while passed and passed[0] <= now - self._span:
            passed.popleft()
        if len(passed) >= self._limit:
            return passed[0] + self._span - now
        passed.append(now)
        if len(self._passed) > _MAX_KEYS:
            self._passed.pop(next(iter(self._passed)))
        return timedelta(0)


class Places:
    """Counts what is open at once, in all and for each key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._taken_by: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Return whether nobody else finds a place."""
        return self._taken >= self._limit

    def has_room(self, limits: Mapping[str, int]) -> bool:
        """Return whether every key is below its own limit."""
        return all(self._taken_by[key] < limit for key, limit in limits.items())

    @contextmanager
    def taken(self, keys: Mapping[str, int]) -> Iterator[None]:
        """Hold one place, counted for each of the keys, until the end of the block."""
        self._taken += 1
        self._taken_by.update(keys.keys())
        try:
            yield
        finally:
            self._taken -= 1
            self._taken_by.subtract(keys.keys())
            self._taken_by = +self._taken_by  # what is zero is forgotten
