"""When to try again: a pure decision from the number of tries so far."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential back-off with a ceiling, a spread and an end.

    After attempt *n* (from 1) the next one starts after

        min(first * factor ** (n - 1), ceiling) * (1 - jitter + 2 * jitter * random)

    where `random` lies in [0, 1), so that work which failed together does not come
    back together. After `max_attempts` attempts there is none: it is parked.
    """

    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    ceiling: timedelta = timedelta(minutes=15)
    max_attempts: int = 10
    jitter: float = 0.2

    def __post_init__(self) -> None:
        """Refuse a policy that cannot back off."""
        if self.first <= timedelta(0) or self.ceiling < self.first:
            raise ValueError("a retry policy needs 0 < first <= ceiling")
        if self.factor < 1 or self.max_attempts < 1 or not 0 <= self.jitter <= 1:
            raise ValueError(
                "a retry policy needs factor >= 1, max_attempts >= 1, 0 <= jitter <= 1"
            )

    def next_attempt(self, attempt: int, *, now: datetime, random: float) -> datetime | None:
        """Return when to try again after attempt number `attempt` failed at `now`, or None."""
        if attempt >= self.max_attempts:
            return None
        return now + self._delay(attempt) * (1 - self.jitter + 2 * self.jitter * random)

    def _delay(self, attempt: int) -> timedelta:
        # Compared by logarithm, since a large power would overflow.
        growth = (attempt - 1) * math.log(self.factor)
        if growth >= math.log(self.ceiling / self.first):
            return self.ceiling
        return self.first * math.exp(growth)
