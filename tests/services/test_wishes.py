"""What is asked for in words: places of ours and of other systems, and one's own bookings."""

from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories import places as acts
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.json import Json
from baton.services.bookings import actions, places
from baton.services.calls import Call, Ended, Failed, Performed
from baton.store.models import Activity, Booking, Slot

STORY = Story.model_validate(
    {
        "story": "wishes",
        "title": "Somebody asks in words",
        "pack": "fitness",
        "activities": {
            "yoga": {"capacity": 3, "slots": {"tuesday": "2026-03-03T18:00:00+00:00"}},
            "spin": {"slots": {"friday": "2026-03-06T18:00:00+00:00"}},
        },
        "people": {
            "ana": {"contact": "webchat", "name": "Ana"},
            "ben": {"contact": "webchat", "name": "Ben"},
        },
        "steps": [{"passes": "1s"}],
    }
)
PAGE = "https://elsewhere.example/book/77"


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    acts.offer(world, STORY.activities)
    return world


def done(world: World, action: str, who: str = "ana", **given: Json) -> Ended:
    call = Call(
        workspace_id=world.workspace_id,
        contact_id=world.known(who),
        by="flow:test",
        given=given,
        key=f"call:{action}",
    )
    return actions.offered_by(world.house)[action](call)


def told(world: World, action: str, who: str = "ana", **given: Json) -> dict[str, Json]:
    ended = done(world, action, who, **given)
    assert isinstance(ended, Performed)
    return dict(ended.result)


def elsewhere(world: World, name: str, taken: int, page_url: str) -> str:
    house, workspace_id = world.house, world.workspace_id
    activity = Activity.objects.create(
        id=house.next_id(world.now), workspace_id=workspace_id, system_id="s1", reference=name,
        name=name, kind="class", minutes=60,
    )  # fmt: skip
    begins = world.now + timedelta(days=1)
    return Slot.objects.create(
        id=house.next_id(world.now), workspace_id=workspace_id, system_id="s1", reference=name,
        activity_id=activity.id, starts_at=begins, ends_at=begins + timedelta(hours=1),
        capacity=5, taken_there=taken, page_url=page_url,
    ).id  # fmt: skip


@pytest.mark.req("ON21")
def test_times_of_other_systems_are_offered_and_booked_on_their_page(world: World) -> None:
    reformer = elsewhere(world, "Reformer", 4, PAGE)
    elsewhere(world, "Barre", 5, PAGE)
    closed = elsewhere(world, "Flow", 0, "")
    found = told(world, "find_places", words="book me into reformer tomorrow")
    assert (found["found"], found["fits"], found["first"]) == (1, "well", reformer)
    assert told(world, "find_places", words="a place in barre please")["found"] == 0
    led = told(world, "book_place", place=reformer, places=1)
    assert (led["page_url"], led["class_name"]) == (PAGE, "Reformer")
    assert isinstance(done(world, "book_place", place=closed, places=1), Failed)
    assert isinstance(done(world, "book_place", place="none", places=1), Failed)
    assert not Booking.objects.exists()


def test_what_was_sought_before_is_kept_and_what_is_no_search_is_none(world: World) -> None:
    first = told(world, "find_places", words="yoga on friday for two")
    assert (first["fits"], first["people"], first["first_class"]) == ("other_day", 2, "Yoga")
    then = told(world, "find_places", words="tuesday evening", sought=first["sought"])
    assert (then["fits"], then["first_class"], then["people"]) == ("well", "Yoga", 2)
    vague = told(world, "find_places", words="hm", sought="{broken")
    assert (vague["is_vague"], vague["found"]) == (True, 0)


@pytest.mark.req("AP9")
def test_nobody_finds_a_booking_that_is_not_theirs(world: World) -> None:
    for slot in ("tuesday", "friday"):
        wish = places.Wish(contact_id=world.known("ana"), slot_id=world.slots[slot])
        places.book(world.house, world.workspace_id, wish, actor="user:1")
    both = told(world, "find_booking", words="cancel my booking")
    assert (both["found"], both["first_class"], both["second_class"]) == (2, "Yoga", "Spin")
    spin = told(world, "find_booking", words="cancel my spin class")
    assert (spin["found"], spin["class_name"]) == (1, "Spin")
    assert told(world, "find_booking", "ben", words="my spin class")["found"] == 0
    assert told(world, "find_booking", "ben", booking=spin["booking"])["found"] == 0
