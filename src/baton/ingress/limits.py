"""How often one sender may call: counted in memory, in this process alone."""

from collections import deque
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
