"""Mindbody's webhooks: believed by their signature, and read as bookings, clients, memberships.

https://developers.mindbodyonline.com/WebhooksDocumentation. They may come twice and in any
order; some repeat nothing but what has changed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from baton.connectors import (
    Heard,
    Hook,
    UnreadableError,
    heard,
    json_of,
    require_digest,
    told_as,
)
from baton.connectors.mindbody.deeds import APPOINTMENT, CLASS
from baton.connectors.mindbody.settings import MindbodySettings
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.records import (
    BookingRecord,
    MembershipRecord,
    Person,
    PersonRecord,
    Record,
    Stamp,
    StandRecord,
    stamp_at,
)

HEADER = "X-Mindbody-Signature"

_WHOSE = "Mindbody's"
_MAX_NAME = 80
_STATES: Mapping[str, State] = {
    "completed": State.ATTENDED,
    "arrived": State.ATTENDED,
    "signedin": State.ATTENDED,
    "confirmed": State.CONFIRMED,
    "noshow": State.NO_SHOW,
    "absent": State.NO_SHOW,
    "cancelled": State.CANCELLED,
    "canceled": State.CANCELLED,
    "latecancelled": State.CANCELLED,
    "earlycancelled": State.CANCELLED,
    "latecancel": State.CANCELLED,
}
"""Its words, without spaces and dashes; any other is that of a booking that stands."""


class _Told(msgspec.Struct, rename="camel"):
    message_id: str
    event_id: str
    event_instance_origination_date_time: datetime
    event_data: dict[str, Any]  # as JSON has it; read by the kind of the event


class _Client(msgspec.Struct, rename="camel"):
    """Who, as most of its events repeat it."""

    client_id: str | int
    client_first_name: str | None = None
    client_last_name: str | None = None
    client_email: str | None = None
    client_phone: str | None = None


class _Appointment(_Client, kw_only=True, rename="camel"):
    appointment_id: int
    start_date_time: datetime
    end_date_time: datetime
    status: str | None = None
    appointment_name: str | None = None
    is_confirmed: bool = False
    has_arrived: bool = False


class _ClassBooking(_Client, kw_only=True, rename="camel"):
    class_roster_booking_id: int
    class_id: int | None = None
    class_start_date_time: datetime
    class_end_date_time: datetime
    signed_in_status: str | None = None
    staff_name: str | None = None


class _Ended(msgspec.Struct, rename="camel"):
    appointment_id: int


class _ClassStand(msgspec.Struct, rename="camel"):
    class_roster_booking_id: int
    signed_in_status: str | None = None


class _Profile(msgspec.Struct, rename="camel"):
    client_id: str | int
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    mobile_phone: str | None = None
    home_phone: str | None = None


class _Membership(_Client, kw_only=True, rename="camel"):
    membership_id: int
    membership_name: str


@dataclass(frozen=True, slots=True)
class MindbodyHooks:
    """The connector: it hears, and says what a webhook tells."""

    settings: MindbodySettings

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError.

        Its signature holds no moment: what comes again has the same message's id.
        """
        digest = hmac.new(proof.encode(), hook.body, hashlib.sha256).digest()
        require_digest(hook, HEADER, f"sha256={base64.b64encode(digest).decode()}")
        said = json_of(hook.body)
        return heard(said, told_as(said, _Told, _WHOSE).message_id)

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - likewise
        """Return what a webhook tells, none for what is no concern of ours."""
        told = told_as(said, _Told, _WHOSE)
        read = _READ.get(told.event_id)
        if read is None:
            return ()
        stamp = stamp_at(_aware(told.event_instance_origination_date_time))
        return (read(told.event_data, stamp, self.settings),)


