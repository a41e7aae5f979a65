"""Opening hours: time that counts only while a place is open, over any change of clocks."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.core import hours
from baton.core.errors import InvalidInput
from baton.core.hours import BusinessHours

WEEKDAYS = {day: [["06:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
LONDON = hours.parse_hours(WEEKDAYS, zone="Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.req("U6", "R3")
@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-03-02T10:00Z", 30, "2026-03-02T10:30Z"),  # a Monday
        ("2026-03-02T20:50Z", 30, "2026-03-03T06:20Z"),  # over the night
        ("2026-03-02T20:30Z", 30, "2026-03-02T21:00Z"),  # ends with the day
        ("2026-03-02T05:00Z", 30, "2026-03-02T06:30Z"),  # before it opens
        ("2026-03-06T20:50Z", 30, "2026-03-09T06:20Z"),  # over the weekend
        ("2026-03-07T12:00Z", 240, "2026-03-09T10:00Z"),  # on a Saturday
        ("2026-03-27T20:30Z", 60, "2026-03-30T05:30Z"),  # clocks go forward on the 29th
        ("2026-10-23T19:30Z", 60, "2026-10-26T06:30Z"),  # and back on the 25th
        ("2026-03-02T10:00Z", 0, "2026-03-02T10:00Z"),
    ],
)
def test_only_opening_hours_count(start: str, span: int, due: str) -> None:
    assert LONDON.after(at(start), minutes(span)) == at(due)


def test_a_closed_day_does_not_count() -> None:
    shut = hours.parse_hours(WEEKDAYS, zone="Europe/London", closed_on=["2026-03-03"])
    assert shut.after(at("2026-03-02T20:50Z"), minutes(30)) == at("2026-03-04T06:20Z")
    assert not shut.is_open(at("2026-03-03T12:00Z"))


def test_a_day_is_as_long_as_it_really_is() -> None:
    all_day = {day: [["00:00", "23:59"]] for day in hours.WEEKDAYS}
    new_york = hours.parse_hours(all_day, zone="America/New_York")
    # 2026-03-08 has 23 hours there, 2026-11-01 has 25.
    assert new_york.after(at("2026-03-08T05:00Z"), timedelta(hours=4)) == at("2026-03-08T09:00Z")
    spring = new_york.after(at("2026-03-08T05:00Z"), timedelta(hours=23, minutes=-1))
    autumn = new_york.after(at("2026-11-01T04:00Z"), timedelta(hours=25, minutes=-1))
    assert spring == at("2026-03-09T03:59Z")
    assert autumn == at("2026-11-02T04:59Z")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T05:59Z", False),
        ("2026-03-02T06:00Z", True),
        ("2026-03-02T20:59Z", True),
        ("2026-03-02T21:00Z", False),
        ("2026-07-06T05:00Z", True),  # six o'clock in summer
        ("2026-03-07T12:00Z", False),
    ],
)
def test_open_and_closed(moment: str, is_open: bool) -> None:  # noqa: FBT001 - a table's column
    assert LONDON.is_open(at(moment)) is is_open


def test_who_says_nothing_about_hours_is_always_open() -> None:
    silent = hours.parse_hours({}, zone="Europe/London")
    assert silent.is_open(at("2026-03-07T03:00Z"))
    assert silent.after(at("2026-03-07T03:00Z"), minutes(30)) == at("2026-03-07T03:30Z")


def test_a_clock_always_ends_even_where_nobody_opens() -> None:
    shut = [str(date(2026, 3, 2) + timedelta(days=n)) for n in range(100)]
    closed = hours.parse_hours(WEEKDAYS, zone="Europe/London", closed_on=shut)
    start = at("2026-03-02T10:00Z")
    assert start < closed.after(start, minutes(1)) <= start + timedelta(days=62)


INTERVALS = st.lists(
    st.tuples(st.integers(0, 1438), st.integers(1, 1439)).filter(lambda pair: pair[0] < pair[1]),
    max_size=1,
)


def clock_time(minute: int) -> time:
    return time(minute // 60, minute % 60)


PLACES = st.builds(
    lambda zone, week, shut: BusinessHours(
        zone=ZoneInfo(zone),
        week=tuple(tuple((clock_time(a), clock_time(b)) for a, b in day) for day in week),
        closed_on=frozenset(shut),
    ),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu"]),
    week=st.lists(INTERVALS, min_size=7, max_size=7),
    shut=st.lists(st.dates(date(2026, 3, 1), date(2026, 11, 30)), max_size=4),
)
MOMENTS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 10)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(tzinfo=UTC, microsecond=0)
)
SPANS = st.integers(0, 3000).map(minutes)


@pytest.mark.req("R3", "U6")
@given(PLACES, MOMENTS, SPANS, SPANS)
@example(LONDON, at("2026-03-29T00:30Z"), minutes(60), minutes(1))
@example(LONDON, at("2026-10-25T00:30Z"), minutes(60), minutes(1))
def test_a_clock_never_runs_backward(
    place: BusinessHours, start: datetime, span: timedelta, more: timedelta
) -> None:
    due = place.after(start, span)
    assert due >= start + min(span, timedelta(days=62))
    assert place.after(start, span + more) >= due
    assert place.after(start + more, span) >= due


@given(PLACES, MOMENTS, SPANS.filter(bool))
def test_a_clock_ends_while_the_place_is_open_or_as_it_closes(
    place: BusinessHours, start: datetime, span: timedelta
) -> None:
    due = place.after(start, span)
    if due < start + timedelta(days=60):
        assert place.is_open(due - timedelta(seconds=1))


@given(PLACES, MOMENTS, SPANS, SPANS.filter(bool))
def test_two_spans_are_as_long_as_their_sum(
    place: BusinessHours, start: datetime, span: timedelta, more: timedelta
) -> None:
    whole = place.after(start, span + more)
    if whole < start + timedelta(days=30):
        assert place.after(place.after(start, span), more) == whole


@pytest.mark.parametrize(
    ("week", "zone", "shut", "field"),
    [
        ({}, "Mars/Olympus", [], "timezone"),
        ({}, "../etc", [], "timezone"),
        ({"monday": []}, "UTC", [], "hours"),
        ({"mon": [["6", "x"]]}, "UTC", [], "hours"),
        ({"mon": [["21:00", "06:00"]]}, "UTC", [], "hours"),
        ({"mon": [["06:00", "06:00"]]}, "UTC", [], "hours"),
        ({"mon": [["06:00"]]}, "UTC", [], "hours"),
        ({}, "UTC", ["tomorrow"], "hours"),
    ],
)
def test_wrong_hours_are_refused(
    week: dict[str, list[list[str]]], zone: str, shut: list[str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        hours.parse_hours(week, zone=zone, closed_on=shut)
    assert list(refused.value.fields) == [field]


@pytest.mark.req("FQ16")
@pytest.mark.parametrize(
    ("week", "words"),
    [
        (WEEKDAYS, "Mon-Fri 06:00-21:00"),
        ({**WEEKDAYS, "sat": [["08:00", "18:00"]]}, "Mon-Fri 06:00-21:00; Sat 08:00-18:00"),
        ({"mon": [["06:00", "12:00"], ["14:00", "21:00"]]}, "Mon 06:00-12:00, 14:00-21:00"),
        ({"mon": [["06:00", "12:00"]], "wed": [["06:00", "12:00"]]},
         "Mon 06:00-12:00; Wed 06:00-12:00"),
        ({}, "every day, around the clock"),
    ],
)  # fmt: skip
def test_hours_in_words(week: dict[str, list[list[str]]], words: str) -> None:
    assert hours.render_hours(dict(week)) == words  # type: ignore[arg-type] # lists are Json


@pytest.mark.req("PE11")
@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Mon-Fri 9:00-17:00", "Mon-Fri 09:00-17:00"),
        ("mon 09:00-12:00, 13:00 - 17:00", "Mon 09:00-12:00, 13:00-17:00"),
        ("Tue 9:00-12:00; Sat 10:00-14:00", "Tue 09:00-12:00; Sat 10:00-14:00"),
        ("Sat-Mon 10:00-12:00", "Mon 10:00-12:00; Sat-Sun 10:00-12:00"),
    ],
)  # fmt: skip
def test_a_week_is_read_as_it_is_written(text: str, rendered: str) -> None:
    week = hours.parse_week(text)
    assert hours.render_hours(json.loads(json.dumps(week))) == rendered  # as it is stored
    assert hours.parse_week(rendered) == week
    assert hours.parse_week("") == {}


@pytest.mark.parametrize("text", ["Mon", "always", "Mon 9-17", "Mon 17:00-09:00", "Mon 9:00-25:00"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        hours.parse_week(text)
