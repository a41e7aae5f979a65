"""A stored version that this Baton cannot read: it alone is left out, and said to be so."""

import logging

import pytest
from django.db.models import F

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.json import Json
from baton.services.flows import flow_desk
from baton.services.workspace import workspaces
from baton.store.models import Contact, Conversation, FlowVersion, Message, Run, Workspace

STORY = Story.model_validate(
    {
        "story": "unusable",
        "title": "A version of an earlier Baton",
        "pack": "fitness",
        "supervised": False,
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "nia": {"contact": "webchat", "name": "Nia"},
            "lea": {"user": "operations"},
        },
        "steps": [{"passes": "1s"}],
    }
)


def written(*, gone: bool) -> dict[str, Json]:
    ask: dict[str, Json] = {"type": "ask", "text": "Which one?", "then": "over"}
    if gone:
        ask["gone_in_this_release"] = True
    return {
        "flow": "old", "title": "Old", "owner": "CX lead",
        "trigger": {"on": "keyword", "keyword": "OLD"}, "start": "ask",
        "steps": {"ask": ask, "over": {"type": "end"}},
    }  # fmt: skip


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    workspaces.publish(
        made.house, made.workspace_id, "old", written(gone=False), now=made.now, reason="a test"
    )
    reload(made)
    return made


def reload(world: World) -> None:
    Workspace.objects.filter(id=world.workspace_id).update(revision=F("revision") + 1)


def upgrade(world: World) -> None:
    """Let the version be one that only an earlier Baton could read."""
    FlowVersion.objects.filter(name="old").update(document=written(gone=True))
    reload(world)


def say(world: World, who: str, *words: str) -> None:
    world.say(Says(who=who, text=words))


def test_everything_else_goes_on(world: World, caplog: pytest.LogCaptureFixture) -> None:
    upgrade(world)
    with caplog.at_level(logging.ERROR):
        say(world, "mia", "I have chest pain")
        say(world, "nia", "STOP")
    assert world.faults() == ()
    assert Conversation.objects.get(contact_id=contact_of(world, "mia")).handled_by != "bot"
    assert Contact.objects.get(id=contact_of(world, "nia")).opted_out == "webchat"
    assert "flow old v1 is unusable: steps.ask.gone_in_this_release" in caplog.text


def test_a_run_on_it_raises_nothing_and_its_contact_is_answered(world: World) -> None:
    say(world, "mia", "old")
    assert Run.objects.get(flow="old").status == "waiting"
    upgrade(world)
    say(world, "mia", "What time do you open?")
    assert world.faults() == ()
    assert Message.objects.filter(author="bot").count() == 2


def test_the_list_of_flows_says_so(world: World) -> None:
    lea = world.users["lea"]
    assert not any(line.is_unusable for line in flow_desk.list_flows(world.house, lea))
    upgrade(world)
    unusable = [one.name for one in flow_desk.list_flows(world.house, lea) if one.is_unusable]
    assert unusable == ["old"]


def contact_of(world: World, who: str) -> str:
    contact = world.find_contact(who)
    assert contact is not None
    return contact.id
