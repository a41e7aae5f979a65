"""The types of a flow's own values: what a fact may be, and how it is kept as JSON.

A time is kept as ISO 8601 with its offset, a date as ISO 8601, money in minor units of
the workspace's currency, so that a saved run reads back the same anywhere.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from baton.core.json import Json


class ValueType(StrEnum):
    """What a fact of a flow holds."""

    TEXT = "text"
    NUMBER = "number"  # whole: counts, ratings, minutes
    DECIMAL = "decimal"
    MONEY = "money"  # minor units
    TIME = "time"
    DATE = "date"
    FLAG = "flag"
    WORDS = "words"  # a list of texts


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Of times and dates; beyond are stand-ins for "never", with which nothing can be reckoned."""

Facts = Mapping[str, ValueType]
"""The declared names of a flow's facts, each with its type."""


def problem_with(value: Json, kind: ValueType) -> str:
    """Return why a value is not of a type, "" when it is."""
    return "" if _is_of(value, kind) else _SHOULD[kind]


_SHOULD = {
    ValueType.TEXT: "must be a text",
    ValueType.NUMBER: "must be a whole number",
    ValueType.DECIMAL: "must be a number",
    ValueType.MONEY: "must be money in minor units, a whole number",
    ValueType.TIME: "must be a time with its offset, such as 2026-05-01T18:00:00+02:00,"
    f" of the years {FIRST_YEAR} to {LAST_YEAR}",
    ValueType.DATE: f"must be a date such as 2026-05-01, of the years {FIRST_YEAR} to {LAST_YEAR}",
    ValueType.FLAG: "must be true or false",
    ValueType.WORDS: "must be a list of texts",
}


def _is_of(value: Json, kind: ValueType) -> bool:  # noqa: PLR0911 - one line a type
    match kind:
        case ValueType.TEXT:
            return isinstance(value, str)
        case ValueType.DECIMAL:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ValueType.NUMBER | ValueType.MONEY:
            return isinstance(value, int) and not isinstance(value, bool)
        case ValueType.TIME:
            return time_of(value) is not None
        case ValueType.DATE:
            return date_of(value) is not None
        case ValueType.FLAG:
            return isinstance(value, bool)
        case ValueType.WORDS:
            return isinstance(value, list) and all(isinstance(one, str) for one in value)


def time_of(value: Json) -> datetime | None:
    """Return the moment that a JSON value names, None when it names none."""
    return _moment_in(value) if isinstance(value, str) else None


@lru_cache(maxsize=1_024)  # a turn asks for a moment several times, and an evening's runs share it
def _moment_in(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and _is_near(found) else None


ZONE = "zone"
"""Under this name an event tells where it takes place: its times are told by the clocks there."""


@lru_cache(maxsize=256)
def zone_of(value: str) -> ZoneInfo | None:
    """Return the zone that a text names, as Europe/London; None when it names none."""
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return None


def date_of(value: Json) -> date | None:
    """Return the day that a JSON value names, None when it names none."""
    if not isinstance(value, str):
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if _is_near(found) else None


def _is_near(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR
