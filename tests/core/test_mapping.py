"""Maps: which is for a payload, and what it makes of it."""

import pytest

from baton.core import mapping
from baton.core.json import Json
from baton.core.mapping import FieldMap, Mapped, Unmapped

PAYLOAD: Json = {
    "type": "visit.booked",
    "a.b": "dotted",
    "data": {
        "member": {"id": 4711, "phones": [{"number": "+447700900123"}], "mail": ""},
        "class": {"title": "Yoga", "price": 12.0, "tags": ["mat", "calm"]},
        "paid": False,
    },
}
BOOKED = FieldMap(
    name="bookings",
    event="booking_created",
    when="type",
    equals="visit.booked",
    fields={
        "phone": "data.member.phones[0].number",
        "email": "data.member.mail",
        "person_id": "$.data.member.id",
        "class_name": "data.class.title",
        "tags": "data.class.tags",
        "paid": "data.paid",
        "source": "=front desk",
        "nothing": "data.absent.deep[3]",
    },
    words={"Yoga": "Hatha yoga"},
)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("type", "visit.booked"),
        ("$.type", "visit.booked"),
        ("a.b", "dotted"),
        ('["a.b"]', "dotted"),
        ("data.member.phones[0].number", "+447700900123"),
        ("data.member.phones[1].number", None),
        ("data.member.id", 4711),
        ("data.paid", False),
        ("data.class.title.deeper", None),
        ("=always", "always"),
        ("", PAYLOAD),
    ],
)
def test_what_stands_at_a_place(place: str, found: Json) -> None:
    assert mapping.pick(PAYLOAD, place) == found


@pytest.mark.req("DI5")
def test_a_map_makes_our_fields_of_theirs() -> None:
    made = mapping.apply(BOOKED, PAYLOAD)
    assert isinstance(made, Mapped)
    assert made.person == {"phone": "+447700900123", "person_id": "4711"}
    assert made.facts == {
        "class_name": "Hatha yoga",
        "tags": ["mat", "calm"],
        "paid": False,
        "source": "front desk",
    }


@pytest.mark.req("DI4")
def test_what_names_nobody_is_not_taken() -> None:
    nobody = mapping.apply(FieldMap(name="x", event="e", fields={"name": "type"}), PAYLOAD)
    assert isinstance(nobody, Unmapped)
    assert set(nobody.problems) == {"person"}
    nested = mapping.apply(
        FieldMap(name="x", event="e", fields={"phone": "=1", "fact": "data.class"}), PAYLOAD
    )
    assert isinstance(nested, Unmapped)
    assert set(nested.problems) == {"fact"}


def test_the_first_map_that_is_for_a_payload_takes_it() -> None:
    moved = FieldMap(name="moved", when="type", equals="visit.moved")
    paid = FieldMap(name="paid", when="data.paid", equals="FALSE")
    some = FieldMap(name="some", when="data.absent")
    assert mapping.first_for((moved, some, paid, BOOKED), PAYLOAD) is paid
    assert mapping.first_for((moved, some), PAYLOAD) is None
    assert mapping.first_for((FieldMap(name="all"),), PAYLOAD)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"event": "Booking Created"}, "event"),
        ({"fields": {"name": "a"}}, "phone"),
        ({"fields": {"phone": "a..b"}}, "phone"),
        ({"fields": {"phone": "a", "Fact!": "b"}}, "facts"),
        ({"fields": {"phone": "a", "fact": "b[x]"}}, "facts"),
        ({"when": "a[", "fields": {"phone": "a"}}, "when"),
    ],
)
def test_what_is_wrong_with_a_map_is_told_by_field(change: dict[str, object], field: str) -> None:
    written = {"name": "m", "event": "e", "fields": {"phone": "a"}, **change}
    problems = mapping.problems_with(FieldMap(**written))  # type: ignore[arg-type] # a table's
    assert set(problems) == {field}


def test_places_are_offered_to_choose_from() -> None:
    offered = dict(mapping.places_of(PAYLOAD))
    assert offered["data.member.phones[0].number"] == "+447700900123"
    assert offered["data.class.price"] == "12"
    for place, shown in offered.items():
        assert mapping.text_of(mapping.pick(PAYLOAD, place)) == shown
        assert mapping.problem_with_place(place) == ""
