"""Calendly's webhooks: believed by their signature, each an invitee's place in an event.

https://developer.calendly.com/api-docs/overview/examples/webhooks: the header holds the
moment and the digest of the moment, a point and the very bytes.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import msgspec

from baton.connectors import (
    DisbelievedError,
    Heard,
    Hook,
    heard,
    json_of,
    require_moment,
    told_as,
)
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.records import BookingRecord, Person, Record, StandRecord, stamp_at

HEADER = "Calendly-Webhook-Signature"

_BOOKED, _CANCELLED = "invitee.created", "invitee.canceled"
_MARKED = {
    "invitee_no_show.created": State.NO_SHOW,
    "invitee_no_show.deleted": State.BOOKED,
}
_MOST_DIGITS = 12
_MAX_NAME = 80
_WHOSE = "Calendly's"


class _Place(msgspec.Struct):
    """Where an event is: a room, a number, or a page to meet on."""

    type: str = ""
    location: str | None = None


class _Event(msgspec.Struct):
    name: str
    start_time: datetime
    end_time: datetime
    location: _Place | None = None


class _Invitee(msgspec.Struct):
    """Who comes to what; further fields are Calendly's own business."""

    uri: str
    email: str
    scheduled_event: _Event
    name: str = ""
    text_reminder_number: str | None = None
    old_invitee: str | None = None
    reschedule_url: str | None = None
    rescheduled: bool = False


class _Marked(msgspec.Struct):
    invitee: str


class _Told(msgspec.Struct):
    event: str
    created_at: datetime
    payload: dict[str, Any]  # as JSON has it; read once it is known to be of an invitee


class CalendlyHooks:
    """The connector: it hears, and says what a webhook tells."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        parts = dict(
            one.strip().split("=", 1)
            for one in hook.headers.get(HEADER.lower(), "").split(",", 4)
            if "=" in one
        )
        moment = parts.get("t", "")
        if not (moment.isascii() and moment.isdecimal() and len(moment) <= _MOST_DIGITS):
            raise DisbelievedError(f"The header {HEADER} is missing, or not whole.")
        signed = hmac.new(proof.encode(), f"{moment}.".encode() + hook.body, hashlib.sha256)
        if not hmac.compare_digest(signed.hexdigest().encode(), parts.get("v1", "").encode()):
            raise DisbelievedError(f"{HEADER} does not fit. Check the signing key.")
        require_moment(datetime.fromtimestamp(int(moment), UTC), now, HEADER)
        return heard(json_of(hook.body), hashlib.sha256(hook.body).hexdigest())

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - every connector's form
        """Return the place that a webhook tells of, none for what is no concern of ours."""
        told = told_as(said, _Told, _WHOSE)
        if told.event in _MARKED:
            marked = told_as(told.payload, _Marked, _WHOSE)
            return (
                StandRecord(
                    reference=_name_of(marked.invitee),
                    stamp=stamp_at(told.created_at),
                    state=_MARKED[told.event],
                ),
            )
        if told.event not in (_BOOKED, _CANCELLED):
            return ()
        invitee = told_as(told.payload, _Invitee, _WHOSE)
        if told.event == _CANCELLED and invitee.rescheduled:
            return ()  # the place went on under another name, which tells of itself
        state = State.BOOKED if told.event == _BOOKED else State.CANCELLED
        return (_booking(told, invitee, state),)


def _booking(told: _Told, invitee: _Invitee, state: State) -> BookingRecord:
    event = invitee.scheduled_event
    place = event.location or _Place()
    return BookingRecord(
        reference=_name_of(invitee.uri),
        formerly=_name_of(invitee.old_invitee or ""),
        stamp=stamp_at(told.created_at),
        person=Person(
            name=invitee.name, email=invitee.email, phone=invitee.text_reminder_number or ""
        ),
        activity=event.name[:_MAX_NAME],
        state=state,
        starts_at=event.start_time,
        ends_at=event.end_time,
        location=(place.location or place.type)[:_MAX_NAME],
        page_url=_https(invitee.reschedule_url or ""),
        handle=_event_of(invitee.uri),
    )


def _name_of(uri: str) -> str:
    """Return the last part of an address, by which Calendly names a thing of its kind."""
    return uri.rstrip("/").rpartition("/")[2]


def _event_of(uri: str) -> str:
    """Return the name of the event that an invitee's address leads through, "" for none."""
    before, _, _name = uri.partition("/invitees/")
    return _name_of(before) if _name else ""


def _https(url: str) -> str:
    return url if url.startswith("https://") else ""
