"""Days that a message names, in figures ("12/10") and with a month ("the 3rd of May")."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from baton.core.reading import Entity
from baton.nlu.entities import almanac
from baton.nlu.entities.page import GOES_ON, Page

KIND = "date"

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_BY_LETTERS = {name[:3]: place for place, name in enumerate(_MONTHS, start=1)}
_MONTH = (
    r"(jan(?:uary)?|febr?(?:uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(0?[1-9]|[12][0-9]|3[01])"
_YEAR = r"(?:,? ((?:19|20)[0-9]{2})\b(?!:))?"

_ISO = re.compile(r"(?<![\w./:-])([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![\w/-])", re.ASCII)
_THREE = re.compile(
    r"(?<![\w./:\xa3$\u20ac-])([0-9]{1,2})([/.-])([0-9]{1,2})\2((?:19|20)?[0-9]{2})(?![\w/-])",
    re.ASCII,
)
_TWO = re.compile(
    r"(?<![\w./:\xa3$\u20ac-])([0-9]{1,2})/([0-9]{1,2})(?![\w/%]|-[0-9]|\.[0-9])", re.ASCII
)
_DAY_MONTH = re.compile(
    rf"\b(?:the )?{_DAY}(st|nd|rd|th)?( of| day of)?[ -]?{_MONTH}\b{_YEAR}", re.ASCII
)
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}\.? (?:the )?{_DAY}(st|nd|rd|th)?\b(?![:.][0-9]| ?[ap]\.?m\b|%){_YEAR}", re.ASCII
)
_NTH = re.compile(rf"\bthe {_DAY}(?:st|nd|rd|th){GOES_ON}", re.ASCII)
_GOES_ON = re.compile(GOES_ON)

# Words that are months and something else; they need a sign that the month is meant.
_UNSURE_MONTHS = frozenset({"may", "mar", "march"})
_LEADS = re.compile(
    r"\b(?:on|from|until|till|til|by|before|after|since|for|dated|date|due|is|was|the|due on)"
    r"(?: the)? ?[:-]? ?$"
)
_LEAD_REACH = 16
# Always open, as likely as not, and the fractions: said of other things than days.
_NEVER = frozenset({(24, 7)})
_FRACTIONS = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5)})
_MARKS_OUT_OF = (5, 10)
_COUNTED = re.compile(
    r" ?(?:of|hours?|hrs?|months?|weeks?|days?|years?|people|times|reps?|sets?|min(?:ute)?s?|off|"
    r"price|inch|cup|size|star|stars|rating|stones?|kilos?|kg|lbs?|mile|miles|marks?|points?)\b"
)
_CENTURY = 2000
_TWO_DIGITS = 100


def find(page: Page) -> Iterator[Entity]:
    """Yield the days of a page that are written with figures."""
    if not page.has_digits:
        return
    for hint, pattern, value_of in _READERS:
        if hint not in page.lowered:  # far cheaper than a pattern that finds nothing
            continue
        for found in pattern.finditer(page.lowered):
            value = value_of(page, found)
            if value is not None:
                yield page.entity(KIND, found.start(), found.end(), value)


def resolved(page: Page, phrase: str, day_of: Callable[[date], date | str | None]) -> str | None:
    """Return the day as ISO 8601, the phrase where today is not known, or None for no day."""
    if page.today is None:
        return phrase
    try:
        day = day_of(page.today)
    except (ValueError, OverflowError):  # before the year 1 or beyond 9999
        return None
    return day.isoformat() if isinstance(day, date) else day


def _iso(_page: Page, found: re.Match[str]) -> str | None:
    day = almanac.on(int(found[3]), int(found[2]), int(found[1]))
    return day.isoformat() if day else None


def _three(page: Page, found: re.Match[str]) -> str | None:
    year = int(found[4]) if len(found[4]) > 2 else _CENTURY + int(found[4])  # noqa: PLR2004 - "26"
    day, month = _ordered(page, int(found[1]), int(found[3]))
    named = almanac.on(day, month, year)
    return named.isoformat() if named else None


def _two(page: Page, found: re.Match[str]) -> str | None:
    pair = (int(found[1]), int(found[2]))
    has_lead = _LEADS.search(page.before(found.start(), _LEAD_REACH)) is not None
    if pair in _NEVER or _COUNTED.match(page.lowered, found.end()):
        return None
    if not has_lead and (pair in _FRACTIONS or _is_mark(pair)):
        return None
    return _in_year(page, *_ordered(page, *pair))


def _is_mark(pair: tuple[int, int]) -> bool:
    return pair[1] in _MARKS_OUT_OF and pair[0] <= pair[1]


def _day_month(page: Page, found: re.Match[str]) -> str | None:
    is_told = found[2] or found[3] or found[5] or found[4] not in _UNSURE_MONTHS
    if not is_told and not _GOES_ON.match(page.lowered, found.end()):
        return None  # "the other 3 may come later"
    return _with_year(page, int(found[1]), found[4], found[5])


def _month_day(page: Page, found: re.Match[str]) -> str | None:
    is_told = found[3] or found[4] or found[1] not in _UNSURE_MONTHS
    if not is_told and not (
        _LEADS.search(page.before(found.start(), _LEAD_REACH))
        or _GOES_ON.match(page.lowered, found.end())
    ):
        return None
    return _with_year(page, int(found[2]), found[1], found[4])


def _with_year(page: Page, day: int, month: str, year: str | None) -> str | None:
    number = _MONTH_BY_LETTERS[month[:3]]
    if not year:
        return _in_year(page, day, number)
    named = almanac.on(day, number, int(year))
    return named.isoformat() if named else None


def _nth(page: Page, found: re.Match[str]) -> str | None:
    day = int(found[1])
    if not _LEADS.search(page.before(found.start(), _LEAD_REACH)):
        return None
    return resolved(page, f"the {day}", lambda today: almanac.monthday(day, today))


def _ordered(page: Page, first: int, second: int) -> tuple[int, int]:
    """Return day and month; where the locale's order gives no month, the other one is meant."""
    day, month = (first, second) if page.region.day_first else (second, first)
    return (month, day) if month > len(_MONTHS) >= day else (day, month)


def _in_year(page: Page, day: int, month: int) -> str | None:
    leap_year = 2024
    if almanac.on(day, month, leap_year) is None:
        return None
    phrase = f"{day} {_MONTHS[month - 1]}"
    return resolved(page, phrase, lambda today: almanac.near(day, month, today))


_READERS = (
    ("-", _ISO, _iso),
    ("", _THREE, _three),
    ("/", _TWO, _two),
    ("", _DAY_MONTH, _day_month),
    ("", _MONTH_DAY, _month_day),
    ("the ", _NTH, _nth),
)
