"""When what is looked at: the rhythm of reviews that keeps an automation a maintained thing (GV6).

A day is by the clock of the place. The daily, weekly and monthly ones follow the calendar; a
release follows from the first failure, two weeks by two weeks.
"""

from datetime import date, timedelta
from enum import StrEnum

_MONTHS = 3
_MID_WEEK = 2  # Wednesday


class Occasion(StrEnum):
    """What is looked at together, and how often."""

    STANDUP = "standup"  # 15 minutes a day (GV6)
    OPS_REVIEW = "ops_review"  # in the middle of the week
    STEERING = "steering"  # weekly: product, compliance, those at the front
    WEEK_AUDIT = "week_audit"  # every escalation of the week (RP5)
    RELEASE = "release"  # what was mended, every two weeks (FL4, X14)
    MONTH_AUDIT = "month_audit"  # triggers and recontacts (RP6)
    QUARTER = "quarter"  # tighten or relax


def next_day(occasion: Occasion, today: date, release_on: date | None = None) -> date | None:
    """Return the next day of an occasion, today included; None for a release without a start."""
    match occasion:
        case Occasion.STANDUP:
            return _working(today)
        case Occasion.OPS_REVIEW:
            return today + timedelta(days=(_MID_WEEK - today.weekday()) % 7)
        case Occasion.STEERING | Occasion.WEEK_AUDIT:
            return today + timedelta(days=-today.weekday() % 7)
        case Occasion.MONTH_AUDIT:
            return _first_of(today, 1)
        case Occasion.QUARTER:
            return _first_of(today, _MONTHS)
        case Occasion.RELEASE:
            return release_on


def quarter_of(day: date) -> str:
    """Return the quarter before the one of a day, as "2026-Q1"."""
    number = (day.month - 1) // _MONTHS  # 0 in the first quarter: the one before is last year's
    return f"{day.year}-Q{number}" if number else f"{day.year - 1}-Q4"


def _working(today: date) -> date:
    """Return today, or Monday at a weekend."""
    return today + timedelta(days=7 - today.weekday()) if today.weekday() > 4 else today  # noqa: PLR2004 - Friday


def _first_of(today: date, months: int) -> date:
    """Return the first day of a month or quarter, today or next."""
    if today.day == 1 and (today.month - 1) % months == 0:
        return today
    ahead = months - (today.month - 1) % months
    month = today.month - 1 + ahead
    return date(today.year + month // 12, month % 12 + 1, 1)
