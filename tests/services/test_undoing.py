"""What was just done with a conversation is taken back, to the clocks and the row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Conflict
from baton.core.undoing import Act
from baton.services.desk import agents, passing_on, undoing
from baton.services.house import House
from baton.store.models import (
    Assignment,
    AuditEntry,
    Breach,
    Conversation,
    Handoff,
    Message,
    Notice,
    Run,
    SlaClock,
    User,
)

STORY = Story.model_validate(
    {
        "story": "undo",
        "title": "A desk with two agents and a manager",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "sam": {"user": "agent", "skills": ["billing"]},
            "kim": {"user": "agent", "skills": ["billing"]},
            "robin": {"user": "manager"},
        },
        "steps": [{"passes": "1s"}],
    }
)
Deed = Callable[[House, User, str], None]


@pytest.fixture
def desk(db: None) -> World:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    world.say(Says(who="mia", text=("I want my money back, this is a scam",)))
    agents.accept(world.house, world.users["sam"], the_conversation().id)
    world.pass_time(timedelta(minutes=1))
    return world


def the_conversation() -> Conversation:
    return Conversation.objects.get()


def stands() -> dict[str, Any]:
    """Return all that a deed may change."""
    return {
        "conversation": Conversation.objects.values().get(),
        "handoffs": list(Handoff.objects.order_by("id").values()),
        "assignments": list(Assignment.objects.order_by("id").values()),
        "breaches": list(Breach.objects.order_by("id").values()),
        "clocks": list(
            SlaClock.objects.filter(met_at=None, stopped_at=None).order_by("id").values()
        ),
    }


def does(world: World, who: str, act: Act, deed: Deed) -> None:
    user = world.users[who]
    with undoing.remembering(world.house, user, the_conversation().id, act):
        deed(world.house, user, the_conversation().id)
    world.run_idle()


def undo(world: World, who: str) -> None:
    undoing.undo(world.house, world.users[who], the_conversation().id)
    world.run_idle()


def resolve(house: House, user: User, id_: str) -> None:
    agents.resolve(house, user, id_, "answered")


def snooze(house: House, user: User, id_: str) -> None:
    agents.snooze(house, user, id_, house.clock.now() + timedelta(hours=1))


def to_kim(house: House, user: User, id_: str) -> None:
    passing_on.transfer(house, user, id_, User.objects.get(email="kim@example.org").id)


def to_bookings(house: House, user: User, id_: str) -> None:
    passing_on.move_to_queue(house, user, id_, "bookings")


@pytest.mark.req("R15", "H20")
@pytest.mark.parametrize(
    ("act", "deed"),
    [
        (Act.RESOLVE, resolve),
        (Act.SNOOZE, snooze),
        (Act.TRANSFER, to_kim),
        (Act.TRANSFER, to_bookings),
        (Act.RELEASE, agents.release),
    ],
)
def test_everything_stands_as_before_and_the_clocks_still_ring(
    desk: World, act: Act, deed: Deed
) -> None:
    before = stands()
    does(desk, "sam", act, deed)
    assert stands() != before
    undo(desk, "sam")
    assert stands() == before
    assert AuditEntry.objects.filter(action="undone").count() == 1
    assert not Notice.objects.filter(kind="transferred").exists()
    assert not Run.objects.filter(status="waiting").exists()  # no survey follows
    assert undoing.find_undoable(desk.house, desk.users["sam"], the_conversation().id) is None
    desk.pass_time(timedelta(days=4))
    assert set(Breach.objects.values_list("reason", flat=True)) >= {"first_response", "resolution"}
    assert Conversation.objects.get().status == "open"
    assert desk.faults() == ()


def test_a_lead_takes_back_what_they_gave_from_the_queue(desk: World) -> None:
    agents.release(desk.house, desk.users["sam"], the_conversation().id)
    before = stands()
    does(desk, "robin", Act.TRANSFER, to_kim)
    undo(desk, "robin")
    assert stands() == before


def test_a_snooze_that_was_passed_on_sleeps_again_and_wakes_by_itself(desk: World) -> None:
    snooze(desk.house, desk.users["sam"], the_conversation().id)
    does(desk, "sam", Act.TRANSFER, to_kim)
    undo(desk, "sam")
    assert the_conversation().status == "snoozed"
    desk.pass_time(timedelta(hours=2))
    assert the_conversation().status == "open"


def heard(world: World) -> None:
    world.say(Says(who="mia", text=("thanks",)))


def taken(world: World) -> None:
    agents.accept(world.house, world.users["kim"], the_conversation().id)


def noted(world: World) -> None:
    agents.note(world.house, world.users["kim"], the_conversation().id, "I look at it")


@pytest.mark.parametrize("gone_on", [heard, taken, noted])
def test_once_somebody_went_on_it_is_too_late(
    desk: World, gone_on: Callable[[World], None]
) -> None:
    does(desk, "sam", Act.RELEASE, agents.release)
    gone_on(desk)
    before = stands()
    assert undoing.find_undoable(desk.house, desk.users["sam"], the_conversation().id) is None
    with pytest.raises(Conflict, match="gone on"):
        undo(desk, "sam")
    assert stands() == before


def test_only_who_did_it_and_only_for_a_moment(desk: World) -> None:
    does(desk, "sam", Act.RESOLVE, resolve)
    with pytest.raises(Conflict, match="nothing to undo"):
        undo(desk, "kim")
    desk.pass_time(timedelta(minutes=3))
    with pytest.raises(Conflict, match="nothing to undo"):
        undo(desk, "sam")
    assert not Message.objects.filter(author="agent").exists()
