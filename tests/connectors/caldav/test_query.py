"""What a CalDAV server is asked, and the calendars in what it answers."""

from datetime import UTC, datetime

import pytest
from defusedxml import ElementTree as SafeTree

from baton.connectors import UnreadableError
from baton.connectors.caldav import query
from baton.connectors.caldav.settings import CaldavSettings, problems_with
from tests.connectors.ics.test_feed import ANN, calendar, event

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def answer(*bodies: bytes) -> bytes:
    """Return a server's answer, of a form modelled on RFC 4791, 7.8.1."""
    told = "".join(
        "<D:response><D:href>/ann/1.ics</D:href><D:propstat><D:prop><D:getetag>&quot;1&quot;"
        f"</D:getetag><C:calendar-data>{one.decode()}</C:calendar-data></D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        for one in bodies
    )
    spaces = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    return f'<?xml version="1.0"?><D:multistatus {spaces}>{told}</D:multistatus>'.encode()


@pytest.mark.req("DI5", "AP1")
def test_every_event_of_an_answer_is_a_calendar() -> None:
    one, other = calendar(event(ANN)), calendar(event(ANN, uid="two@calendar"))
    found = query.calendars_of(answer(one, other))
    assert [body.split() for body in found] == [one.split(), other.split()]
    assert query.calendars_of(answer()) == ()


def test_events_around_the_moment_are_asked_for() -> None:
    asked = SafeTree.fromstring(query.body_of(NOW))
    [around] = asked.iter("{urn:ietf:params:xml:ns:caldav}time-range")
    assert around.attrib == {"start": "20260228T100000Z", "end": "20270303T100000Z"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in</html>",
        b"not xml \xff",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><D:multistatus xmlns:D="DAV:"/>',
    ],
)
def test_whatever_else_comes_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(UnreadableError, match="CalDAV"):
        query.calendars_of(body)


def test_a_server_wants_to_know_who_asks() -> None:
    assert "user" in problems_with(CaldavSettings(url="https://cal.example/ann/"))
    assert not problems_with(CaldavSettings(url="https://cal.example/ann/", user="ann"))
