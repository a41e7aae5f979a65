"""A booking in the contact's own calendar: as a file, or by a link to theirs."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import QueryDict
from icalendar import Calendar, Event, vText

from baton.services.workspace.one_tap import Errand, Tap
from baton.web.taps.booked import Booked, booked_of, contact_of, ways_from
from baton.web.taps.sheet import Caller, Sheet, Way

_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
AS_FILE = "as"
"""The part of the address that asks for the file; it is a look, and changes nothing."""


class CalendarPage:
    """Links to calendars, and the file that all others read."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose booking it is."""
        return contact_of(tap)

    def show(self, caller: Caller) -> Sheet:
        """Return the ways into a calendar, or how it stands."""
        booked = booked_of(caller)
        if not booked.is_ahead:
            ways = ways_from(caller, booked, Errand.AGAIN)
            return Sheet(
                title=booked.activity.name, good=booked.standing, rows=booked.rows, ways=ways
            )
        return Sheet(
            title=booked.say("calendar_title"),
            rows=booked.rows,
            ways=(
                Way(label=booked.say("calendar_ics"), url=f"?{AS_FILE}=ics"),
                Way(label="Google Calendar", url=_google(booked)),
                Way(label="Outlook.com", url=_outlook(booked)),
                *ways_from(caller, booked, Errand.MOVE),
            ),
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Do nothing: there is nothing to tap but links."""
        del caller, posted
        return ""


def file_of(caller: Caller) -> bytes:
    """Return the booking as an iCalendar file (RFC 5545); taken in again it stays one entry.

    It names the place and the business, and nobody.
    """
    booked = booked_of(caller)
    entry = Event()
    entry.add("uid", f"{booked.row.id}@baton")
    entry.add("dtstamp", booked.row.changed_at.astimezone(UTC))
    entry.add("dtstart", booked.row.starts_at.astimezone(UTC))
    entry.add("dtend", booked.row.ends_at.astimezone(UTC))
    entry.add("summary", _summary(caller.front.business, booked))
    # Of two states of one entry the one with the greater number counts.
    entry.add("sequence", int(booked.row.changed_at.timestamp()) % 2**31)
    entry.add("status", "CONFIRMED" if booked.is_ahead else "CANCELLED")
    if booked.place:
        entry["location"] = vText(_where(booked))
    calendar = Calendar()
    calendar.add("prodid", "-//Baton//one-tap//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _summary(business: str, booked: Booked) -> str:
    return f"{booked.activity.name} ({business})"


def _where(booked: Booked) -> str:
    return (
        ", ".join(filter(None, (booked.place.name, booked.place.address))) if booked.place else ""
    )


def _google(booked: Booked) -> str:
    span = "/".join(_compact(at) for at in (booked.row.starts_at, booked.row.ends_at))
    told = {
        "action": "TEMPLATE",
        "text": booked.activity.name,
        "dates": span,
        "location": _where(booked),
    }
    return f"{_GOOGLE}?{urlencode(told)}"


def _outlook(booked: Booked) -> str:
    told = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": booked.activity.name,
        "startdt": booked.row.starts_at.astimezone(UTC).isoformat(),
        "enddt": booked.row.ends_at.astimezone(UTC).isoformat(),
        "location": _where(booked),
    }
    return f"{_OUTLOOK}?{urlencode(told)}"


def _compact(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
