"""Memberships: what a day does to them, whose they are, and what the flows hear of visits."""

from datetime import date, datetime, timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories import places as acts
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.bookings import State
from baton.core.errors import InvalidInput
from baton.core.memberships import Standing
from baton.services.bookings import (
    activities,
    check_ins,
    member_actions,
    members,
    places,
    visits,
)
from baton.services.bookings.activities import Offer
from baton.services.bookings.members import Plan
from baton.services.bookings.places import Wish
from baton.services.calls import Call, Ended, Failed, Performed
from baton.store.models import Activity, CheckIn, Contact, Membership, RuntimeEvent, Slot

STORY = Story.model_validate(
    {
        "story": "members",
        "title": "Somebody belongs",
        "pack": "fitness",
        "activities": {"spin": {"capacity": 9, "slots": {"noon": "2026-03-02T12:00:00+00:00"}}},
        "people": {
            "ana": {"contact": "webchat", "name": "Ana López"},
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


def joined(world: World, who: str, plan: Plan) -> Membership:
    contact_id = world.known(who)
    kept = members.begin(world.house, world.workspace_id, contact_id, plan, actor="user:1")
    world.run_idle()
    return Membership.objects.get(id=kept)


def called(world: World, who: str, action: str, **given: str) -> Ended:
    call = Call(
        workspace_id=world.workspace_id, contact_id=world.known(who), by="flow:pause", given=given,
        key="1",
    )  # fmt: skip
    return member_actions.offered_by(world.house)[action](call)


def told(world: World, event: str) -> int:
    world.run_idle()
    lived = RuntimeEvent.objects.filter(kind="event_reported")
    if event == "visit_ended":
        return lived.filter(dedupe_key__startswith="visit:").count()
    return lived.filter(dedupe_key__endswith=f":{event}").count()


@pytest.mark.req("RN1")
def test_an_end_is_told_once_and_comes_on_its_day(world: World) -> None:
    ends_on = world.now.date() + timedelta(days=31)
    row = joined(world, "ana", Plan(name="Gold", ends_on=ends_on, renews=False))
    joined(world, "ben", Plan(name="Gold", ends_on=ends_on))  # it goes on by itself
    world.pass_time(timedelta(days=1, hours=12))
    assert told(world, "membership_ending") == 1
    world.pass_time(timedelta(days=3))
    assert told(world, "membership_ending") == 1
    # Who renews has another end ahead, which is told in its turn.
    later = Plan(name="Gold", ends_on=ends_on + timedelta(days=30), renews=False)
    members.change(world.house, world.workspace_id, row.id, later, actor="user:1")
    world.pass_time(timedelta(days=29))
    assert told(world, "membership_ending") == 2
    assert told(world, "membership_ended") == 0
    world.pass_time(timedelta(days=30))
    assert told(world, "membership_ended") == 1
    states = dict(Membership.objects.values_list("contact_id", "state"))
    assert sorted(states.values()) == [Standing.ACTIVE, Standing.ENDED]
    assert Contact.objects.get(id=row.contact_id).marks["tags"] == ["cancelled"]


@pytest.mark.req("AP31", "G46")
def test_a_pause_is_of_ones_own_membership_and_ends_by_itself(world: World) -> None:
    row = joined(world, "ana", Plan(name="Gold"))
    soon = world.now.date() + timedelta(days=20)
    for given in (row.reference, f"{row.reference}1", "lopez", "ANA"):
        assert called(world, "ana", "find_member", given=given) == Performed(
            result={"member": row.reference}
        )
    refused = (
        called(world, "ana", "find_member", given="Zoe"),
        called(world, "ben", "find_member", given=row.reference),
        called(world, "ben", "pause_membership", member=row.reference, resume_on=str(soon)),
        called(world, "ana", "pause_membership", member=row.reference, resume_on="2027-01-01"),
        called(world, "ana", "pause_membership", member=row.reference, resume_on="whenever"),
    )
    assert all(isinstance(one, Failed) for one in refused)
    assert Membership.objects.get().state == Standing.ACTIVE
    called(world, "ana", "pause_membership", member=row.reference, resume_on=str(soon))
    kept = Membership.objects.get()
    assert (kept.state, kept.resume_on, told(world, "membership_paused")) == ("paused", soon, 1)
    world.pass_time(timedelta(days=19))
    assert Membership.objects.get().state == Standing.PAUSED
    world.pass_time(timedelta(days=2))
    kept = Membership.objects.get()
    assert (kept.state, kept.resume_on, told(world, "membership_resumed")) == ("active", None, 1)
    called(world, "ana", "pause_membership", member=row.reference,
           resume_on=str(world.now.date() + timedelta(days=5)))  # fmt: skip
    called(world, "ana", "resume_membership", member=row.reference)  # as an undo does
    assert Membership.objects.get().state == Standing.ACTIVE


@pytest.mark.req("M5", "M6")
def test_the_end_of_a_visit_is_told_once_with_how_many_there_were(world: World) -> None:
    house, workspace_id, ana = world.house, world.workspace_id, world.known("ana")
    check_ins.note(house, workspace_id, ana, actor="user:1")
    assert told(world, "visit_ended") == 0  # she is still there
    world.pass_time(timedelta(hours=1))
    assert told(world, "visit_ended") == 1
    wish = Wish(contact_id=ana, slot_id=world.slots["noon"])
    booking = places.book(house, workspace_id, wish, actor="user:1")
    world.pass_time(timedelta(hours=1, minutes=20))
    for state in (State.ATTENDED, State.NO_SHOW, State.ATTENDED):
        places.mark(house, workspace_id, booking.id, state, actor="user:1")
    assert told(world, "visit_ended") == 1
    world.pass_time(timedelta(hours=1))
    assert told(world, "visit_ended") == 2
    assert visits.count_of(ana) == 2
    # Who is marked days later is not asked any more, and neither is who was not there after all.
    places.mark(house, workspace_id, booking.id, State.NO_SHOW, actor="user:1")
    world.pass_time(timedelta(days=3))
    places.mark(house, workspace_id, booking.id, State.ATTENDED, actor="user:1")
    check_ins.note(house, workspace_id, ana, actor="user:1")
    check_ins.take_back(house, workspace_id, ana, actor="user:1")
    world.pass_time(timedelta(hours=2))
    assert told(world, "visit_ended") == 2
    assert CheckIn.objects.count() == 1


def test_dates_are_days_of_the_business(world: World) -> None:
    assert isinstance(world.now, datetime)
    row = joined(world, "ana", Plan(name="Gold", ends_on=date(2026, 3, 2), renews=False))
    assert members.facts_of(world.house, row)["ends_at"]


@pytest.mark.req("ON4", "M14")
def test_who_begins_is_told_of_classes_at_the_time_at_which_they_come(world: World) -> None:
    house, ws = world.house, world.workspace_id
    for name, hour in (("Early Yoga", 8), ("Late Box", 19)):
        offer = Offer(name=name, capacity=1)
        activity_id = activities.save(house, ws, offer, actor="user:1")
        at = world.now.replace(hour=hour, minute=0, second=0) + timedelta(days=2)
        activities.add_slots(house, ws, activity_id, [at], actor="user:1")
    ana = joined(world, "ana", Plan(name="Gold", prefers="evening"))
    said = members.facts_of(house, ana)
    # Spin comes first, and Late Box is when she comes.
    assert (said["first_class"], said["second_class"]) == ("Late Box", "Spin")
    assert said["time_of_day"] == ""  # only one of them is
    Activity.objects.filter(name="Late Box").update(suits_beginners=True)
    said = members.facts_of(house, ana)
    assert (said["first_class"], said["second_class"]) == ("Late Box", "")
    assert said["time_of_day"] == "evening"
    slot = Slot.objects.get(activity_id=Activity.objects.get(name="Late Box").id)
    wish = Wish(contact_id=world.known("ben"), slot_id=slot.id)
    places.book(house, ws, wish, actor="user:1")
    said = members.facts_of(house, ana)  # it is full by now
    assert (said["first_class"], said["second_class"]) == ("Spin", "Early Yoga")
    with pytest.raises(InvalidInput):
        members.change(house, ws, ana.id, Plan(name="Gold", prefers="at night"), actor="user:1")
