"""What repeats in a calendar, day by day: each of its days is a booking of its own (RFC 5545).

Rules are counted by `recurring_ical_events`, exceptions and days that were moved included. A
rule that would name many moments of one day, or hardly ever one, is left out: its counting
costs more than a calendar of bookings is worth.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import icalendar
import recurring_ical_events

from baton.connectors import UnreadableError

MOST_SERIES = 300

_RHYTHMS = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"}
)
_MOST_DATES = 500


def repeats(event: Any) -> bool:
    """Return whether an event of a calendar stands for several days."""
    return "RRULE" in event or "RDATE" in event


def days_of(calendar: Any, since: datetime, until: datetime) -> list[Any]:
    """Return the days of all that repeats in a calendar, as events; raises UnreadableError."""
    events = calendar.walk("VEVENT")
    names = {str(one.get("UID")) for one in events if repeats(one)}
    left_out = {str(one.get("UID")) for one in events if repeats(one) and not _is_countable(one)}
    if len(names) > MOST_SERIES:
        raise UnreadableError(f"it has more than {MOST_SERIES} events that repeat")
    own = [one for one in events if str(one.get("UID")) in names - left_out]
    series = icalendar.Calendar()
    for part in (*calendar.walk("VTIMEZONE"), *own):
        series.add_component(part)
    found = recurring_ical_events.of(series, skip_bad_series=True)
    return list(found.between(since, until)) if own else []


def _is_countable(event: Any) -> bool:
    dates = _listed(event.get("RDATE")) + _listed(event.get("EXDATE"))
    rules = _listed(event.get("RRULE"))
    return len(dates) <= _MOST_DATES and len(rules) <= 1 and all(map(_is_plain, rules))


def _is_plain(rule: Any) -> bool:
    """Return whether a rule names one moment of a day at most, and surely a day now and then."""
    rhythm = {str(one).upper() for one in rule.get("FREQ", [])}
    names = {str(name).upper() for name in rule}
    is_rare = "BYSETPOS" in names and "BYMONTHDAY" in names
    return rhythm <= _RHYTHMS and bool(rhythm) and names <= _PARTS and not is_rare


def _listed(held: Any) -> list[Any]:
    """Return what a calendar writes once or several times."""
    found: Iterable[Any] = held if isinstance(held, list) else [held]
    return [one for one in found if one is not None]
