"""What Square is asked to do with a booking: look how it stands, cancel, move, repeat, note of it.

https://developer.squareup.com/reference/square/bookings-api: a seller's token needs
Appointments Plus or Premium to write bookings. A booking has no word for "they will come", so
that is written into the note that the seller's staff see beside it.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from baton.connectors import Moment, UnreadableError, told_as
from baton.connectors.square.hooks import VERSION
from baton.connectors.square.settings import SquareSettings
from baton.core.deeds import Asking, Deed, Made, Place, Stands
from baton.core.json import Json

NOTE = "The customer confirmed that they will come."

_WHOSE = "Square's"
_STANDING = frozenset({"ACCEPTED", "PENDING"})
_MAX_NOTE = 4_096


class _Segment(msgspec.Struct, omit_defaults=True):
    team_member_id: str | None = None
    service_variation_id: str | None = None
    service_variation_version: int | None = None
    duration_minutes: int | None = None


class _Booking(msgspec.Struct):
    status: str
    version: int
    start_at: Moment | None = None
    seller_note: str | None = None
    appointment_segments: list[_Segment] = []
    id: str = ""
    location_id: str | None = None
    customer_id: str | None = None


class _Answer(msgspec.Struct):
    booking: _Booking


class _Opening(msgspec.Struct):
    start_at: Moment
    appointment_segments: list[_Segment] = []


class _Openings(msgspec.Struct):
    availabilities: list[_Opening] = []


@dataclass(frozen=True, slots=True)
class SquareDeeds:
    """The part of the connector that acts."""

    settings: SquareSettings

    def may(self, place: Place) -> frozenset[Deed]:  # noqa: ARG002 - every connector's form
        """Return what may be done with a booking there."""
        return frozenset(Deed)

    def look(self, place: Place) -> Asking:
        """Return how a booking is asked for."""
        return self._asking("GET", _path_of(place))

    def stands(self, place: Place, said: Json) -> Stands:  # noqa: ARG002 - every connector's form
        """Return how a booking stands by the answer; raises UnreadableError."""
        booking = _booking_in(said)
        return Stands(
            is_over=booking.status not in _STANDING,
            is_confirmed=NOTE in (booking.seller_note or ""),
            starts_at=booking.start_at,
        )

    def cancel(self, place: Place, said: Json, *, key: str) -> Asking:
        """Return what cancels a booking at the version at which it was seen."""
        asked = {"idempotency_key": _once(key), "booking_version": _booking_in(said).version}
        return self._asking("POST", f"{_path_of(place)}/cancel", asked)

    def seek(self, place: Place, said: Json, since: datetime, until: datetime) -> Asking:  # noqa: ARG002 - likewise
        """Return how it is asked when there is room for this booking; a day apart at least."""
        span = {"start_at": _written(since), "end_at": _written(until)}
        asked = {"query": {"filter": {"start_at_range": span, "booking_id": place.reference}}}
        return self._asking("POST", "/v2/bookings/availability/search", asked)

    def free(self, place: Place, said: Json, told: Json) -> tuple[datetime, ...]:  # noqa: ARG002 - likewise
        """Return when it may begin with the same people; raises UnreadableError."""
        same = _people_of(_booking_in(said).appointment_segments)
        found = told_as(told, _Openings, _WHOSE).availabilities
        return tuple(
            one.start_at
            for one in found
            if not any(same) or _people_of(one.appointment_segments) == same
        )

    def move(self, place: Place, said: Json, to: datetime, *, key: str) -> Asking:
        """Return what moves a booking at the version at which it was seen."""
        return self._change(place, said, key, start_at=_written(to))

    def moved(self, place: Place, told: Json) -> str:  # noqa: ARG002 - likewise
        """Return nothing: its name stays; raises UnreadableError for what is no booking."""
        _booking_in(told)
        return ""

    def seek_again(self, place: Place, said: Json, since: datetime, until: datetime) -> Asking:  # noqa: ARG002 - likewise
        """Return how it is asked when the same people have room for the same services."""
        earlier = _repeatable(said)
        segments = [
            {
                "service_variation_id": one.service_variation_id,
                **(
                    {"team_member_id_filter": {"any": [one.team_member_id]}}
                    if one.team_member_id
                    else {}
                ),
            }
            for one in earlier.appointment_segments
        ]
        sought = {
            "start_at_range": {"start_at": _written(since), "end_at": _written(until)},
            "location_id": earlier.location_id,
            "segment_filters": segments,
        }
        asked = {"query": {"filter": sought}}
        return self._asking("POST", "/v2/bookings/availability/search", asked)

    def free_again(self, place: Place, said: Json, told: Json) -> tuple[datetime, ...]:
        """Return when it may begin with the same people; raises UnreadableError."""
        return self.free(place, said, told)

    def book(self, place: Place, said: Json, told: Json, to: datetime, *, key: str) -> Asking:  # noqa: ARG002 - likewise
        """Return what books it, as the opening of that time is told; raises UnreadableError."""
        earlier = _repeatable(said)
        same = _people_of(earlier.appointment_segments)
        opening = next(
            one
            for one in told_as(told, _Openings, _WHOSE).availabilities
            if one.start_at == to
            and (not any(same) or _people_of(one.appointment_segments) == same)
        )
        booking = {
            "start_at": _written(to),
            "location_id": earlier.location_id,
            "customer_id": earlier.customer_id,
            "appointment_segments": opening.appointment_segments,
        }
        return self._asking(
            "POST", "/v2/bookings", {"idempotency_key": _once(key), "booking": booking}
        )

    def booked(self, place: Place, told: Json) -> Made:  # noqa: ARG002 - likewise
        """Return its name; raises UnreadableError."""
        return Made(reference=_booking_in(told).id)

    def confirm(self, place: Place, said: Json, *, key: str) -> Asking:
        """Return what notes that they will come, beside what stands there."""
        known = (_booking_in(said).seller_note or "").strip()
        note = f"{known}\n{NOTE}".strip()[-_MAX_NOTE:]
        return self._change(place, said, key, seller_note=note)

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self._asking("GET", "/v2/merchants/me")

    def _change(self, place: Place, said: Json, key: str, **fields: str) -> Asking:
        booking = {"version": _booking_in(said).version, **fields}
        asked = {"idempotency_key": _once(key), "booking": booking}
        return self._asking("PUT", _path_of(place), asked)

    def _asking(self, method: str, path: str, body: object = None) -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{path}",
            headers={
                "Authorization": f"Bearer {self.settings.access_token}",
                "Square-Version": VERSION,
                **({} if body is None else {"Content-Type": "application/json"}),
            },
            body=b"" if body is None else msgspec.json.encode(body),
        )


def _booking_in(said: Json) -> _Booking:
    return told_as(said, _Answer, _WHOSE).booking


def _repeatable(said: Json) -> _Booking:
    """Return a booking that tells what is booked, where and for whom; raises UnreadableError."""
    booking = _booking_in(said)
    is_told = booking.location_id and booking.customer_id and booking.appointment_segments
    if not is_told or not all(one.service_variation_id for one in booking.appointment_segments):
        raise UnreadableError("Square does not say who had this booking, where, or of what it was")
    return booking


def _people_of(segments: list[_Segment]) -> list[str]:
    return [one.team_member_id or "" for one in segments]


def _path_of(place: Place) -> str:
    return f"/v2/bookings/{quote(place.reference, safe='')}"


def _once(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
