"""Records made of what a map found: what can be read in two ways is refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from baton.core import making, mapping, targets
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.making import Reading
from baton.core.mapping import FieldMap, Mapped, Unmapped
from baton.core.records import (
    BookingRecord,
    CheckInRecord,
    MembershipRecord,
    Person,
    SlotRecord,
    stamp_at,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LONDON = Reading(zone=ZoneInfo("Europe/London"), received_at=NOW)
ANN = Person(reference="c-1", phone="+447700900123")


def _mapped(makes: str, **facts: Json) -> Mapped:
    return Mapped(by=FieldMap(name="m", makes=makes), person={}, facts=facts)


def _made(makes: str, **facts: Json) -> object:
    return making.record_of(_mapped(makes, **facts), ANN, LONDON)


@pytest.mark.parametrize(
    ("raw", "days_first", "moment"),
    [
        ("2026-07-01T18:00:00Z", None, datetime(2026, 7, 1, 18, tzinfo=UTC)),
        ("2026-07-01 18:00", None, datetime(2026, 7, 1, 17, tzinfo=UTC)),  # summer in London
        ("2026-07-01", None, datetime(2026, 6, 30, 23, tzinfo=UTC)),
        (1_772_445_600, None, NOW),
        ("1772445600000", None, NOW),
        ("25/12/2026 6:30 pm", None, datetime(2026, 12, 25, 18, 30, tzinfo=UTC)),
        ("03/04/2026 18:00", None, None),
        ("03/04/2026 18:00", True, datetime(2026, 4, 3, 17, tzinfo=UTC)),
        ("03/04/2026 18:00", False, datetime(2026, 3, 4, 18, tzinfo=UTC)),
        ("31/02/2026", True, None),
        ("13:00 pm", True, None),
        ("next Tuesday", None, None),
        (12, None, None),
        (True, None, None),
    ],
)
def test_a_moment_is_read_in_one_way_or_not_at_all(
    raw: Json,
    days_first: bool | None,  # noqa: FBT001 - a column of the table
    moment: datetime | None,
) -> None:
    reading = Reading(zone=LONDON.zone, received_at=NOW, days_first=days_first)
    assert making.moment_of(raw, reading) == moment


@pytest.mark.parametrize(
    ("raw", "minor"),
    [
        ("12.50", 1250),
        ("12,5", 1250),
        ("£1,234.50", 123450),
        ("1.234,50 €", 123450),
        ("1,234", 123400),
        (7, 700),
        (0, 0),
        ("free", None),
        ("-3", None),
        ("9" * 30, None),
    ],
)
def test_an_amount_is_read_in_hundredths(raw: Json, minor: int | None) -> None:
    assert making.minor_of(raw) == minor


def test_a_booking_is_made_of_what_its_system_says() -> None:
    made = _made(
        targets.BOOKING,
        reference=77,
        activity="Yoga",
        starts_at="2026-03-04T18:00:00Z",
        minutes="45",
        state="No-Show",
        price="12.50",
        is_deposit_paid="yes",
        changed_at="2026-03-01T00:00:00Z",
    )
    assert isinstance(made, BookingRecord)
    assert (made.reference, made.state, made.price_minor) == ("77", State.NO_SHOW, 1250)
    assert made.ends_at - made.starts_at == timedelta(minutes=45)
    assert made.stamp == stamp_at(datetime(2026, 3, 1, tzinfo=UTC))
    assert made.is_deposit_paid


def test_what_has_no_number_of_its_own_has_the_same_one_each_time() -> None:
    said = {"activity": "Yoga", "starts_at": "2026-03-04T18:00:00Z"}
    one, again = _made(targets.BOOKING, **said), _made(targets.BOOKING, **said, state="cancelled")
    other = _made(targets.BOOKING, **{**said, "activity": "Spin"})
    assert isinstance(one, BookingRecord)
    assert isinstance(again, BookingRecord)
    assert isinstance(other, BookingRecord)
    assert one.reference == again.reference != other.reference
    assert one.stamp == stamp_at(NOW)


def test_memberships_and_check_ins_are_made_too() -> None:
    membership = _made(
        targets.MEMBERSHIP,
        plan="Gold",
        joined_at="2026-01-01",
        ends_on="2026-12-31",
        state="Frozen",
        renews="no",
    )
    assert isinstance(membership, MembershipRecord)
    assert (membership.state, membership.ends_on) == ("paused", date(2026, 12, 31))
    assert not membership.renews
    came = _made(targets.CHECK_IN, at="2026-03-02T09:00:00Z", booking="B1")
    assert isinstance(came, CheckInRecord)
    assert came.booking == "B1"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"starts_at": "2026-03-04T18:00Z"}, "activity"),
        ({"activity": "Yoga"}, "starts_at"),
        ({"activity": "Yoga", "starts_at": "2026-03-04T18:00Z", "state": "odd"}, "state"),
        ({"activity": "Yoga", "starts_at": "2026-03-04T18:00Z", "places": "0"}, "places"),
        ({"activity": "Yoga", "starts_at": "2026-03-04T18:00Z", "page_url": "java:"}, "page_url"),
        ({"activity": "Yoga", "starts_at": "2026-03-05", "ends_at": "2026-03-04"}, "ends_at"),
        ({"activity": "Y" * 90, "starts_at": "2026-03-04T18:00Z"}, "activity"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_told_by_field(facts: dict[str, Json], field: str) -> None:
    made = _made(targets.BOOKING, **facts)
    assert isinstance(made, Unmapped)
    assert set(made.problems) == {field}


def test_a_map_of_records_names_what_they_need() -> None:
    fields = {"phone": "p", "activity": "a", "starts_at": "s"}
    good = FieldMap(name="m", makes=targets.BOOKING, fields=fields)
    assert not making.problems_with(good)
    bare = FieldMap(name="m", makes=targets.BOOKING, fields={"phone": "p", "colour": "c"})
    assert set(making.problems_with(bare)) == {"activity", "starts_at", "facts"}
    assert set(making.problems_with(FieldMap(name="m", makes="odd", fields=fields))) == {"makes"}


def test_a_time_that_can_be_booked_names_nobody() -> None:
    one = _made(
        mapping.SLOT, activity="Yoga", starts_at="2026-03-04T18:00Z", minutes="45", capacity="20",
        taken="0", state="Cancelled", page_url="https://gym.example/yoga",
    )  # fmt: skip
    assert isinstance(one, SlotRecord)
    assert (one.capacity, one.taken, one.is_called_off) == (20, 0, True)
    assert one.ends_at - one.starts_at == timedelta(minutes=45)
    for facts, field in (
        ({"activity": "Yoga", "starts_at": "2026-03-04T18:00Z"}, "capacity"),
        ({"activity": "Yoga", "starts_at": "2026-03-04T18:00Z", "capacity": "many"}, "capacity"),
        ({"activity": "Yoga", "starts_at": "soon", "capacity": "2"}, "starts_at"),
        ({"activity": "Y", "starts_at": "2026-03-04", "capacity": "2", "taken": "x"}, "taken"),
    ):
        said: dict[str, Json] = {**facts}
        made = _made(mapping.SLOT, **said)
        assert isinstance(made, Unmapped)
        assert set(made.problems) == {field}
    nobody = FieldMap(
        name="m", makes=mapping.SLOT, fields={"activity": "a", "starts_at": "s", "capacity": "c"}
    )
    assert not making.problems_with(nobody)
    assert isinstance(mapping.apply(nobody, {"a": "Yoga", "s": "x", "c": "2"}), Mapped)
