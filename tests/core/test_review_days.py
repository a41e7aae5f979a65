"""The days of reviews, by the calendar."""

from datetime import date

import pytest

from baton.core import review_days
from baton.core.review_days import Occasion


@pytest.mark.req("GV6", "RP5", "RP6", "X13", "X14")
@pytest.mark.parametrize(
    ("occasion", "today", "wanted"),
    [
        (Occasion.STANDUP, date(2026, 3, 6), date(2026, 3, 6)),  # a Friday
        (Occasion.STANDUP, date(2026, 3, 7), date(2026, 3, 9)),  # a Saturday
        (Occasion.OPS_REVIEW, date(2026, 3, 5), date(2026, 3, 11)),
        (Occasion.WEEK_AUDIT, date(2026, 3, 2), date(2026, 3, 2)),
        (Occasion.STEERING, date(2026, 3, 3), date(2026, 3, 9)),
        (Occasion.MONTH_AUDIT, date(2026, 12, 2), date(2027, 1, 1)),
        (Occasion.MONTH_AUDIT, date(2026, 3, 1), date(2026, 3, 1)),
        (Occasion.QUARTER, date(2026, 3, 2), date(2026, 4, 1)),
        (Occasion.QUARTER, date(2026, 10, 2), date(2027, 1, 1)),
        (Occasion.QUARTER, date(2026, 7, 1), date(2026, 7, 1)),
        (Occasion.RELEASE, date(2026, 3, 2), None),
    ],
)
def test_the_next_day(occasion: Occasion, today: date, wanted: date | None) -> None:
    assert review_days.next_day(occasion, today) == wanted


@pytest.mark.parametrize(
    ("today", "wanted"),
    [(date(2026, 1, 1), "2025-Q4"), (date(2026, 4, 1), "2026-Q1"), (date(2026, 12, 31), "2026-Q3")],
)
def test_the_quarter_before(today: date, wanted: str) -> None:
    assert review_days.quarter_of(today) == wanted
