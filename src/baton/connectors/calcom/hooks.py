"""Cal.com's webhooks: believed by their signature, and each a booking's present state.

https://cal.com/docs/developing/guides/automation/webhooks
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from baton.connectors import Heard, Hook, heard, json_of, require_digest, told_as
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.records import BookingRecord, Person, Record, stamp_at

HEADER = "X-Cal-Signature-256"

_STATES: Mapping[str, State] = {
    "BOOKING_CREATED": State.BOOKED,
    "BOOKING_RESCHEDULED": State.BOOKED,
    "BOOKING_PAID": State.BOOKED,
    "BOOKING_CANCELLED": State.CANCELLED,
    "BOOKING_REJECTED": State.CANCELLED,
}
"""What tells a booking's whole state. A mere request is no booking yet, and what is told of
a no-show names neither its time nor what was booked."""

_MAX_ACTIVITY = 80
_WHOSE = "Cal.com's"


class _Language(msgspec.Struct):
    locale: str = ""


class _Attendee(msgspec.Struct, rename="camel"):
    email: str = ""
    name: str = ""
    phone_number: str | None = None
    language: _Language | None = None


class _Answer(msgspec.Struct):
    value: Any = None  # an answer may be of any form


class _Payload(msgspec.Struct, rename="camel"):
    """A booking; further fields are Cal.com's own business."""

    uid: str
    start_time: datetime
    end_time: datetime
    type: str = ""
    title: str = ""
    event_title: str | None = None
    attendees: list[_Attendee] = []
    responses: dict[str, _Answer | None] | None = None
    location: str | None = None
    ical_uid: str | None = msgspec.field(default=None, name="iCalUID")
    booker_url: str | None = None
    price: int | None = None


class _Told(msgspec.Struct, rename="camel"):
    trigger_event: str
    created_at: datetime
    payload: dict[str, Any]  # as JSON has it; read once it is known to be a booking


class CalcomHooks:
    """The connector: it hears, and says what a webhook tells."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError.

        Cal.com signs the body alone. The moment of the event stands in it, so one that
        comes again is the same one.
        """
        digest = hmac.new(proof.encode(), hook.body, hashlib.sha256).hexdigest()
        require_digest(hook, HEADER, digest)
        return heard(json_of(hook.body), hashlib.sha256(hook.body).hexdigest())

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - likewise
        """Return the booking that a webhook tells, none for what tells of no whole one."""
        told = told_as(said, _Told, _WHOSE)
        state = _STATES.get(told.trigger_event)
        return (_booking(told, state),) if state else ()


def _booking(told: _Told, state: State) -> BookingRecord:
    of = told_as(told.payload, _Payload, _WHOSE)
    return BookingRecord(
        # A rescheduled booking gets another uid; what its calendar entry is called stays.
        reference=of.ical_uid or of.uid,
        stamp=stamp_at(told.created_at),
        person=_person(of),
        activity=(of.event_title or of.type or of.title)[:_MAX_ACTIVITY],
        state=state,
        starts_at=of.start_time,
        ends_at=of.end_time,
        location=(of.location or "")[:_MAX_ACTIVITY],
        price_minor=max(0, of.price or 0),
        page_url=_page_of(of),
        handle=of.uid,
    )


def _person(of: _Payload) -> Person:
    first = of.attendees[0] if of.attendees else _Attendee()
    answer = (of.responses or {}).get("attendeePhoneNumber")
    asked = answer.value if answer and isinstance(answer.value, str) else ""
    return Person(
        name=first.name,
        email=first.email,
        phone=first.phone_number or asked,
        language=first.language.locale if first.language else "",
    )


def _page_of(of: _Payload) -> str:
    url = of.booker_url or ""
    return f"{url.rstrip('/')}/booking/{of.uid}" if url.startswith("https://") else ""
