"""How fast an inbox may send what nobody asked for: by the second, the minute and the day (C19).

Each message is given a moment of its own, in order, so that what waits comes back once and
not in a crowd. What answers a contact never waits; it is counted all the same.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

_RAMP_DAYS = 30
"""A ramp that doubles every day has left every limit behind by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """An inbox's limits; 0 is none.

    With `warm_up_from` an address that is new to its receivers sends so many on the day
    `warm_up_on` and twice as many on each day after, until `per_day` is reached. Days are
    those of UTC. `begun_per_day` is how many its provider lets a business write to first in a
    day; what answers a contact does not count there.
    """

    per_second: int = 0
    per_minute: int = 0
    per_day: int = 0
    warm_up_from: int = 0
    warm_up_on: date | None = None
    begun_per_day: int = 0

    @property
    def spacing(self) -> timedelta:
        """The time between two messages."""
        by_second = timedelta(seconds=1) / self.per_second if self.per_second else timedelta(0)
        by_minute = timedelta(minutes=1) / self.per_minute if self.per_minute else timedelta(0)
        return max(by_second, by_minute)

    def most_on(self, day: date) -> int:
        """Return how many messages may go on a day, 0 for any number."""
        days = (day - self.warm_up_on).days if self.warm_up_on else _RAMP_DAYS
        if not self.warm_up_from or days >= _RAMP_DAYS:
            return self.per_day
        ramp = self.warm_up_from << max(days, 0)
        return min(ramp, self.per_day) if self.per_day else ramp


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an inbox has given away: its next free moment, and the counts of that moment's day.

    `begun` of the `count` messages of the day were asked for by nobody.
    """

    free_at: datetime
    day: date
    count: int
    begun: int = 0


def take(pace: Pace, taken: Taken | None, now: datetime) -> tuple[datetime, Taken]:
    """Return the moment at which a message may leave, and what is taken with it."""
    at = max(now, taken.free_at) if taken else now
    is_same_day = taken is not None and taken.day == at.date()
    count, begun = (taken.count, taken.begun) if taken and is_same_day else (0, 0)
    while _is_full(pace, at.date(), count, begun):
        at, count, begun = _day_after(at), 0, 0
    return at, Taken(free_at=at + pace.spacing, day=at.date(), count=count + 1, begun=begun + 1)


def _is_full(pace: Pace, day: date, count: int, begun: int) -> bool:
    most = pace.most_on(day)
    return bool(most and count >= most) or bool(pace.begun_per_day and begun >= pace.begun_per_day)


def count_answer(pace: Pace, taken: Taken | None, now: datetime) -> Taken:
    """Return what is taken when a message goes at once, limit or none."""
    if taken is None or taken.free_at < now:
        is_same_day = taken is not None and taken.day == now.date()
        count, begun = (taken.count, taken.begun) if taken and is_same_day else (0, 0)
        return Taken(free_at=now + pace.spacing, day=now.date(), count=count + 1, begun=begun)
    count = taken.count + 1 if taken.day == now.date() else taken.count
    return replace(taken, free_at=taken.free_at + pace.spacing, count=count)


def _day_after(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(0), UTC)
