"""What a CalDAV server is asked for, and the calendars in its answer (RFC 4791, 7.8)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree

from baton.connectors import UnreadableError

METHOD = "REPORT"
HEADERS: Mapping[str, str] = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}

BEHIND, AHEAD = timedelta(days=2), timedelta(days=366)
"""What is asked for: as far ahead that what is put off by months is not taken for gone."""

_DAV, _CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_ASKED = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{:%Y%m%dT%H%M%SZ}" end="{:%Y%m%dT%H%M%SZ}"/>
</C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>"""


def body_of(now: datetime) -> bytes:
    """Return what is asked of a calendar: all events around a moment, whole."""
    around = (now - BEHIND, now + AHEAD)
    return _ASKED.format(*(one.astimezone(UTC) for one in around)).encode()


def calendars_of(body: bytes) -> tuple[bytes, ...]:
    """Return the calendars that a server answers, one an event; raises UnreadableError."""
    try:
        answer: Element = SafeTree.fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableError("its server does not answer as CalDAV does") from error
    if answer.tag != f"{_DAV}multistatus":
        raise UnreadableError("its server does not answer as CalDAV does")
    return tuple(
        (one.text or "").strip().encode()
        for one in answer.iter(f"{_CALDAV}calendar-data")
        if one.text and one.text.strip()
    )
