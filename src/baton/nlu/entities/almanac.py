"""Which day was meant, seen from the day on which it was said."""

import calendar
from datetime import date, timedelta

# A day named without its year may lie a little back ("I was charged on 2 March"); bookings
# and questions are otherwise about days to come.
_RECENT = timedelta(days=60)
_YEARS_AHEAD = 8  # the longest wait for a 29 February, over a century without a leap day
_WEEK = 7


def near(day: int, month: int, today: date) -> date | None:
    """Return the first such day that is not more than two months past, or None."""
    for year in range(today.year - 1, today.year + _YEARS_AHEAD + 1):
        found = on(day, month, year)
        if found and found >= today - _RECENT:
            return found
    return None


def on(day: int, month: int, year: int) -> date | None:
    """Return a day of the calendar, or None where it has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def monthday(day: int, today: date) -> date | None:
    """Return the next such day of a month, today included."""
    for ahead in range(_YEARS_AHEAD):
        month = shifted_months(today.replace(day=1), ahead)
        found = on(day, month.month, month.year)
        if found and found >= today:
            return found
    return None


def weekday(index: int, which: str, today: date) -> date:
    """Return a weekday (Monday is 0).

    "next" is the one of the following week, "last" the newest one before today, and
    anything else the first from today on.
    """
    if which == "next":
        return monday(today) + timedelta(days=_WEEK + index)
    if which == "last":
        return today - timedelta(days=(today.weekday() - index - 1) % _WEEK + 1)
    return today + timedelta(days=(index - today.weekday()) % _WEEK)


def monday(today: date) -> date:
    """Return the first day of a day's week."""
    return today - timedelta(days=today.weekday())


def shifted_months(today: date, by: int) -> date:
    """Return the same day of another month, or that month's last; raises beyond year 9999."""
    months = today.year * 12 + today.month - 1 + by
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def month_end(today: date) -> date:
    """Return the last day of a day's month."""
    return today.replace(day=calendar.monthrange(today.year, today.month)[1])


def week_of(today: date) -> str:
    """Return a day's week as ISO 8601 writes it ("2026-W10")."""
    year, week, _day = today.isocalendar()
    return f"{year}-W{week:02}"
