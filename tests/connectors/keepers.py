"""Systems that keep one booking and do with it what they are asked, each in its own words.

They are modelled on the providers' documents; what they are asked in any other form, they refuse.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec

from baton.core.json import Json
from baton.services.systems.kinds import SystemSettings
from tests.nlu.outside.server import Answer, Asked

TOKEN = "EAAAl0trialtokenoftests_-"
_LENGTH = timedelta(hours=1)

KEYS: Mapping[str, Mapping[str, str]] = {
    "calcom": {"api_key": "cal_test_0123456789"},
    "calendly": {"access_token": TOKEN},
    "mindbody": {
        "api_key": "0123456789abcdef",
        "site_number": "-99",
        "username": "desk",
        "password": "a password",
    },
    "square": {},
}
"""What each is given beside its webhooks, so that bookings may be changed there."""


def keyed(settings: SystemSettings, kind: str, url: str) -> SystemSettings:
    """Return the settings of a system that answers at an address, and may be asked to act."""
    return msgspec.structs.replace(settings, api_url=url, **KEYS[kind])


@dataclass(slots=True)
class Keeper:
    """A system; `fault` is what it answers to a deed in place of the truth, if set."""

    kind: str
    starts_at: datetime
    free: tuple[datetime, ...] = ()
    is_over: bool = False
    is_confirmed: bool = False
    is_shared: bool = False
    is_heeded: bool = True
    fault: Answer | None = None
    deeds: list[str] = field(default_factory=list)
    note: str = "Window seat"
    version: int = 3

    def __call__(self, asked: Asked) -> Answer:
        """Answer; what is a deed changes the booking, whether its answer comes or not."""
        before = len(self.deeds)
        said = _ANSWERS[self.kind](self, asked)
        if len(self.deeds) > before and self.fault:
            return self.fault
        if said is None:
            return Answer(status=400)
        return Answer(pieces=(json.dumps(said).encode(),))

    def do(self, deed: str, **changes: object) -> None:
        """Note a deed and have it change the booking, unless nothing is heeded."""
        self.deeds.append(deed)
        if self.is_heeded:
            self.version += 1
            for name, value in changes.items():
                setattr(self, name, value)


def _query(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


def _calcom(keeper: Keeper, asked: Asked) -> Json:
    assert asked.headers["authorization"] == "Bearer cal_test_0123456789"
    path = urlsplit(asked.path).path
    if path == "/v2/slots":
        assert asked.headers["cal-api-version"] == "2024-09-04"
        assert _query(asked)["eventTypeId"] == "50"
        days: dict[str, Json] = {}
        for one in keeper.free:
            days.setdefault(one.date().isoformat(), []).append({"start": one.isoformat()})  # type: ignore[union-attr] # a list
        return {"status": "success", "data": days}
    assert asked.headers["cal-api-version"] == "2024-08-13"
    mia: Json = {"name": "Mia", "email": "mia@example.org", "timeZone": "UTC", "language": "en"}
    if path == "/v2/bookings":
        assert (asked.json["eventTypeId"], asked.json["attendee"]) == (50, mia)
        if datetime.fromisoformat(str(asked.json["start"])) not in keeper.free:
            return None
        keeper.do("book", free=())
        made: Json = {"uid": "uid-new", "icsUid": "uid-new@Cal.com", "status": "accepted"}
        return {"status": "success", "data": made}
    if path.endswith("/cancel"):
        keeper.do("cancel", is_over=True)
    elif path.endswith("/reschedule"):
        keeper.do("move", starts_at=datetime.fromisoformat(str(asked.json["start"])))
    word = "cancelled" if keeper.is_over else "accepted"
    start = keeper.starts_at.isoformat()
    uid = f"uid-{keeper.version}"
    booking: Json = {
        "uid": uid, "status": word, "start": start, "eventTypeId": 50, "attendees": [mia],
    }  # fmt: skip
    return {"status": "success", "data": booking}


def _square(keeper: Keeper, asked: Asked) -> Json:
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    service: dict[str, Json] = {"team_member_id": "tm-1", "service_variation_id": "sv-1"}
    people: list[Json] = [service]
    if asked.path.endswith("/availability/search"):
        sought = asked.json["query"]["filter"]  # type: ignore[index] # JSON of ours
        again = {"start_at_range", "location_id", "segment_filters"}
        assert set(sought) in ({"start_at_range", "booking_id"}, again)
        span = sought["start_at_range"]
        length = datetime.fromisoformat(span["end_at"]) - datetime.fromisoformat(span["start_at"])
        assert timedelta(days=1) <= length <= timedelta(days=32)
        mine: list[Json] = [
            {"start_at": one.isoformat(), "appointment_segments": people} for one in keeper.free
        ]
        other: Json = {
            "start_at": "2026-03-09T08:00:00Z",
            "appointment_segments": [{"team_member_id": "tm-2"}],
        }
        return {"availabilities": [other, *mine]}
    if asked.path == "/v2/bookings":
        return _made_at_square(keeper, asked, people)
    if asked.path.endswith("/cancel"):
        if asked.json["booking_version"] != keeper.version:
            return None
        keeper.do("cancel", is_over=True)
    elif asked.method == "PUT":
        booking = asked.json["booking"]
        assert isinstance(booking, dict)
        if booking["version"] != keeper.version:
            return None
        if "start_at" in booking:
            keeper.do("move", starts_at=datetime.fromisoformat(booking["start_at"]))
        else:
            keeper.do("confirm", note=booking["seller_note"])
    return {
        "booking": {
            "id": "x",
            "location_id": "lo-1",
            "customer_id": "cu-1",
            "status": "CANCELLED_BY_SELLER" if keeper.is_over else "ACCEPTED",
            "version": keeper.version,
            "start_at": keeper.starts_at.isoformat(),
            "seller_note": keeper.note,
            "appointment_segments": people,
        }
    }


def _made_at_square(keeper: Keeper, asked: Asked, people: list[Json]) -> Json:
    given = asked.json["booking"]
    assert isinstance(given, dict)
    assert asked.json["idempotency_key"]
    assert (given["customer_id"], given["location_id"]) == ("cu-1", "lo-1")
    assert given["appointment_segments"] == people
    if datetime.fromisoformat(str(given["start_at"])) not in keeper.free:
        return None
    keeper.do("book", free=())
    return {"booking": {"id": "new", "status": "ACCEPTED", "version": 0}}


def _mindbody(keeper: Keeper, asked: Asked) -> Json:
    assert (asked.headers["api-key"], asked.headers["siteid"]) == ("0123456789abcdef", "-99")
    path = urlsplit(asked.path).path.removeprefix("/public/v6")
    if path == "/usertoken/issue":
        assert asked.json == {"Username": "desk", "Password": "a password"}
        return {"TokenType": "Bearer", "AccessToken": "staff-token"}
    assert asked.headers["authorization"] == "Bearer staff-token"
    if path == "/class/classvisits":
        visit: Json = {"ClientId": "100000120", "LateCancelled": False}
        other: Json = {"ClientId": "7", "LateCancelled": False}
        return {"Class": {"Id": 201, "Visits": [other] if keeper.is_over else [other, visit]}}
    if path == "/class/removeclientfromclass":
        assert (asked.json["ClientId"], asked.json["ClassId"]) == ("100000120", 201)
        keeper.do("cancel", is_over=True)
        return {"Class": {"Id": 201}}
    if path == "/appointment/bookableitems":
        wanted = _query(asked)
        assert (wanted["request.sessionTypeIds"], wanted["request.staffIds"]) == ("17", "5")
        assert wanted["request.appointmentId"] == "121"
        return {
            "Availabilities": [
                {"StartDateTime": _local(one), "BookableEndDateTime": _local(one)}
                for one in keeper.free
            ]
        }
    if path == "/appointment/updateappointment":
        given = asked.json
        assert given["AppointmentId"] == 121
        if given.get("Execute") == "cancel":
            keeper.do("cancel", is_over=True)
        elif given.get("Execute") == "confirm":
            keeper.do("confirm", is_confirmed=True)
        else:
            start = datetime.fromisoformat(str(given["StartDateTime"])).replace(tzinfo=UTC)
            assert (
                datetime.fromisoformat(str(given["EndDateTime"])) - start.replace(tzinfo=None)
                == _LENGTH
            )
            keeper.do("move", starts_at=start)
        return {"Appointment": _appointment(keeper)}
    assert path == "/appointment/staffappointments"
    assert _query(asked)["request.appointmentIds"] == "121"
    return {"Appointments": [_appointment(keeper)]}


def _appointment(keeper: Keeper) -> Json:
    standing = "Confirmed" if keeper.is_confirmed else "Booked"
    return {
        "Id": 121,
        "Status": "Cancelled" if keeper.is_over else standing,
        "StartDateTime": _local(keeper.starts_at),
        "EndDateTime": _local(keeper.starts_at + _LENGTH),
        "SessionTypeId": 17,
        "StaffId": 5,
        "LocationId": 1,
    }


def _local(moment: datetime) -> str:
    """Return a moment by the site's clocks, which are those of Greenwich here."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _calendly(keeper: Keeper, asked: Asked) -> Json:
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    event, _, deed = asked.path.removeprefix("/scheduled_events/").partition("/")
    assert len(event) == 36
    if deed:
        assert (deed, asked.method) == ("cancellation", "POST")
        keeper.do("cancel", is_over=True)
        return {"resource": {"canceled_by": "Pro Example"}}
    return {
        "resource": {
            "status": "canceled" if keeper.is_over else "active",
            "start_time": keeper.starts_at.isoformat(),
            "invitees_counter": {"total": 2, "active": 2, "limit": 6}
            if keeper.is_shared
            else {"total": 1, "active": 1, "limit": 1},
        }
    }


_ANSWERS: Mapping[str, Callable[[Keeper, Asked], Json]] = {
    "calcom": _calcom,
    "calendly": _calendly,
    "mindbody": _mindbody,
    "square": _square,
}
