"""Which classes somebody may begin with: at the time of day at which they come (ON4, M14)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

_NOON, _EVENING = 12, 17
_FEWEST = 2
"""So many visits at least say when somebody comes."""


class DayPart(StrEnum):
    """A part of the day, by the clock of the place: before noon, before five, and after it."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A time that can be booked; `free` is how many places are left."""

    name: str
    starts_at: datetime
    free: int
    suits_beginners: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """At most two different classes; `part` is None unless all of them are at the right time."""

    names: tuple[str, ...]
    part: DayPart | None = None


def part_of(moment: datetime, zone: tzinfo) -> DayPart:
    """Return in which part of the day a moment lies."""
    hour = moment.astimezone(zone).hour
    if hour < _NOON:
        return DayPart.MORNING
    return DayPart.AFTERNOON if hour < _EVENING else DayPart.EVENING


def preferred(told: str, came: Sequence[datetime], zone: tzinfo) -> DayPart | None:
    """Return when somebody mostly comes: what they said, else where most of their visits lie."""
    if told in set(DayPart):
        return DayPart(told)
    counted = Counter(part_of(moment, zone) for moment in came).most_common(1)
    if not counted or counted[0][1] < _FEWEST or counted[0][1] * 2 <= len(came):
        return None
    return counted[0][0]


def recommend(options: Iterable[Option], part: DayPart | None, zone: tzinfo) -> Recommended:
    """Return the next two with room: for beginners, where any is, and at the right time first."""
    open_ = [one for one in options if one.free > 0]
    chosen = [one for one in open_ if one.suits_beginners] or open_
    chosen.sort(key=lambda one: (part_of(one.starts_at, zone) != part, one.starts_at, one.name))
    first: dict[str, Option] = {}
    for one in chosen:
        first.setdefault(one.name, one)
    two = tuple(first.values())[:2]
    is_right = bool(two) and all(part_of(one.starts_at, zone) == part for one in two)
    return Recommended(names=tuple(one.name for one in two), part=part if is_right else None)
