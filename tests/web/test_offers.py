"""A conversation offered to one person, then to the next; taken, passed, or left in the queue."""

import pytest

from baton.core.roles import Role
from baton.services.workspace.standards import standards_cache
from baton.store.models import Conversation, Invitation, Notice, SlaClock, User, Workspace
from tests.web.conftest import Gym, Screen

PERSON = "Can I talk to a human?"


@pytest.fixture
def kim(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Kim", Role.AGENT))


@pytest.fixture
def offering(gym: Gym, sam: Screen, kim: Screen) -> Gym:
    """Let the general queue offer, and Sam and Kim alone be there."""
    User.objects.exclude(id__in=[sam.user.id, kim.user.id]).update(is_available=False)
    Workspace.objects.update(policy={"offering_queues": "general"}, revision=99)
    standards_cache(gym.house).standards_of(gym.workspace.id)
    return gym


def states() -> list[tuple[str, str]]:
    names = dict(User.objects.values_list("id", "name"))
    rows = Invitation.objects.order_by("at", "id").values_list("user_id", "state")
    return [(names[user_id], state) for user_id, state in rows]


@pytest.mark.req("R1", "R3", "R5")
def test_one_is_asked_for_half_a_minute_then_the_next_and_the_clock_runs_on(
    offering: Gym, sam: Screen, kim: Screen
) -> None:
    conversation = offering.hear("mia", PERSON, name="Mia")
    [(first, state)] = states()
    assert state == "open"
    asked, other = (sam, kim) if first == "Sam" else (kim, sam)
    assert 'id="offers"' in asked.get("/").text
    shown = asked.get("/offers").text
    assert "Offered to you:" in shown
    assert "Mia" in shown
    assert "Offered to you:" not in other.get("/offers").text
    assert Notice.objects.get(kind="offered").user_id == asked.user.id
    due_at = SlaClock.objects.get(kind="first_response").due_at

    offering.step(seconds=31)
    assert states() == [(asked.user.name, "lapsed"), (other.user.name, "open")]
    assert asked.post(f"/inbox/{conversation}/pass").status == 409
    assert other.post(f"/inbox/{conversation}/pass").told["done"] == {
        "act": "pass", "said": "Passed to the next one.",
    }  # fmt: skip
    # Nobody is left: it waits for whoever takes it, on the very same clock.
    assert states() == [(asked.user.name, "lapsed"), (other.user.name, "passed")]
    assert Conversation.objects.get().handled_by == "queue"
    assert SlaClock.objects.get(kind="first_response").due_at == due_at
    asked.post(f"/inbox/{conversation}/take")
    assert Conversation.objects.get().assignee_id == asked.user.id
    assert offering.deeds("offer_passed") == [
        (f"user:{other.user.id}", f"conversation:{conversation}")
    ]


@pytest.mark.req("R1", "R5")
def test_who_had_the_contact_last_is_asked_first_when_they_come_back(
    offering: Gym, sam: Screen, kim: Screen
) -> None:
    conversation = offering.hear("mia", PERSON)
    for screen in (sam, kim, sam):  # Sam is the last who had her
        screen.post(f"/inbox/{conversation}/take")
        screen.post(f"/inbox/{conversation}/release")
    sam.post(f"/inbox/{conversation}/take")
    sam.post(f"/inbox/{conversation}/resolve", code="answered")
    for number in range(2):  # so that Sam holds more than Kim
        busy = offering.hear(f"c{number}", PERSON)
        sam.post(f"/inbox/{busy}/take")
    Invitation.objects.all().delete()
    offering.step(hours=1)
    offering.hear("mia", PERSON)
    assert states() == [("Sam", "open")]


def test_taken_by_another_or_put_back_it_is_offered_no_more_or_anew(
    offering: Gym, sam: Screen, kim: Screen
) -> None:
    conversation = offering.hear("mia", PERSON)
    [(first, _)] = states()
    asked, other = (sam, kim) if first == "Sam" else (kim, sam)
    other.post(f"/inbox/{conversation}/take")
    assert states() == [(first, "void")]
    assert "Offered to you:" not in asked.get("/offers").text
    other.post(f"/inbox/{conversation}/release")
    # Who put it back is not asked; the other is, though they were asked before.
    assert states()[1:] == [(other.user.name, "passed"), (first, "open")]
    asked.post(f"/inbox/{conversation}/take")
    assert states()[-1] == (first, "taken")
    offering.step(seconds=60)
    assert len(states()) == 3


def test_two_who_ask_at_once_are_offered_to_two(offering: Gym) -> None:
    offering.hear("mia", PERSON)
    offering.hear("nia", PERSON)
    assert sorted(states()) == [("Kim", "open"), ("Sam", "open")]


def test_queues_that_are_not_set_so_offer_to_nobody(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", PERSON)
    assert not Invitation.objects.exists()
    assert 'id="offers"' not in sam.get("/").text
