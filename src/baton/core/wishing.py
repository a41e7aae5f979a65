"""What somebody wants to book, and which of the free places fit it (ON21)."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

import msgspec

from baton.core.recommending import DayPart, part_of

_WEEK = timedelta(days=7)

_GREETING = r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|please|sorry|and|so|ok)\W+)*"
_HOW = re.compile(
    rf"^\W*{_GREETING}(?:how|where|what|when|why|do (?:i|we|you)|does|are there any fee"
    r"|is there a\b(?! (?:free |spare )?(?:bike|mat|place|seat|slot|space|spot)\b)"
    r"|can i just (?:turn|show|walk)|how (?:far|long|early|late|many))\b",
    re.IGNORECASE,
)


def asks_how(said: str) -> bool:
    """Return whether words ask how something is done, rather than ask to have it done.

    "How do I book a class?" is answered; "book me in for tomorrow" is done.
    """
    return _HOW.match(said) is not None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What was named of a booking; what is empty was not named.

    Attributes:
        activities: the ids of what may be meant.
        days: on which days, by the calendar of the place.
        times: at which times, as "18:00"; several where either half of the day may be meant.
        after, before: not earlier, and not later, than this time of day.
        part: in which part of the day.
        places: for how many, 1 and more.
    """

    activities: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    part: DayPart | None = None
    places: int = 1

    @property
    def is_vague(self) -> bool:
        """Whether nothing was named by which a time could be looked for."""
        return not (self.activities or self.days or self.has_hour)

    @property
    def has_hour(self) -> bool:
        """Whether a time of day was named, in whatever way."""
        return bool(self.times or self.after or self.before or self.part)

    def over(self, earlier: "Wish") -> "Wish":
        """Return it with what was named before and is not named anew."""
        hours = self if self.has_hour else earlier
        return Wish(
            activities=self.activities or earlier.activities,
            days=self.days or earlier.days,
            times=hours.times,
            after=hours.after,
            before=hours.before,
            part=hours.part,
            places=self.places if self.places > 1 else earlier.places,
        )


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """A time with room, of something that can be booked."""

    slot_id: str
    activity_id: str
    starts_at: datetime


class Fitting(StrEnum):
    """How well what is offered fits what was wished for."""

    WELL = "well"  # all that was named
    OTHER_TIME = "other_time"  # on that day, at another time
    OTHER_DAY = "other_day"
    NONE = "none"


def choose(
    chances: Iterable[Chance], wish: Wish, zone: tzinfo, *, most: int
) -> tuple[Fitting, tuple[Chance, ...]]:
    """Return the first free times that fit a wish best: never of something else than was named."""
    named = sorted(
        (one for one in chances if not wish.activities or one.activity_id in wish.activities),
        key=lambda one: (one.starts_at, one.slot_id),
    )
    on_day = [one for one in named if _is_on_day(one, wish, zone)]
    exact = [one for one in on_day if _is_at_hour(one, wish, zone)]
    at_hour = [one for one in named if _is_at_hour(one, wish, zone)]
    ways = (
        (Fitting.WELL, exact),
        (Fitting.OTHER_TIME, on_day),
        (Fitting.OTHER_DAY, at_hour or named),
    )
    for fitting, found in ways:
        if found:
            return fitting, tuple(found[:most])
    return Fitting.NONE, ()


def span_of(wish: Wish, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return from when until when the days of a wish last, None where none was named."""
    if not wish.days:
        return None
    days = sorted(map(date.fromisoformat, wish.days))
    begins, ends = (
        datetime.combine(day, time(), tzinfo=zone)
        for day in (days[0], days[-1] + timedelta(days=1))
    )
    return begins, ends


def days_of_week(week: str) -> tuple[date, ...]:
    """Return the days of a week such as "2026-W11", from Monday on; none for anything else."""
    year, _, number = week.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        return ()
    return tuple(monday + timedelta(days=step) for step in range(_WEEK.days))


def _is_on_day(one: Chance, wish: Wish, zone: tzinfo) -> bool:
    return not wish.days or one.starts_at.astimezone(zone).date().isoformat() in wish.days


def _is_at_hour(one: Chance, wish: Wish, zone: tzinfo) -> bool:
    at = f"{one.starts_at.astimezone(zone):%H:%M}"
    return (
        (not wish.times or at in wish.times)
        and (not wish.after or at >= wish.after)
        and (not wish.before or at <= wish.before)
        and (wish.part is None or part_of(one.starts_at, zone) is wish.part)
    )