def _appointment(told: Json, stamp: Stamp, _settings: MindbodySettings) -> Record:
    of = told_as(told, _Appointment, _WHOSE)
    state = _state_of(of.status)
    if of.has_arrived and state is State.BOOKED:
        state = State.ATTENDED
    elif of.is_confirmed and state is State.BOOKED:
        state = State.CONFIRMED
    return BookingRecord(
        reference=_appointment_name(of.appointment_id),
        stamp=stamp,
        person=_person(of),
        activity=(of.appointment_name or "Appointment")[:_MAX_NAME],
        state=state,
        starts_at=_aware(of.start_date_time),
        ends_at=_aware(of.end_date_time),
    )


def _no_appointment(told: Json, stamp: Stamp, _settings: MindbodySettings) -> Record:
    of = told_as(told, _Ended, _WHOSE)
    name = _appointment_name(of.appointment_id)
    return StandRecord(reference=name, stamp=stamp, state=State.CANCELLED)


def _class_booking(told: Json, stamp: Stamp, settings: MindbodySettings) -> Record:
    of = told_as(told, _ClassBooking, _WHOSE)
    given_by = f" ({of.staff_name})" if of.staff_name else ""
    return BookingRecord(
        reference=_class_name(of.class_roster_booking_id),
        stamp=stamp,
        person=_person(of),
        activity=f"{settings.class_word}{given_by}"[:_MAX_NAME],
        state=_state_of(of.signed_in_status),
        starts_at=_aware(of.class_start_date_time),
        ends_at=_aware(of.class_end_date_time),
        handle=f"{of.class_id}/{of.client_id}" if of.class_id is not None else "",
    )


def _class_stand(told: Json, stamp: Stamp, _settings: MindbodySettings) -> Record:
    of = told_as(told, _ClassStand, _WHOSE)
    name = _class_name(of.class_roster_booking_id)
    return StandRecord(reference=name, stamp=stamp, state=_state_of(of.signed_in_status))


def _no_class(told: Json, stamp: Stamp, _settings: MindbodySettings) -> Record:
    of = told_as(told, _ClassStand, _WHOSE)
    name = _class_name(of.class_roster_booking_id)
    return StandRecord(reference=name, stamp=stamp, state=State.CANCELLED)


def _client(told: Json, stamp: Stamp, _settings: MindbodySettings) -> Record:
    of = told_as(told, _Profile, _WHOSE)
    return PersonRecord(
        stamp=stamp,
        person=Person(
            reference=str(of.client_id),
            name=_joined(of.first_name, of.last_name),
            email=of.email or "",
            phone=of.mobile_phone or of.home_phone or "",
        ),
    )


def _membership(told: Json, stamp: Stamp, _settings: MindbodySettings) -> Record:
    of = told_as(told, _Membership, _WHOSE)
    return MembershipRecord(
        reference=f"{of.client_id}-{of.membership_id}",
        stamp=stamp,
        person=_person(of),
        plan=of.membership_name[:_MAX_NAME],
        state="active",
        joined_at=datetime.fromisoformat(stamp),
    )


_READ: Mapping[str, Callable[[Json, Stamp, MindbodySettings], Record]] = {
    "appointmentBooking.created": _appointment,
    "appointmentBooking.updated": _appointment,
    "appointmentBooking.cancelled": _no_appointment,
    "classRosterBooking.created": _class_booking,
    "classRosterBookingStatus.updated": _class_stand,
    "classRosterBooking.cancelled": _no_class,
    "client.created": _client,
    "client.updated": _client,
    "clientMembershipAssignment.created": _membership,
}


def _appointment_name(number: int) -> str:
    return f"{APPOINTMENT}{number}"


def _class_name(number: int) -> str:
    return f"{CLASS}{number}"


def _person(of: _Client) -> Person:
    return Person(
        reference=str(of.client_id),
        name=_joined(of.client_first_name, of.client_last_name),
        email=of.client_email or "",
        phone=of.client_phone or "",
    )


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _state_of(word: str | None) -> State:
    return _STATES.get(re.sub(r"[^a-z]", "", (word or "").lower()), State.BOOKED)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise UnreadableError("a time in it names no zone")
    return moment
