"""What Mindbody is asked to do with a booking: appointments confirmed, moved and cancelled.

https://developers.mindbodyonline.com/ui/documentation/public-api: whoever changes anything
signs in as a member of staff. Times are those of the site's clocks. A class is left, and not
moved: its API has no such deed, and leaving one class to fail at the next would lose the place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlencode

import msgspec

from baton.connectors import UnreadableError, told_as
from baton.connectors.mindbody.settings import MindbodySettings
from baton.core.deeds import Asking, Deed, Place, Stands
from baton.core.json import Json

APPOINTMENT, CLASS = "appointment-", "class-"

_PATH = "/public/v6"
_OVER = frozenset({"Cancelled", "LateCancelled", "NoShow", "Completed", "Arrived"})
_WHOSE = "Mindbody's"
_AROUND = timedelta(days=90)
_MOST = 200
_NOT_THERE = "Mindbody's book does not have it within 90 days of its time"


class _Token(msgspec.Struct, rename="pascal"):
    access_token: str


class _Appointment(msgspec.Struct, rename="pascal"):
    id: int
    status: str
    start_date_time: datetime
    end_date_time: datetime
    session_type_id: int = 0
    staff_id: int = 0
    location_id: int = 0


class _Appointments(msgspec.Struct, rename="pascal"):
    appointments: list[_Appointment] = []


class _Window(msgspec.Struct, rename="pascal"):
    start_date_time: datetime
    bookable_end_date_time: datetime


class _Windows(msgspec.Struct, rename="pascal"):
    availabilities: list[_Window] = []


class _Changed(msgspec.Struct, rename="pascal"):
    appointment: _Appointment


class _Visit(msgspec.Struct, rename="pascal"):
    client_id: str
    late_cancelled: bool = False
    start_date_time: datetime | None = None


class _Class(msgspec.Struct, rename="pascal"):
    visits: list[_Visit] = []


class _Visits(msgspec.Struct):
    of_class: _Class = msgspec.field(name="Class")


@dataclass(frozen=True, slots=True)
class MindbodyDeeds:
    """The part of the connector that acts; it has a `token` once it is signed in."""

    settings: MindbodySettings
    token: str = field(default="", repr=False)

    def may(self, place: Place) -> frozenset[Deed]:
        """Return what may be done with a booking there, by whether it is of a class."""
        if place.reference.startswith(APPOINTMENT):
            return frozenset(Deed)
        return frozenset({Deed.CANCEL} if _client_of(place) else ())

    def enter(self) -> Asking:
        """Return what signs a member of staff in."""
        login = {"Username": self.settings.username, "Password": self.settings.password}
        return self._asking("POST", "/usertoken/issue", login)

    def entered(self, told: Json) -> "MindbodyDeeds":
        """Return what acts with the token of an answer; raises UnreadableError."""
        return replace(self, token=told_as(told, _Token, _WHOSE).access_token)

    def look(self, place: Place) -> Asking:
        """Return how an appointment, or who comes to a class, is asked for."""
        if not place.reference.startswith(APPOINTMENT):
            asked = {"request.classID": _class_of(place)}
            return self._asking("GET", f"/class/classvisits?{urlencode(asked)}")
        asked = {
            "request.appointmentIds": _number_of(place),
            "request.startDate": _day(place, place.starts_at - _AROUND),
            "request.endDate": _day(place, place.starts_at + _AROUND),
        }
        return self._asking("GET", f"/appointment/staffappointments?{urlencode(asked)}")

    def stands(self, place: Place, said: Json) -> Stands:
        """Return how it stands by the answer; raises UnreadableError."""
        if not place.reference.startswith(APPOINTMENT):
            visits = told_as(said, _Visits, _WHOSE).of_class.visits
            theirs = [one for one in visits if one.client_id == _client_of(place)]
            return Stands(is_over=all(one.late_cancelled for one in theirs))
        found = _found(place, said)
        if found is None:
            return Stands(is_over=False, problem=_NOT_THERE)
        return Stands(
            is_over=found.status in _OVER,
            is_confirmed=found.status == "Confirmed",
            starts_at=_at(found.start_date_time, place.zone),
        )

    def cancel(self, place: Place, said: Json, *, key: str) -> Asking:  # noqa: ARG002 - every connector's form
        """Return what cancels it: in time, since what lateness costs is a person's to say."""
        if place.reference.startswith(APPOINTMENT):
            return self._change(place, Execute="cancel")
        asked = {
            "ClientId": _client_of(place),
            "ClassId": int(_class_of(place)),
            "LateCancel": False,
            "SendEmail": False,
        }
        return self._asking("POST", "/class/removeclientfromclass", asked)

    def seek(self, place: Place, said: Json, since: datetime, until: datetime) -> Asking:
        """Return how it is asked when the same person has time for it at the same place."""
        found = _require(place, said)
        asked = {
            "request.sessionTypeIds": found.session_type_id,
            "request.staffIds": found.staff_id,
            "request.locationIds": found.location_id,
            "request.startDate": _day(place, since),
            "request.endDate": _day(place, until),
            "request.appointmentId": found.id,
            "request.limit": _MOST,
        }
        return self._asking("GET", f"/appointment/bookableitems?{urlencode(asked)}")

    def free(self, place: Place, said: Json, told: Json) -> tuple[datetime, ...]:
        """Return when it may begin, one appointment's length apart; raises UnreadableError."""
        found = _require(place, said)
        step = max(found.end_date_time - found.start_date_time, timedelta(minutes=5))
        windows = told_as(told, _Windows, _WHOSE).availabilities
        return tuple(moment for one in windows for moment in _starts(one, step, place.zone))

    def move(self, place: Place, said: Json, to: datetime, *, key: str) -> Asking:  # noqa: ARG002 - likewise
        """Return what moves an appointment, as long as it was."""
        found = _require(place, said)
        ends_at = to + (found.end_date_time - found.start_date_time)
        times = {"StartDateTime": _local(place, to), "EndDateTime": _local(place, ends_at)}
        return self._change(place, **times)

    def moved(self, place: Place, told: Json) -> str:  # noqa: ARG002 - likewise
        """Return nothing: its number stays; raises UnreadableError for what is no appointment."""
        told_as(told, _Changed, _WHOSE)
        return ""

    def confirm(self, place: Place, said: Json, *, key: str) -> Asking:  # noqa: ARG002 - likewise
        """Return what takes down that they will come."""
        return self._change(place, Execute="confirm")

    def check(self) -> Asking:
        """Return what is asked to see whether the login holds."""
        return self.enter()

    def _change(self, place: Place, **fields: str) -> Asking:
        asked = {"AppointmentId": int(_number_of(place)), "SendEmail": False, **fields}
        return self._asking("POST", "/appointment/updateappointment", asked)

    def _asking(self, method: str, path: str, body: object = None) -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{_PATH}{path}",
            headers={
                "API-Key": self.settings.api_key,
                "SiteId": self.settings.site_number,
                **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
                **({} if body is None else {"Content-Type": "application/json"}),
            },
            body=b"" if body is None else msgspec.json.encode(body),
        )


def _found(place: Place, said: Json) -> _Appointment | None:
    known = told_as(said, _Appointments, _WHOSE).appointments
    return next((one for one in known if one.id == int(_number_of(place))), None)


def _require(place: Place, said: Json) -> _Appointment:
    found = _found(place, said)
    if found is None:
        raise UnreadableError(_NOT_THERE)
    return found


def _starts(one: _Window, step: timedelta, zone: tzinfo) -> Iterator[datetime]:
    last = one.bookable_end_date_time
    for number in range(_MOST):
        moment = one.start_date_time + number * step
        if moment > last:
            return
        yield _at(moment, zone)


def _at(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment by the site's clocks, unless it names its zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _local(place: Place, moment: datetime) -> str:
    return moment.astimezone(place.zone).strftime("%Y-%m-%dT%H:%M:%S")


def _day(place: Place, moment: datetime) -> str:
    return moment.astimezone(place.zone).date().isoformat()


def _number_of(place: Place) -> str:
    return place.reference.removeprefix(APPOINTMENT)


def _class_of(place: Place) -> str:
    return place.handle.partition("/")[0]


def _client_of(place: Place) -> str:
    return place.handle.partition("/")[2]
