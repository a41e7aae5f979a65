"""A calendar's feed read as bookings: each of its events in a form of ours, and gone ones told.

RFC 5545. A feed tells the present state of everything at once, so its moment orders the states
of each event. What repeats is one booking a day, each told when it comes near, so that nobody
gets the confirmations of two months at once.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import icalendar
import msgspec

from baton.connectors import UnreadableError, told_as
from baton.connectors.ics import series
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.records import BookingRecord, Person, Record, StandRecord, stamp_at

MOST_BYTES = 5_000_000
MOST_EVENTS = 5_000
BEHIND, AHEAD = timedelta(days=2), timedelta(days=60)
"""How far around a look its events are taken: what is over is no news, what is far may change."""
NEXT = timedelta(days=8)
"""How far ahead the days of what repeats are taken: of a weekly hour the next one, or two."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_NAME = 80
_MAX_TEXT = 200
_WHOSE = "a calendar's"


class FeedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a feed; `seen_at` is when it was looked at. Gone, only its name is known."""

    reference: str
    seen_at: datetime
    is_gone: bool = False
    activity: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    location: str = ""
    is_cancelled: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class IcsRecords:
    """The part of the connector that knows what an event of a feed means."""

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - every connector's form
        """Return the booking that an event is."""
        event = told_as(said, FeedEvent, _WHOSE)
        stamp = stamp_at(event.seen_at)
        if event.is_gone:
            gone = StandRecord(reference=event.reference, stamp=stamp, state=State.CANCELLED)
            return (gone,)
        if event.starts_at is None or event.ends_at is None:
            raise UnreadableError("the event says no time")
        return (
            BookingRecord(
                reference=event.reference,
                stamp=stamp,
                person=Person(name=event.name, email=event.email, phone=event.phone),
                activity=event.activity or "Appointment",
                state=State.CANCELLED if event.is_cancelled else State.BOOKED,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
                location=event.location,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a feed holds: the events around the moment, and the names of all that it has."""

    events: tuple[FeedEvent, ...]
    names: frozenset[str]


def look_of(bodies: Iterable[bytes], *, now: datetime, zone: tzinfo) -> Look:
    """Return what the calendars of a feed hold; raises UnreadableError for what is none.

    A time without a zone is read in `zone`. What has no time of day is nobody's booking.
    """
    try:
        calendars = [icalendar.Calendar.from_ical(body) for body in bodies]
        held = [one for calendar in calendars for one in calendar.walk("VEVENT")]
        days = [
            one
            for calendar in calendars
            for one in series.days_of(calendar, now - BEHIND, now + AHEAD)
        ]
        repeated = {str(one.get("UID")) for one in held if series.repeats(one)}
        single = [one for one in held if str(one.get("UID")) not in repeated]
        found = (*_events(single, now, zone, AHEAD), *_events(days, now, zone, NEXT))
        names = frozenset(_reference(one, zone) for one in (*held, *days))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise UnreadableError("this is no calendar in the form of iCalendar") from error
    if len(found) > MOST_EVENTS:
        raise UnreadableError(f"it has more than {MOST_EVENTS:,} events around today")
    # Of two with one name the later in the feed counts.
    events = tuple({one.reference: one for one in found}.values())
    return Look(events=events, names=names)


def gone(reference: str, now: datetime) -> FeedEvent:
    """Return that an event stands in its feed no longer."""
    return FeedEvent(reference=reference, seen_at=now, is_gone=True)


def mark_of(event: FeedEvent) -> str:
    """Return what tells a state of an event from another, whenever it was seen."""
    still = msgspec.structs.replace(event, seen_at=_NEVER)
    return hashlib.sha256(msgspec.json.encode(still)).hexdigest()[:16]


def _events(
    held: Iterable[Any], now: datetime, zone: tzinfo, ahead: timedelta
) -> Iterator[FeedEvent]:
    for event in held:
        starts_at = _moment(event.get("DTSTART"), zone)
        if starts_at is None:
            continue
        ends_at = _end_of(event, starts_at, zone)
        if ends_at < now - BEHIND or starts_at > now + ahead:
            continue
        who = _attendee(event)
        yield FeedEvent(
            reference=_reference(event, zone),
            seen_at=now,
            activity=_text(event.get("SUMMARY"))[:_MAX_NAME],
            starts_at=starts_at,
            ends_at=max(starts_at, ends_at),
            location=_text(event.get("LOCATION"))[:_MAX_NAME],
            is_cancelled=who.declines or _text(event.get("STATUS")).upper() == "CANCELLED",
            name=who.name,
            email=who.email,
            phone=who.phone,
        )


def _moment(held: Any, zone: tzinfo) -> datetime | None:
    moment = getattr(held, "dt", None)
    if not isinstance(moment, datetime):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _end_of(event: Any, starts_at: datetime, zone: tzinfo) -> datetime:
    ends_at = _moment(event.get("DTEND"), zone)
    if ends_at and ends_at != starts_at:
        return ends_at
    lasts = getattr(event.get("DURATION"), "dt", None)
    return starts_at + (lasts if isinstance(lasts, timedelta) else timedelta(hours=1))


def _reference(event: Any, zone: tzinfo) -> str:
    """Return a name of one length for an event, and for each day of what repeats.

    A day that was moved keeps the name of the day that it was, in whichever zone it is written.
    """
    of_day = event.get("RECURRENCE-ID")
    moment = _moment(of_day, zone)
    day = moment.astimezone(UTC) if moment else getattr(of_day, "dt", "")
    own = f"{_text(event.get('UID'))}\n{day}"
    return hashlib.sha256(own.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guest:
    name: str = ""
    email: str = ""
    phone: str = ""
    declines: bool = False


def _attendee(event: Any) -> _Guest:
    """Return who comes: the one attendee who is not the organiser, if there is one alone.

    Where several are invited nobody can say whose booking it is.
    """
    held = event.get("ATTENDEE") or []
    organiser = _address(event.get("ORGANIZER"))
    all_held = held if isinstance(held, list) else [held]
    guests = [one for one in all_held if _address(one) and _address(one) != organiser]
    if len(guests) != 1:
        return _Guest()
    [guest] = guests
    params = getattr(guest, "params", {})
    address = _address(guest)
    is_phone = str(guest).lower().startswith("tel:")
    return _Guest(
        name=_text(params.get("CN"))[:_MAX_NAME],
        email="" if is_phone else address,
        phone=address if is_phone else "",
        declines=_text(params.get("PARTSTAT")).upper() == "DECLINED",
    )


def _address(held: Any) -> str:
    scheme, _, address = str(held or "").partition(":")
    return address.strip().lower()[:_MAX_TEXT] if scheme.lower() in ("mailto", "tel") else ""


def _text(held: Any) -> str:
    return " ".join(str(held or "").replace("\x00", "").split())
