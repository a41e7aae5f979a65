"""A calendar's feed: which of its events are bookings, and whose."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from baton.connectors import UnreadableError
from baton.connectors.ics import feed, series
from baton.connectors.ics.feed import IcsRecords, Look
from baton.connectors.ics.settings import IcsSettings, problems_with
from baton.core.bookings import State
from baton.core.records import BookingRecord

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ANN = "ATTENDEE;CN=Ann Lee:mailto:Ann@Example.org"


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "one@calendar", start: str = "20260305T093000Z") -> str:
    return "\n".join([f"UID:{uid}", f"DTSTART:{start}", "SUMMARY:Physio session", *lines])


def _look(*events: str) -> Look:
    return feed.look_of([calendar(*events)], now=NOW, zone=LONDON)


@pytest.mark.req("DI5", "AP1")
def test_an_event_is_the_booking_of_its_one_guest() -> None:
    host = "ORGANIZER:mailto:pro@example.com\nATTENDEE:mailto:PRO@example.com"
    [seen] = _look(event(host, ANN, "DTEND:20260305T100000Z", "LOCATION:12 Canal Street")).events
    [record] = IcsRecords().records(msgspec.to_builtins(seen), received_at=NOW)
    assert isinstance(record, BookingRecord)
    assert (record.person.name, record.person.email) == ("Ann Lee", "ann@example.org")
    assert (record.activity, record.location) == ("Physio session", "12 Canal Street")
    assert record.starts_at == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    assert record.ends_at == datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert record.state is State.BOOKED


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ((ANN, "STATUS:CANCELLED"), State.CANCELLED),
        (("ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org",), State.CANCELLED),
        (("ATTENDEE;PARTSTAT=TENTATIVE:mailto:ann@example.org",), State.BOOKED),
    ],
)
def test_what_is_off_is_cancelled(lines: tuple[str, ...], state: State) -> None:
    [seen] = _look(event(*lines)).events
    [record] = IcsRecords().records(msgspec.to_builtins(seen), received_at=NOW)
    assert isinstance(record, BookingRecord)
    assert record.state is state


def test_of_several_guests_nobody_is_guessed_and_a_number_is_one_too() -> None:
    [several] = _look(event(ANN, "ATTENDEE:mailto:bo@example.org")).events
    assert (several.name, several.email, several.phone) == ("", "", "")
    [called] = _look(event("ATTENDEE:tel:+447700900123")).events
    assert (called.email, called.phone) == ("", "+447700900123")


@pytest.mark.parametrize(
    ("start", "is_taken"),
    [
        ("20260227T093000Z", False),  # over for longer than two days
        ("20260301T093000Z", True),
        ("20260430T093000Z", True),
        ("20260601T093000Z", False),  # too far ahead
    ],
)
def test_events_around_today_are_taken_and_the_others_known_to_be_there(
    start: str, *, is_taken: bool
) -> None:
    look = _look(event(ANN, start=start))
    assert bool(look.events) is is_taken
    assert len(look.names) == 1


def test_whole_days_are_left_out() -> None:
    look = _look("UID:a\nDTSTART;VALUE=DATE:20260305\nSUMMARY:Holiday")
    assert (look.events, len(look.names)) == ((), 1)


def _weekly(*lines: str, rule: str = "FREQ=WEEKLY;COUNT=12") -> str:
    """Return an hour that repeats, at half past nine in London."""
    own = "UID:b\nSUMMARY:Physio session\nDTSTART;TZID=Europe/London:20260212T093000"
    end = "DTEND;TZID=Europe/London:20260212T103000"
    return "\n".join([own, end, f"RRULE:{rule}", ANN, *lines])


@pytest.mark.req("DI5", "DI6")
def test_what_repeats_is_a_booking_a_day_and_told_when_it_comes_near() -> None:
    look = _look(_weekly(), event(ANN))
    # Of single events those of two months, of what repeats the next of a week and a day.
    starts = sorted(str(one.starts_at) for one in look.events)
    assert starts == ["2026-03-05 09:30:00+00:00", "2026-03-05 09:30:00+00:00"]
    later = feed.look_of([calendar(_weekly())], now=NOW + timedelta(weeks=4), zone=LONDON)
    [summer] = [one for one in later.events if one.starts_at and one.starts_at > NOW]
    # The hour stays by the clock on the wall when clocks change.
    assert str(summer.starts_at) == "2026-04-02 09:30:00+01:00"
    assert summer.ends_at
    assert summer.starts_at
    assert summer.ends_at - summer.starts_at == timedelta(hours=1)
    assert summer.reference in look.names  # known to be there long before it is told


@pytest.mark.parametrize(
    ("further", "start"),
    [
        # A day that was moved keeps its name, in whichever zone it is written.
        ("RECURRENCE-ID:20260305T093000Z", "20260306T140000Z"),
        ("RECURRENCE-ID;TZID=Europe/London:20260305T093000", "20260306T140000Z"),
    ],
)
def test_a_day_that_was_moved_is_the_same_booking(further: str, start: str) -> None:
    [before] = _look(_weekly()).events
    [after] = _look(_weekly(), event(ANN, further, uid="b", start=start)).events
    assert after.reference == before.reference
    assert str(after.starts_at) == "2026-03-06 14:00:00+00:00"


def test_a_day_that_was_taken_out_is_gone() -> None:
    [day] = _look(_weekly()).events
    without = _look(_weekly("EXDATE;TZID=Europe/London:20260305T093000"))
    assert without.events == ()
    assert day.reference not in without.names


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=1",
        "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_rule_that_costs_more_than_it_says_names_no_day(rule: str) -> None:
    assert _look(_weekly(rule=rule)).events == ()


def test_what_repeats_too_often_is_no_calendar_of_bookings() -> None:
    many = [_weekly().replace("UID:b", f"UID:{name}") for name in range(series.MOST_SERIES + 1)]
    with pytest.raises(UnreadableError, match="repeat"):
        _look(*many)


def test_a_time_without_a_zone_is_that_of_the_business() -> None:
    [seen] = _look(event(ANN, start="20260401T093000")).events
    assert seen.starts_at is not None
    assert seen.starts_at.astimezone(UTC) == datetime(2026, 4, 1, 8, 30, tzinfo=UTC)


def test_the_mark_is_of_what_it_says_not_of_when_it_was_seen() -> None:
    [seen] = _look(event(ANN)).events
    later = msgspec.structs.replace(seen, seen_at=datetime(2026, 3, 3, tzinfo=UTC))
    moved = msgspec.structs.replace(seen, location="elsewhere")
    assert feed.mark_of(seen) == feed.mark_of(later) != feed.mark_of(moved)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in</html>",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"\xff\xfe\x00",
        calendar("UID:a\nDTSTART:tomorrow"),
        calendar("UID:a\nDTSTART;TZID=No/Where:20260305T093000"),
        calendar("UID:a\nDTSTART:20260305T093000Z\nDURATION:P9999999999D"),
    ],
)
def test_whatever_comes_is_a_calendar_or_is_refused_in_words(body: bytes) -> None:
    try:
        look = feed.look_of([body], now=NOW, zone=LONDON)
    except UnreadableError as error:
        assert "calendar" in str(error)  # noqa: PT017 - either is right
    else:
        assert all(one.starts_at and one.starts_at.tzinfo for one in look.events)


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://calendar.example/secret/basic.ics", True),
        ("webcal://calendar.example/secret.ics", True),
        ("http://calendar.example/secret.ics", False),
        ("https://user:word@calendar.example/secret.ics", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://[::1", False),
        ("https://calendar.example/with space", False),
        ("https://calendar.example:99999/x", False),
    ],
)
def test_a_feed_lies_on_the_web(url: str, *, is_good: bool) -> None:
    assert ("url" not in problems_with(IcsSettings(url=url))) is is_good
