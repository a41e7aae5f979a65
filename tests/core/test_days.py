"""The day that a phrase means, seen from any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import days

MONDAY = date(2026, 3, 2)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("today", "2026-03-02"),
        ("tomorrow", "2026-03-03"),
        ("friday", "2026-03-06"),
        ("this friday", "2026-03-06"),
        ("next friday", "2026-03-13"),
        ("monday", "2026-03-09"),
        ("next monday", "2026-03-09"),
        ("in 1 day", "2026-03-03"),
        ("in 2 weeks", "2026-03-16"),
        ("12 june", "2026-06-12"),
        ("2 march", "2026-03-02"),
        ("1 march", "2027-03-01"),
        ("29 february", "2028-02-29"),
        ("2026-05-01", "2026-05-01"),
        ("30 february", None),
        ("someday", None),
        ("last friday", None),
        ("friday friday", None),
        ("", None),
    ],
)
def test_what_a_phrase_means_on_a_monday(phrase: str, day: str | None) -> None:
    found = days.day_of(phrase, MONDAY)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("today", "2026-03-02"),
        ("yesterday", "2026-03-01"),
        ("last monday", "2026-02-23"),
        ("monday", "2026-02-23"),
        ("last friday", "2026-02-27"),
        ("3 days ago", "2026-02-27"),
        ("2 weeks ago", "2026-02-16"),
        ("4 may", "2025-05-04"),
        ("2 march", "2026-03-02"),
        ("29 february", "2024-02-29"),
        ("2026-02-20", "2026-02-20"),
        ("2026-03-20", None),
        ("tomorrow", None),
        ("next friday", None),
        ("30 february", None),
        ("", None),
    ],
)
def test_what_a_phrase_means_of_something_that_was(phrase: str, day: str | None) -> None:
    found = days.past_day_of(phrase, MONDAY)
    assert (found and found.isoformat()) == day


@given(DAYS, st.sampled_from(WEEKDAYS))
def test_a_weekday_is_within_a_week_and_the_next_one_in_the_week_after(
    today: date, name: str
) -> None:
    soon, later = days.day_of(name, today), days.day_of(f"next {name}", today)
    assert soon is not None
    assert later is not None
    assert f"{soon:%A}".casefold() == f"{later:%A}".casefold() == name
    assert timedelta(0) < soon - today <= timedelta(days=7)
    monday = today - timedelta(days=today.weekday())
    assert timedelta(days=7) <= later - monday < timedelta(days=14)


@given(DAYS, DAYS)
def test_a_day_of_a_month_is_the_next_to_come(today: date, named: date) -> None:
    found = days.day_of(f"{named.day} {named:%B}".casefold(), today)
    assert found is not None
    assert found >= today
    assert (found.day, found.month) == (named.day, named.month)


@given(st.text(max_size=20), DAYS)
def test_no_phrase_raises(phrase: str, today: date) -> None:
    days.day_of(phrase, today)
