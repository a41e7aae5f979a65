"""Escalation rules at work: flags that stand, handoffs that own rules ask for, what is logged."""

from datetime import timedelta

import pytest

from baton.config.stories import world as worlds
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.escalation import Act
from baton.core.escalation_rules import EscalationRule, render_document
from baton.services.desk import agents, live_flags
from baton.store.models import Conversation, Escalation, EscalationRuleVersion, Workspace

STORY = Story.model_validate(
    {
        "story": "rules",
        "title": "A gym that sets rules of its own",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "sam": {"user": "agent", "skills": ["billing"]},
            "robin": {"user": "manager"},
            "alex": {"user": "auditor"},
            "kai": {"user": "engineer"},
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return worlds.make(STORY)


def set_rule(world: World, rule: EscalationRule) -> None:
    """Put a rule into force, as if somebody had set it before."""
    today = world.now.date()
    EscalationRuleVersion.objects.create(
        id=world.house.next_id(world.now), workspace_id=world.workspace_id, name=rule.name,
        version=rule.version, title=rule.title, document=render_document(rule), reason="a test",
        review_on=today + timedelta(days=30), changed_at=world.now, changed_by_id="",
    )  # fmt: skip
    found = Workspace.objects.get(id=world.workspace_id)
    Workspace.objects.filter(id=found.id).update(revision=found.revision + 1)


def say(world: World, *words: str) -> None:
    world.say(Says(who="mia", text=words))


def conversation() -> Conversation:
    return Conversation.objects.latest("id")


STROLLER = EscalationRule(
    name="stroller", title="Strollers", version=2, act=Act.FLAG, words=("stroller",)
)


def live(world: World, who: str = "sam") -> tuple[live_flags.LiveFlag, ...]:
    return live_flags.list_live(world.house, world.users[who]).shown


@pytest.mark.req("E16", "G2", "T10")
def test_a_flag_stands_until_people_have_had_the_conversation(world: World) -> None:
    set_rule(world, STROLLER)
    say(world, "Where can I park my stroller?")
    say(world, "What time do you open for a stroller?")  # nobody has looked yet: raised once
    [flag] = live(world, "alex")
    assert (flag.conversation_id, flag.who, conversation().handled_by) == (
        conversation().id, "Mia", "bot",
    )  # fmt: skip
    [raised] = flag.raised
    assert (raised.title, raised.evidence) == ("Strollers", "stroller")
    fired = Escalation.objects.get()
    assert (fired.trigger, fired.act, fired.version) == ("stroller", "flag", 2)
    agents.accept(world.house, world.users["sam"], flag.conversation_id)
    assert live(world) == ()
    assert len(live_flags.list_raised(world.house, world.users["sam"], flag.conversation_id)) == 1
    agents.return_to_bot(world.house, world.users["sam"], flag.conversation_id)
    assert (live(world), conversation().flags) == ((), "")
    say(world, "Where can I park my stroller?")  # since then it is new
    assert len(live(world)) == 1


@pytest.mark.req("E15", "E19", "E38")
def test_an_own_rule_hands_over_to_its_queue_with_its_urgency(world: World) -> None:
    rule = EscalationRule(
        name="key_ring", title="Lost key ring", version=1, act=Act.HAND_OVER, queue="billing",
        urgency=77, words=("key ring",),
    )  # fmt: skip
    set_rule(world, rule)
    say(world, "I lost my key  ring, my number is 07700 900123")
    now = conversation()
    assert (now.handled_by, now.queue, now.urgency) == ("queue", "billing", 77)
    assert now.urgency_cause == "key_ring"
    fired = Escalation.objects.get()
    assert (fired.trigger, fired.act, fired.version) == ("key_ring", "hand_over", 1)
    card = agents.open_card(world.house, world.users["sam"], now.id)
    assert card is not None
    assert "a rule of the house asks for a person" in card.summary
    assert live(world) == ()


@pytest.mark.req("E20")
def test_a_hard_stop_decides_and_the_rule_beside_it_is_logged(world: World) -> None:
    set_rule(world, STROLLER)
    say(world, "I want my money back for the stroller")
    fired = Escalation.objects.order_by("trigger").values_list("trigger", "act")
    assert list(fired) == [("refund", "hand_over"), ("stroller", "flag")]
    assert (conversation().queue, conversation().flags) == ("billing", "")


def test_a_rule_that_this_baton_cannot_read_stops_nobody(world: World) -> None:
    set_rule(world, STROLLER)
    EscalationRuleVersion.objects.update(document={"act": "dance"})
    say(world, "My stroller", "I want my money back")
    assert (conversation().handled_by, world.faults()) == ("queue", ())
