"""What Cal.com is asked to do with a booking: look how it stands, cancel it, move it, repeat it.

https://cal.com/docs/api-reference/v2/bookings/cancel-a-booking, .../reschedule-a-booking,
.../create-a-booking and .../slots. That somebody said they will come is no word of Cal.com's: what
it calls confirming is the host's consent.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import msgspec

from baton.connectors import Moment, UnreadableError, told_as
from baton.connectors.calcom.settings import CalcomSettings
from baton.core.deeds import Asking, Deed, Made, Place, Stands
from baton.core.json import Json

VERSION = "2024-08-13"
"""The version of the API whose words those of bookings are."""
SLOTS_VERSION = "2024-09-04"
"""Likewise, of free times."""

_OVER = frozenset({"cancelled", "rejected"})
_WHOSE = "Cal.com's"


class _Attendee(msgspec.Struct, rename="camel", omit_defaults=True):
    name: str = ""
    email: str = ""
    time_zone: str = ""
    language: str = ""
    phone_number: str | None = None


class _Booking(msgspec.Struct, rename="camel"):
    status: str
    uid: str = ""
    start: Moment | None = None
    event_type_id: int | None = None
    ics_uid: str | None = None
    attendees: list[_Attendee] = []


class _Wanted(msgspec.Struct, rename="camel"):
    start: str
    event_type_id: int
    attendee: _Attendee


class _Answer(msgspec.Struct):
    data: _Booking


class _Slot(msgspec.Struct):
    start: Moment


class _Slots(msgspec.Struct):
    data: dict[str, list[_Slot]]


@dataclass(frozen=True, slots=True)
class CalcomDeeds:
    """The part of the connector that acts."""

    settings: CalcomSettings

    def may(self, place: Place) -> frozenset[Deed]:  # noqa: ARG002 - every connector's form
        """Return what may be done with a booking there."""
        return frozenset({Deed.CANCEL, Deed.MOVE, Deed.AGAIN})

    def look(self, place: Place) -> Asking:
        """Return how a booking is asked for."""
        return self._asking("GET", _path_of(place))

    def stands(self, place: Place, said: Json) -> Stands:  # noqa: ARG002 - every connector's form
        """Return how a booking stands by the answer; raises UnreadableError."""
        booking = told_as(said, _Answer, _WHOSE).data
        return Stands(is_over=booking.status in _OVER, starts_at=booking.start)

    def cancel(self, place: Place, said: Json, *, key: str) -> Asking:  # noqa: ARG002 - likewise
        """Return what cancels a booking; Cal.com cancels one that is cancelled no further."""
        return self._asking("POST", f"{_path_of(place)}/cancel", {})

    def seek(self, place: Place, said: Json, since: datetime, until: datetime) -> Asking:
        """Return how it is asked which times of its kind of event are free."""
        return self._slots(said, since, until, bookingUidToReschedule=_uid_of(place))

    def free(self, place: Place, said: Json, told: Json) -> tuple[datetime, ...]:  # noqa: ARG002 - likewise
        """Return when it may begin; raises UnreadableError."""
        days = told_as(told, _Slots, _WHOSE).data
        return tuple(slot.start for day in days.values() for slot in day)

    def move(self, place: Place, said: Json, to: datetime, *, key: str) -> Asking:  # noqa: ARG002 - likewise
        """Return what moves a booking; one of a time that has gone is refused."""
        return self._asking("POST", f"{_path_of(place)}/reschedule", {"start": _written(to)})

    def moved(self, place: Place, told: Json) -> str:  # noqa: ARG002 - likewise
        """Return its new uid; raises UnreadableError."""
        return told_as(told, _Answer, _WHOSE).data.uid

    def seek_again(self, place: Place, said: Json, since: datetime, until: datetime) -> Asking:  # noqa: ARG002 - likewise
        """Return how it is asked which times of its kind of event are free for one more."""
        return self._slots(said, since, until)

    def free_again(self, place: Place, said: Json, told: Json) -> tuple[datetime, ...]:
        """Return when it may begin; raises UnreadableError."""
        return self.free(place, said, told)

    def book(self, place: Place, said: Json, told: Json, to: datetime, *, key: str) -> Asking:  # noqa: ARG002 - likewise
        """Return what books the same for who came then; one of a time that has gone is refused."""
        earlier = told_as(said, _Answer, _WHOSE).data
        if not earlier.attendees or not earlier.event_type_id:
            raise UnreadableError("Cal.com does not say who had this booking, or of what it was")
        wanted = _Wanted(
            start=_written(to),
            event_type_id=earlier.event_type_id,
            attendee=earlier.attendees[0],
        )
        return self._asking("POST", "/v2/bookings", wanted)

    def booked(self, place: Place, told: Json) -> Made:  # noqa: ARG002 - likewise
        """Return its names; the first is that of its calendar entry, as webhooks tell it."""
        made = told_as(told, _Answer, _WHOSE).data
        return Made(reference=made.ics_uid or made.uid, handle=made.uid)

    def check(self) -> Asking:
        """Return what is asked to see whether the key holds."""
        return self._asking("GET", "/v2/me")

    def _slots(self, said: Json, since: datetime, until: datetime, **besides: str) -> Asking:
        wanted = {
            "eventTypeId": told_as(said, _Answer, _WHOSE).data.event_type_id or 0,
            "start": _written(since),
            "end": _written(until),
            **besides,
        }
        return self._asking("GET", f"/v2/slots?{urlencode(wanted)}", version=SLOTS_VERSION)

    def _asking(
        self, method: str, path: str, body: object = None, *, version: str = VERSION
    ) -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{path}",
            headers={
                "Authorization": f"Bearer {self.settings.api_key}",
                "cal-api-version": version,
                **({} if body is None else {"Content-Type": "application/json"}),
            },
            body=b"" if body is None else msgspec.json.encode(body),
        )


def _path_of(place: Place) -> str:
    return f"/v2/bookings/{quote(_uid_of(place), safe='')}"


def _uid_of(place: Place) -> str:
    """Return a booking's present uid; moved, it has another one."""
    return place.handle or place.reference.partition("@")[0]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
