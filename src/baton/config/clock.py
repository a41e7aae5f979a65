"""The only place that reads the wall clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; everything else takes `now` as a parameter."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved: for tests, stories and simulation."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the moment that the clock was last moved to."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new moment; moving backward is refused."""
        if by < timedelta(0):
            message = "a virtual clock does not run backward"
            raise ValueError(message)
        self._now += by
        return self._now

    def move_to(self, moment: datetime) -> datetime:
        """Move forward to a moment and return it; an earlier moment changes nothing."""
        self._now = max(self._now, moment)
        return self._now
