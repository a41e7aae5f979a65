"""The day that a reader's phrase means, seen from today: "tomorrow", "next friday"."""

import re
from datetime import date, timedelta

_NAMED = {"today": 0, "tomorrow": 1}
_PAST = {"today": 0, "yesterday": 1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEK = 7
_NEXT_LEAP_YEAR = 9  # it comes within eight years, also around 2100
_IN_DAYS = re.compile(r"in (\d{1,3}) (day|week)s?")
_AGO = re.compile(r"(\d{1,3}) (day|week)s? ago")
_DAY_OF_MONTH = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)})")


def day_of(phrase: str, today: date) -> date | None:
    """Return the day that a phrase of `nlu.entities` means, never one in the past by its words.

    A weekday is the next one to come; "next friday" is the one of the week after. A day
    of a month without its year is the next to come. None for any other phrase.
    """
    try:
        return date.fromisoformat(phrase)
    except ValueError:
        pass
    if phrase in _NAMED:
        return today + timedelta(days=_NAMED[phrase])
    if found := _IN_DAYS.fullmatch(phrase):
        return today + timedelta(days=int(found[1]) * (_WEEK if found[2] == "week" else 1))
    if found := _DAY_OF_MONTH.fullmatch(phrase):
        return _in_year(int(found[1]), _MONTHS.index(found[2]) + 1, today)
    return _weekday(phrase, today)


def past_day_of(phrase: str, today: date) -> date | None:
    """Return the newest day up to today that a phrase means: when something was bought.

    "last friday" and "friday" are the one before today; a day of a month without its year is
    the newest that was. None for any other phrase, and for a day ahead.
    """
    try:
        named = date.fromisoformat(phrase)
    except ValueError:
        pass
    else:
        return named if named <= today else None
    if phrase in _PAST:
        return today - timedelta(days=_PAST[phrase])
    if found := _AGO.fullmatch(phrase):
        return today - timedelta(days=int(found[1]) * (_WEEK if found[2] == "week" else 1))
    if found := _DAY_OF_MONTH.fullmatch(phrase):
        return _in_past_year(int(found[1]), _MONTHS.index(found[2]) + 1, today)
    lead, _, name = phrase.rpartition(" ")
    if name not in _WEEKDAYS or lead not in ("", "last"):
        return None
    return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(name) - 1) % _WEEK + 1)


def _weekday(phrase: str, today: date) -> date | None:
    lead, _, name = phrase.rpartition(" ")
    if name not in _WEEKDAYS or lead not in ("", "this", "next"):
        return None
    ahead = (_WEEKDAYS.index(name) - today.weekday()) % _WEEK or _WEEK
    if lead == "next" and ahead + today.weekday() < _WEEK:
        ahead += _WEEK  # said on a Monday, "next Friday" is not the one in four days
    return today + timedelta(days=ahead)


def _in_year(day: int, month: int, today: date) -> date | None:
    for year in range(today.year, today.year + _NEXT_LEAP_YEAR):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _in_past_year(day: int, month: int, today: date) -> date | None:
    for year in range(today.year, today.year - _NEXT_LEAP_YEAR, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
