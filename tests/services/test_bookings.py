"""Places that are held, paid for late, called off, and memberships that mark their contact."""

from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories import places as acts
from baton.config.stories.booking_parts import BookingAct, Books
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.errors import Conflict
from baton.core.memberships import Standing
from baton.services.bookings import actions, activities, counter, members, parties, places
from baton.services.bookings.members import Plan
from baton.services.bookings.places import Wish
from baton.services.calls import Call, Failed, Performed
from baton.store.models import Booking, Contact, Slot

STORY = Story.model_validate(
    {
        "story": "places",
        "title": "Somebody wants a place",
        "pack": "fitness",
        "activities": {
            "retreat": {
                "capacity": 1,
                "price": 20000,
                "slots": {"march": "2026-03-09T10:00:00+00:00"},
            }
        },
        "people": {
            "ana": {"contact": "webchat", "name": "Ana"},
            "ben": {"contact": "webchat", "name": "Ben"},
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    acts.offer(world, STORY.activities)
    return world


def booked(world: World, who: str, *, by: str = "") -> Booking:
    contact_id = world.known(who)
    wish = Wish(contact_id=contact_id, slot_id=world.slots["march"])
    actor = by or f"contact:{contact_id}"
    return places.book(world.house, world.workspace_id, wish, actor=actor)


@pytest.mark.req("AP12")
def test_late_money_has_the_place_while_there_is_one(world: World) -> None:
    house, workspace_id = world.house, world.workspace_id
    hers = booked(world, "ana")
    assert (hers.state, hers.deposit_minor) == ("held", 50_00)
    world.pass_time(timedelta(minutes=31))
    # The hold has ended and nobody else came: paid a minute late, the place is hers again.
    assert places.pay_deposit(house, workspace_id, hers.id, actor="user:1").state == "booked"
    places.cancel(house, workspace_id, hers.id, actor="user:1")
    his = booked(world, "ben", by="user:1")
    Booking.objects.filter(id=hers.id).update(deposit_paid_at=None)
    with pytest.raises(Conflict):
        places.pay_deposit(house, workspace_id, hers.id, actor="user:1")
    assert Booking.objects.get(id=his.id).state == "booked"


def test_a_flow_acts_for_its_own_contact_alone(world: World) -> None:
    hers, ben = booked(world, "ana", by="user:1"), world.known("ben")
    offered = actions.offered_by(world.house)
    settled: list[Performed] = []
    for who, expected in ((ben, Failed), (hers.contact_id, Performed)):
        call = Call(
            workspace_id=world.workspace_id,
            contact_id=who,
            by="flow:test",
            given={"booking": hers.reference},
            key=f"call:{who}",
            settle=settled.append,
        )
        assert isinstance(offered["cancel_booking"](call), expected)
    assert len(settled) == 1
    assert Booking.objects.get(id=hers.id).state == "cancelled"


@pytest.mark.req("AP14")
def test_a_time_that_is_called_off_ends_its_bookings(world: World) -> None:
    house, workspace_id, slot = world.house, world.workspace_id, world.slots["march"]
    hers = booked(world, "ana", by="user:1")
    acts.act(world, Books(who="ben", act=BookingAct.WAIT, slot="march"))
    with pytest.raises(Conflict):
        activities.remove(house, workspace_id, hers.activity_id, actor="user:1")
    assert activities.call_off(house, workspace_id, slot, actor="user:1") == 2
    assert activities.call_off(house, workspace_id, slot, actor="user:1") == 0
    states = set(Booking.objects.values_list("state", "reason"))
    assert states == {("cancelled", "slot_cancelled")}
    with pytest.raises(Conflict):
        places.restore(house, workspace_id, hers.id, actor="user:1")
    activities.remove(house, workspace_id, hers.activity_id, actor="user:1")


def test_more_places_are_offered_to_those_who_wait(world: World) -> None:
    booked(world, "ana", by="user:1")
    acts.act(world, Books(who="ben", act=BookingAct.WAIT, slot="march"))
    house, workspace_id, slot = world.house, world.workspace_id, world.slots["march"]
    activities.set_capacity(house, workspace_id, slot, 2, actor="user:1")
    assert Booking.objects.order_by("id").last().state == "held"  # type: ignore[union-attr] # there is one
    with pytest.raises(Conflict):
        activities.set_capacity(house, workspace_id, slot, 1, actor="user:1")
    assert counter.free_places(Slot.objects.get(id=slot)) == 0


@pytest.mark.req("AP28")
def test_the_facts_of_a_party_are_sealed(world: World) -> None:
    hers = booked(world, "ana", by="user:1")
    with counter.at_booking(world.house, world.workspace_id, hers.id, actor="user:1") as (
        desk,
        row,
    ):
        desk.activity.kind = "party"
        parties.place(desk, row, {"day": "2026-03-09", "phone": "07700 900123"})
    kept = Booking.objects.get(id=hers.id)
    assert b"900123" not in bytes(kept.party_sealed)
    facts = parties.read_facts(world.house, kept)
    assert facts
    assert facts.phone == "07700 900123"


@pytest.mark.req("AP17")
def test_a_membership_marks_its_contact(world: World) -> None:
    house, workspace_id, ana = world.house, world.workspace_id, world.known("ana")
    kept = members.begin(house, workspace_id, ana, Plan(name="Gold"), actor="user:1")
    with pytest.raises(Conflict):
        members.begin(house, workspace_id, ana, Plan(name="Silver"), actor="user:1")
    assert Contact.objects.get(id=ana).membership == "Gold"
    ended = Plan(name="Gold", standing=Standing.ENDED)
    members.change(house, workspace_id, kept, ended, actor="user:1")
    contact = Contact.objects.get(id=ana)
    assert (contact.membership, contact.marks["tags"]) == ("", ["cancelled"])
    members.begin(house, workspace_id, ana, Plan(name="Gold"), actor="user:1")
    assert Contact.objects.get(id=ana).marks.get("tags", []) == []
