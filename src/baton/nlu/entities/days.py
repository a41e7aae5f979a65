"""Days that a message names by words: "tomorrow", "next Fri", "in two weeks"."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from baton.core.reading import Entity
from baton.nlu.entities import almanac, counting
from baton.nlu.entities.dates import KIND, resolved
from baton.nlu.entities.page import Page

_FROM_TODAY = {
    **dict.fromkeys(("today", "tonight", "tonite", "2day", "2nite"), 0),
    **dict.fromkeys(("tomorrow", "tomorow", "tommorow", "tommorrow", "tmrw", "tmr", "tmrow"), 1),
    **dict.fromkeys(("tomoz", "2moro", "2morrow", "2mrw", "tomo", "tomoro", "tomorrrow"), 1),
    **dict.fromkeys(("yesterday", "yday", "yesteday"), -1),
    "day after tomorrow": 2,
    "day before yesterday": -2,
}
_PHRASE = {-2: "2 days ago", -1: "yesterday", 0: "today", 1: "tomorrow", 2: "in 2 days"}
_NAMED = re.compile(
    rf"\b(?:the )?(day after tomorrow|day before yesterday|{'|'.join(sorted(_FROM_TODAY))})\b",
    re.ASCII,
)

_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_SLIPS = "teusday tuseday tuesaday wensday wednsday wedensday wednesay thrusday thursay firday"
_WEEKDAY_BY_LETTERS = {name[:3]: place for place, name in enumerate(_WEEKDAYS)} | dict(
    zip(_SLIPS.split(), (1, 1, 1, 2, 2, 2, 2, 3, 3, 4), strict=True)
)
# "mon", "wed", "sat" and "sun" are words of their own; the others can only be days.
_SURE = (
    rf"{'|'.join(_WEEKDAYS)}|{_SLIPS.replace(' ', '|')}|saterday|satuday"
    "|tues?|weds|thu|thurs?|fri"
)
_LEAD = r"on|by|until|till|til|before|after|since|from"
_WEEKDAY = re.compile(
    rf"\b(?:(every|each|{_LEAD}) )?(?:(this coming|this|next|last|coming|following) )?"
    rf"(?:({_SURE})|(mon|wed|sat|sun))\b(?!['\u2019-]?s?\b[-\u2013](?:mon|tue|wed|thu|fri|sat|sun))",
    re.ASCII,
)
_PART_OF_DAY = re.compile(
    r" (?:at )?(?:[0-9]{1,2}(?:[:.][0-9]{2})? ?[ap]m|morning|afternoon|evening|eve|night)"
)
_AMOUNT = re.compile(
    rf"\b(?:(in) )?(?:the next )?([0-9]{{1,3}}|a couple of|a|{counting.SPELLED})"
    r"(?: more)? (days?|weeks?|wks?|months?|fortnights?|years?)\b['\u2019]?"
    r"( ago| from now| from today| time)?",
    re.ASCII,
)
_PERIOD = re.compile(
    r"\b(?:(this|next|last) (week|weekend|month|year)\b|(?:the )?end of (?:the|this) (month))\b",
    re.ASCII,
)
_SATURDAY = 5
_SUN_NEEDS = frozenset({"on", "by", "until", "till", "til"})


def find(page: Page) -> Iterator[Entity]:
    """Yield the days of a page that are said in words."""
    for found in _NAMED.finditer(page.lowered):
        offset = _FROM_TODAY[found[1]]
        value = resolved(page, _PHRASE[offset], partial(_shifted, by=offset, unit="day"))
        if value:
            yield page.entity(KIND, found.start(), found.end(), value)
    for hints, pattern, read in _READERS:
        if not any(hint in page.lowered for hint in hints):
            continue  # far cheaper than a pattern that finds nothing
        for found in pattern.finditer(page.lowered):
            entity = read(page, found)
            if entity:
                yield entity


def _weekday(page: Page, found: re.Match[str]) -> Entity | None:
    lead, which, sure, unsure = found.groups()
    if lead in {"every", "each"}:  # a habit, not a day
        return None
    if unsure and not _is_day(page, lead, which, unsure, found.end()):
        return None
    word = sure or unsure
    index = _WEEKDAY_BY_LETTERS.get(word, _WEEKDAY_BY_LETTERS.get(word[:3], 0))
    which = which if which in {"next", "last"} else ""
    phrase = f"{which} {_WEEKDAYS[index]}".strip()
    value = resolved(page, phrase, lambda today: almanac.weekday(index, which, today))
    start = found.start(2) if found[2] else found.start(3 if sure else 4)
    return page.entity(KIND, start, found.end(), value) if value else None


def _is_day(page: Page, lead: str | None, which: str | None, word: str, end: int) -> bool:
    if _PART_OF_DAY.match(page.lowered, end):
        return True
    if word == "sun":  # not "after sun lotion", not "this sun"
        return lead in _SUN_NEEDS or which in {"next", "last"}
    return lead is not None or which is not None


def _amount(page: Page, found: re.Match[str]) -> Entity | None:
    is_ahead, written, unit, way = found.groups()
    if not is_ahead and way in {None, " time"}:  # "2 weeks" is a while, not a day
        return None
    count = 2 if written == "a couple of" else counting.number_of(written)
    unit = unit.rstrip("s").replace("wk", "week")
    count, unit = (2 * count, "week") if unit == "fortnight" else (count, unit)
    by = -count if way == " ago" else count
    span = f"{count} {unit}{'' if count == 1 else 's'}"
    phrase = f"{span} ago" if by < 0 else f"in {span}"
    value = resolved(page, phrase, lambda today: _shifted(today, by, unit))
    start = found.start(2) if way == " ago" else found.start()
    end = found.end() if way else found.end(3)
    return page.entity(KIND, start, end, value) if value else None


def _shifted(today: date, by: int, unit: str) -> date:
    if unit in {"day", "week"}:
        return today + timedelta(days=by * (7 if unit == "week" else 1))
    return almanac.shifted_months(today, by * (12 if unit == "year" else 1))


def _period(page: Page, found: re.Match[str]) -> Entity | None:
    which, unit = found[1] or "", found[2] or "month's end"
    step = {"next": 1, "last": -1}.get(which, 0)
    value = resolved(page, f"{which} {unit}".strip(), lambda today: _period_of(today, unit, step))
    return page.entity(KIND, found.start(), found.end(), value) if value else None


def _period_of(today: date, unit: str, step: int) -> date | str:
    if unit == "month's end":
        return almanac.month_end(today)
    if unit == "year":
        return f"{today.year + step:04}"
    if unit == "month":
        return almanac.shifted_months(today, step).isoformat()[:7]
    week = almanac.monday(today) + timedelta(days=7 * step)
    return week + timedelta(days=_SATURDAY) if unit == "weekend" else almanac.week_of(week)


_READERS = (
    (("mon", "tue", "tus", "we", "thu", "thr", "fri", "fir", "sat", "sun"), _WEEKDAY, _weekday),
    (("in ", " ago", "from"), _AMOUNT, _amount),
    (("week", "month", "year"), _PERIOD, _period),
)
