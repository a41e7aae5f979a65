"""A calendar's feed: which of its events are bookings, and whose."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from baton.connectors import UnreadableError
from baton.connectors.ics import feed
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
    return feed.look_of(calendar(*events), now=NOW, zone=LONDON)


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


def test_whole_days_and_rules_are_left_out_and_exceptions_taken() -> None:
    whole = "UID:a\nDTSTART;VALUE=DATE:20260305\nSUMMARY:Holiday"
    rule = event(ANN, "RRULE:FREQ=WEEKLY", uid="b")
    moved = event(ANN, "RECURRENCE-ID:20260304T093000Z", uid="b")
    look = _look(whole, rule, moved)
    assert len(look.events) == 1
    assert len(look.names) == 3


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
        look = feed.look_of(body, now=NOW, zone=LONDON)
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
