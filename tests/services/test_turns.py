"""What a batch of facts comes to: late timers, names, opt-outs, and places given away in it."""

from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Identity, Says
from baton.config.stories.world import World
from baton.services import arrivals, inbox
from baton.services.desk import agents
from baton.services.facts import Fact, SnoozeOver
from baton.store.models import (
    AuditEntry,
    Contact,
    Conversation,
    Message,
    SlaClock,
    SurveyResponse,
)
from baton.store.models.runtime import RuntimeTimer
from baton.store.queries import turns

STORY = Story.model_validate(
    {
        "story": "turns",
        "title": "One agent with one free place",
        "pack": "fitness",
        "policy": {"agent_capacity": 1},
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "nia": {"contact": "webchat", "name": "Nia"},
            "sam": {"user": "agent", "skills": ["billing"]},
        },
        "steps": [{"passes": "1s"}],
    }
)
PERSON = "Can I talk to a human?"


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def say(world: World, who: str, *words: str) -> None:
    world.say(Says(who=who, text=words))


def deeds(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def arrive(world: World, fact: Fact, lane: str) -> None:
    """Let a fact come that a timer let go of before it was set anew."""
    arrival = arrivals.arrival_of(
        fact, world.house.keyset, workspace_id=world.workspace_id, lane=lane,
        dedupe_key=f"late:{world.house.next_id(world.now)}", received_at=world.now,
    )  # fmt: skip
    with world.house.engine.transaction():
        world.house.engine.inbox.append([arrival])
    world.run_idle()
    assert world.faults() == ()


def taken_by_sam(world: World) -> Conversation:
    conversation = Conversation.objects.get()
    agents.accept(world.house, world.users["sam"], conversation.id)
    return conversation


# -- snoozes ---------------------------------------------------------------------------


def test_a_snooze_that_was_set_anew_wakes_nothing_at_its_old_moment(world: World) -> None:
    say(world, "mia", PERSON)
    conversation = taken_by_sam(world)
    old, new = world.now + timedelta(hours=1), world.now + timedelta(hours=5)
    for until in (old, new):
        agents.snooze(world.house, world.users["sam"], conversation.id, until)
    world.clock.move_to(old)

    arrive(world, SnoozeOver(conversation_id=conversation.id, until=old), conversation.lane)

    conversation.refresh_from_db()
    assert (conversation.status, conversation.snoozed_until) == ("snoozed", new)
    assert deeds("snooze_over") == 0
    world.pass_time(timedelta(hours=4))
    conversation.refresh_from_db()
    assert conversation.status == "open"
    assert deeds("snooze_over") == 1


def test_a_snooze_wakes_nothing_that_was_resolved_since(world: World) -> None:
    say(world, "mia", PERSON)
    conversation = taken_by_sam(world)
    until = world.now + timedelta(hours=1)
    agents.snooze(world.house, world.users["sam"], conversation.id, until)
    agents.resolve(world.house, world.users["sam"], conversation.id, "answered")

    arrive(world, SnoozeOver(conversation_id=conversation.id, until=until), conversation.lane)

    conversation.refresh_from_db()
    assert conversation.status == "resolved"
    assert deeds("snooze_over") == 0


# -- surveys ---------------------------------------------------------------------------


@pytest.mark.req("C24")
def test_who_opted_out_before_the_close_is_asked_nothing(world: World) -> None:
    say(world, "mia", PERSON)
    say(world, "mia", "STOP")
    conversation = taken_by_sam(world)
    before = Message.objects.filter(author="bot").count()
    agents.resolve(world.house, world.users["sam"], conversation.id, "answered")
    world.pass_time(timedelta(days=2))
    assert not SurveyResponse.objects.exists()
    assert Message.objects.filter(author="bot").count() == before


@pytest.mark.req("C24")
def test_who_opts_out_between_the_close_and_the_survey_is_asked_nothing(world: World) -> None:
    say(world, "mia", PERSON)
    conversation = taken_by_sam(world)
    agents.resolve(world.house, world.users["sam"], conversation.id, "answered")
    assert RuntimeTimer.objects.filter(key__startswith="run:").exists()  # the survey's delay runs
    say(world, "mia", "STOP")
    before = Message.objects.filter(author="bot").count()
    world.pass_time(timedelta(days=2))
    assert not SurveyResponse.objects.exists()
    assert Message.objects.filter(author="bot").count() == before


# -- names -----------------------------------------------------------------------------


def name_in(world: World) -> str:
    contact = Contact.objects.get()
    return inbox.name_of(world.house, contact.id, bytes(contact.name_sealed))


def test_a_signed_name_replaces_a_known_one_and_an_unsigned_one_never_does(world: World) -> None:
    say(world, "mia", "hello")
    assert name_in(world) == "Mia"
    world.identify("mia", Identity(id="member-7", name="Maria Lopez"))
    assert name_in(world) == "Maria Lopez"
    say(world, "mia", "What time do you open?")  # says again that she is Mia, unsigned
    assert name_in(world) == "Maria Lopez"


def test_a_change_of_name_is_audited_without_the_names(world: World) -> None:
    say(world, "mia", "hello")
    for name in ("Maria Lopez", "Maria Lopez", ""):
        world.identify("mia", Identity(id="member-7", name=name))
    assert name_in(world) == "Maria Lopez"
    renamed = AuditEntry.objects.get(action="renamed")
    assert renamed.subject == f"contact:{Contact.objects.get().id}"
    assert renamed.details == "{}"


def test_a_first_name_is_no_change_of_name(world: World) -> None:
    world.identify("mia", Identity(id="member-7", name="Maria Lopez"))
    assert name_in(world) == "Maria Lopez"
    assert deeds("renamed") == 0


# -- places ----------------------------------------------------------------------------


@pytest.mark.req("R1", "R2", "R3")
def test_the_last_free_place_is_offered_to_one_of_a_batch(world: World) -> None:
    for who in ("mia", "nia"):
        world._hear(Says(who=who, text=(PERSON,)), PERSON)
    world.pass_time(world.policy.coalesce_window)

    assert set(Conversation.objects.values_list("handled_by", flat=True)) == {"queue", "async"}
    assert set(SlaClock.objects.values_list("kind", flat=True)) == {
        "resolution",
        "first_response",
        "async_promise",
    }
    at = Conversation.objects.values_list("handed_over_at", flat=True)
    assert len(set(at)) == 1  # the premise: both were decided in one batch


# -- what a card tells of before ---------------------------------------------------------


def test_the_end_of_each_talk_is_found_for_all_who_are_handed_over_at_once(world: World) -> None:
    said = {
        "mia": ["where can i park?", "how much is a day pass?", "is there wifi?", "any sauna?"],
        "nia": ["when do you open?", "do you have showers?"],
    }
    for who, words in said.items():
        for one in words:
            say(world, who, one)
    talks = {row.contact_id: row.id for row in Conversation.objects.all()}
    found = turns.list_last_words([*talks.values(), "none"], 3)
    actions = turns.list_last_actions(list(talks.values()), 1)
    opened = [
        [world.house.keyset.unseal(sealed, f"message:{at}") for at, sealed in found[talk]]
        for talk in talks.values()
    ]
    assert sorted(opened) == sorted([said["mia"][-3:], said["nia"]])
    assert {len(one) for one in actions.values()} == {1}
    assert turns.list_last_words(list(talks.values()), 9).keys() == set(talks.values())
