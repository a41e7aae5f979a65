"""Square's webhooks: believed by their signature, and read with who booked what.

https://developer.squareup.com/docs/webhooks/step3validate: signed are the address that Square
was given and the very bytes. A booking names its customer and its service by their numbers
alone, so both are asked for.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from baton.connectors import Heard, Hook, heard, json_of, parse_answered, require_digest, told_as
from baton.connectors.square.settings import SquareSettings
from baton.core.bookings import State
from baton.core.deeds import Asking
from baton.core.json import Json
from baton.core.records import BookingRecord, Person, PersonRecord, Record, stamp_at, stamp_of

HEADER = "X-Square-HmacSha256-Signature"
VERSION = "2024-01-18"
"""The version of the API whose words these are."""

_WHOSE = "Square's"
_CUSTOMER, _SERVICE = "customer", "service"
_BOOKINGS = frozenset({"booking.created", "booking.updated"})
_CUSTOMERS = frozenset({"customer.created", "customer.updated"})
_STATES: Mapping[str, State] = {
    "ACCEPTED": State.BOOKED,
    "CANCELLED_BY_CUSTOMER": State.CANCELLED,
    "CANCELLED_BY_SELLER": State.CANCELLED,
    "DECLINED": State.CANCELLED,
    "NO_SHOW": State.NO_SHOW,
}
"""A booking that is PENDING is none before the seller accepts it."""

_MAX_NAME = 80
_MOST_MINUTES = 7 * 24 * 60


class _Segment(msgspec.Struct):
    service_variation_id: str | None = None
    duration_minutes: int = 0


class _Booking(msgspec.Struct):
    """A booking; further fields are Square's own business."""

    id: str
    version: int
    status: str
    start_at: datetime
    customer_id: str | None = None
    appointment_segments: list[_Segment] = []


class _Customer(msgspec.Struct):
    id: str
    given_name: str | None = None
    family_name: str | None = None
    email_address: str | None = None
    phone_number: str | None = None
    updated_at: datetime | None = None


class _Money(msgspec.Struct):
    amount: int = 0


class _Variation(msgspec.Struct):
    name: str = ""
    price_money: _Money | None = None


class _Item(msgspec.Struct):
    name: str = ""


class _Object(msgspec.Struct):
    item_variation_data: _Variation | None = None
    item_data: _Item | None = None


class _Service(msgspec.Struct):
    object: _Object
    related_objects: list[_Object] = []


class _Things(msgspec.Struct):
    object: dict[str, Any]  # as JSON has it; read by the kind of the event


class _Told(msgspec.Struct):
    type: str
    event_id: str
    created_at: datetime
    data: _Things


@dataclass(frozen=True, slots=True)
class SquareHooks:
    """The connector: it hears, asks, and says what a webhook tells."""

    settings: SquareSettings

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        digest = hmac.new(proof.encode(), hook.url.encode() + hook.body, hashlib.sha256).digest()
        require_digest(hook, HEADER, base64.b64encode(digest).decode())
        said = json_of(hook.body)
        return heard(said, told_as(said, _Told, _WHOSE).event_id)

    def asks(self, said: Json) -> Mapping[str, Asking]:
        """Return that its customer and its service are asked for."""
        told = told_as(said, _Told, _WHOSE)
        booking = _booking_in(told)
        if booking is None:
            return {}
        service = _service_of(booking)
        found = {}
        if booking.customer_id:
            found[_CUSTOMER] = self._asking(f"/v2/customers/{quote(booking.customer_id, safe='')}")
        if service:
            place = f"/v2/catalog/object/{quote(service, safe='')}?include_related_objects=true"
            found[_SERVICE] = self._asking(place)
        return found

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self._asking("/v2/merchants/me")

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - likewise
        """Return what a webhook tells, none for what is no concern of ours."""
        kept = parse_answered(said)
        told = told_as(kept.told, _Told, _WHOSE)
        if told.type in _CUSTOMERS:
            customer = told_as(told.data.object.get("customer"), _Customer, _WHOSE)
            moment = customer.updated_at or told.created_at
            return (PersonRecord(stamp=stamp_at(moment), person=_person(customer)),)
        booking = _booking_in(told)
        return (_record(booking, kept.answers),) if booking else ()

    def _asking(self, place: str) -> Asking:
        return Asking(
            url=f"{self.settings.api_url}{place}",
            headers={
                "Authorization": f"Bearer {self.settings.access_token}",
                "Square-Version": VERSION,
            },
        )


def _booking_in(told: _Told) -> _Booking | None:
    """Return the booking that a webhook tells of, None for none and for a mere request."""
    if told.type not in _BOOKINGS:
        return None
    booking = told_as(told.data.object.get("booking"), _Booking, _WHOSE)
    return booking if booking.status in _STATES else None


def _record(booking: _Booking, answers: Mapping[str, Json]) -> BookingRecord:
    service = answers.get(_SERVICE)
    name, price = _named(told_as(service, _Service, _WHOSE)) if service else ("", 0)
    minutes = sum(max(0, one.duration_minutes) for one in booking.appointment_segments)
    return BookingRecord(
        reference=booking.id,
        stamp=stamp_of(max(0, booking.version)),
        person=_booker(booking, answers),
        activity=(name or "Appointment")[:_MAX_NAME],
        state=_STATES[booking.status],
        starts_at=booking.start_at,
        ends_at=booking.start_at + timedelta(minutes=min(minutes, _MOST_MINUTES) or 60),
        price_minor=price,
    )


def _booker(booking: _Booking, answers: Mapping[str, Json]) -> Person:
    """Return who booked; whom Square no longer knows is known by their number alone."""
    said = answers.get(_CUSTOMER)
    found = said.get("customer") if isinstance(said, dict) else None
    if found is None:
        return Person(reference=booking.customer_id or "")
    return _person(told_as(found, _Customer, _WHOSE))


def _person(customer: _Customer) -> Person:
    return Person(
        reference=customer.id,
        name=" ".join(part for part in (customer.given_name, customer.family_name) if part),
        email=customer.email_address or "",
        phone=customer.phone_number or "",
    )


def _service_of(booking: _Booking) -> str:
    named = (one.service_variation_id for one in booking.appointment_segments)
    return next((name for name in named if name), "")


def _named(service: _Service) -> tuple[str, int]:
    """Return what a service is called and costs; its variations are called Regular, mostly."""
    variation = service.object.item_variation_data or _Variation()
    items = (one.item_data.name for one in service.related_objects if one.item_data)
    price = variation.price_money.amount if variation.price_money else 0
    return next((name for name in items if name), variation.name), max(0, price)
