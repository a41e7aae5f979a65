"""Opening hours, and time that only counts while a place is open.

Intervals are local to the place and become moments through its zone, so a day
on which clocks change is as long as it really is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from baton.core.errors import InvalidInput
from baton.core.json import Json

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A place that never opens within this many days has no business time at all.
_HORIZON_DAYS = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """When a place is open: by weekday (Monday first) intervals of local time.

    An empty week means always open: a business that says nothing about its
    hours must not have clocks that never run.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[time, time], ...], ...] = ((),) * 7
    closed_on: frozenset[date] = frozenset()

    @property
    def is_always_open(self) -> bool:
        """Return whether no hours were given."""
        return not any(self.week)

    def is_open(self, moment: datetime) -> bool:
        """Return whether the place is open at a moment."""
        if self.is_always_open:
            return True
        local = moment.astimezone(self.zone).date()
        return any(start <= moment < end for start, end in self._intervals_of(local))

    def after(self, start: datetime, open_for: timedelta) -> datetime:
        """Return the moment at which the place has been open for so long since `start`."""
        if self.is_always_open:
            return start + open_for
        left = open_for
        for opens, closes in self._intervals_from(start):
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= max(closes - begin, timedelta(0))
        return start + timedelta(days=_HORIZON_DAYS)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how long the place is open from one moment to a later one."""
        if self.is_always_open:
            return max(end - start, timedelta(0))
        first, last = (moment.astimezone(self.zone).date() for moment in (start, end))
        spans = (
            max(min(closes, end) - max(opens, start), timedelta(0))
            for days in range((last - first).days + 1)
            for opens, closes in self._intervals_of(first + timedelta(days=days))
        )
        return sum(spans, timedelta(0))

    def _intervals_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = start.astimezone(self.zone).date()
        for days in range(_HORIZON_DAYS):
            for opens, closes in self._intervals_of(first + timedelta(days=days)):
                if closes > start:
                    yield opens, closes

    def _intervals_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if day in self.closed_on:
            return
        for opens, closes in self.week[day.weekday()]:
            yield self._moment(day, opens), self._moment(day, closes)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def parse_hours(
    week: Mapping[str, Sequence[Sequence[str]]], *, zone: str, closed_on: Sequence[str] = ()
) -> BusinessHours:
    """Read hours as stored: {"mon": [["06:00", "21:00"]]}; raises InvalidInput."""
    try:
        zone_info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidInput({"timezone": f"{zone!r} is no time zone, as Europe/London is"}) from None
    if unknown := set(week) - set(WEEKDAYS):
        raise InvalidInput({"hours": f"{sorted(unknown)} are no weekdays; use {WEEKDAYS}"})
    try:
        days = tuple(
            tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in week.get(name, ()))
            for name in WEEKDAYS
        )
        shut = frozenset(date.fromisoformat(day) for day in closed_on)
    except ValueError as error:
        raise InvalidInput({"hours": str(error)}) from None
    if any(opens >= closes for day in days for opens, closes in day):
        raise InvalidInput({"hours": "an interval must end after it begins, on the same day"})
    return BusinessHours(zone=zone_info, week=days, closed_on=shut)


def parse_week(text: str) -> dict[str, list[list[str]]]:
    """Read a week as `render_hours` writes it: "Mon-Wed 09:00-13:00; Fri 9:00-17:00".

    Nothing is no week of one's own. Raises InvalidInput.
    """
    week: dict[str, list[list[str]]] = {}
    for group in filter(None, (part.strip() for part in text.split(";"))):
        found = _GROUP.fullmatch(group)
        if found is None:
            raise InvalidInput({"hours": f"{group[:40]!r}: write it as Mon-Fri 09:00-17:00"})
        first = WEEKDAYS.index(found[1].lower())
        last = WEEKDAYS.index((found[2] or found[1]).lower())
        spans = [one.split("-") for one in re.split(r"\s*,\s*", found[3])]
        intervals = [[f"{at.strip():0>5}" for at in span] for span in spans]
        for name in WEEKDAYS[first : last + 1] or WEEKDAYS[first:] + WEEKDAYS[: last + 1]:
            week.setdefault(name, []).extend(intervals)
    parse_hours(week, zone="UTC")  # each interval ends after it begins
    return week


_DAY = "|".join(WEEKDAYS)
_SPAN = r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}"
_GROUP = re.compile(
    rf"({_DAY})(?:\s*-\s*({_DAY}))?\s+({_SPAN}(?:\s*,\s*{_SPAN}){{0,5}})", re.IGNORECASE
)


def render_hours(week: Mapping[str, Json]) -> str:
    """Return stored hours in words: equal neighbours joined, as in "Mon-Fri 06:00-21:00".

    An empty week is one that is always open.
    """
    if not any(week.values()):
        return "every day, around the clock"
    groups: list[tuple[str, str, str]] = []
    for name in WEEKDAYS:
        intervals = week.get(name) or []
        words = ", ".join("-".join(map(str, i)) for i in intervals if isinstance(i, list))  # type: ignore[union-attr] # stored by parse_hours' form
        if groups and groups[-1][2] == words:
            groups[-1] = (groups[-1][0], name, words)
        else:
            groups.append((name, name, words))
    open_groups = [(a, b, words) for a, b, words in groups if words]
    return "; ".join(
        f"{a.title() if a == b else f'{a.title()}-{b.title()}'} {words}"
        for a, b, words in open_groups
    )
