"""Escalation rules at work: flags that stand, handoffs that own rules ask for, what is logged."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.escalation import Act
from baton.core.escalation_rules import EscalationRule, render_document
from baton.services.desk import (
    agents,
    escalation_verdicts,
    live_flags,
    rule_board,
    rule_desk,
    rule_trial,
)
from baton.services.desk.rule_desk import Wish
from baton.store.models import (
    AuditEntry,
    Conversation,
    Escalation,
    EscalationRuleVersion,
    Notice,
    Workspace,
)

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
    return founding.make(STORY)


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


def test_a_sum_beyond_all_sums_holds_up_nobody(world: World) -> None:
    set_rule(world, replace(STROLLER, words=(), value_at_least=50_00, when="turn.value > 5000"))
    say(world, "My stroller cost $999" + ",999" * 200, "I want my money back")
    assert (conversation().handled_by == "bot", world.faults()) == (False, ())
    assert Escalation.objects.filter(trigger="stroller").exists()


# -- setting them -------------------------------------------------------------------------


def a_wish(world: World, **changes: object) -> Wish:
    wish = Wish(
        name="", rule=replace(STROLLER, name="", version=0), reason="They block the lift",
        review_on=world.now.date() + timedelta(days=30),
    )  # fmt: skip
    return replace(wish, **changes)  # type: ignore[arg-type]


def set_by(world: World, wish: Wish, who: str = "robin") -> EscalationRuleVersion:
    return rule_desk.change(world.house, world.users[who], wish)


@pytest.mark.req("E15", "PE7")
def test_each_change_is_a_version_that_holds_from_the_next_turn_on(world: World) -> None:
    robin = world.users["robin"]
    say(world, "Where can I park my stroller?")
    assert live(world) == ()
    first = set_by(world, a_wish(world, reason="Ask 07700 900123"))
    assert (first.name, first.version, "900123" in first.reason) == ("strollers", 1, False)
    say(world, "What time do you open for a stroller?")
    assert len(live(world)) == 1
    off = set_by(world, a_wish(world, name="strollers", is_on=False, seen=1))
    assert off.version == 2
    [line] = rule_board.board(world.house, robin).off
    assert (line.title, line.conditions, len(line.reading.fired)) == (
        "Strollers", ("says “stroller”",), 1,
    )  # fmt: skip
    versions = rule_board.list_versions(world.house, robin, "strollers")
    assert [(one.number, one.is_on, one.by) for one in versions] == [
        (2, False, robin.name), (1, True, robin.name),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="escalation_rule_changed").count() == 2


def test_limits_of_a_built_in_rule_hold_from_the_next_turn_on(world: World) -> None:
    wish = a_wish(world, name="failed_attempts", rule=None, limits={"max_failed_attempts": 1})
    tried = rule_trial.try_limits(
        world.house, world.users["robin"], "failed_attempts", {"max_failed_attempts": 1}
    )
    assert (tried.fired, tried.before) == (0, 0)
    set_by(world, wish)
    say(world, "qwertz uiop")
    assert conversation().handled_by == "queue"
    tried = rule_trial.try_limits(
        world.house, world.users["robin"], "failed_attempts", {"max_failed_attempts": 2}
    )
    assert (tried.fired, tried.before) == (0, 1)
    with pytest.raises(InvalidInput, match="from 1 to 2"):
        set_by(world, replace(wish, limits={"max_failed_attempts": 7}, seen=1))


def test_what_cannot_be_set_is_told(world: World) -> None:
    set_by(world, a_wish(world))
    past, odd = date(2020, 1, 1), replace(STROLLER, when="turn.x > 1")
    for wish, field in (
        (a_wish(world), "title"),  # another rule has this name
        (a_wish(world, name="strollers", seen=1, reason=" "), "reason"),
        (a_wish(world, name="strollers", seen=1, review_on=past), "review_on"),
        (a_wish(world, name="strollers", seen=1, rule=odd), "when"),
        (a_wish(world, name="bot_turns", rule=None), "max_bot_turns"),
        (a_wish(world, name="triage", rule=None), "reason"),
    ):
        with pytest.raises(InvalidInput) as refused:
            set_by(world, wish)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Conflict):
        set_by(world, a_wish(world, name="strollers"))
    with pytest.raises(NotFound):
        set_by(world, a_wish(world, name="refund"))  # a hard stop is no rule that could be set
    with pytest.raises(Forbidden):
        set_by(world, a_wish(world), "sam")
    with pytest.raises(Forbidden):
        rule_board.board(world.house, world.users["sam"])
    assert rule_board.board(world.house, world.users["alex"]).own[0].title == "Strollers"


@pytest.mark.req("E12")
def test_a_rule_is_tried_on_what_was_said_before(world: World) -> None:
    say(world, "Where can I park my stroller?")
    say(world, "I want my money back for the stroller, 45.50 dollars")
    rule = replace(STROLLER, words=("stroller", "lift"))
    tried = rule_trial.try_rule(world.house, world.users["robin"], rule)
    assert (tried.conversations, tried.turns, tried.fired, tried.fired_in) == (1, 2, 2, 1)
    assert tried.handed_over_anyway == 1
    assert [hit.evidence for hit in tried.shown] == ["stroller", "stroller"]
    for condition, fired in (
        ({"value_at_least": 4_550}, 1),
        ({"value_at_least": 4_551}, 0),
        ({"intents": ("parking",)}, 1),
        ({"when": 'contact.membership == "" && turn.text.contains("stroller")'}, 2),
    ):
        one = replace(STROLLER, words=(), **condition)
        assert rule_trial.try_rule(world.house, world.users["robin"], one).fired == fired
    assert Escalation.objects.filter(trigger="stroller").count() == 0


# -- what people say of them --------------------------------------------------------------


@pytest.mark.req("E12", "E15", "E16", "E37")
def test_a_verdict_is_one_click_and_the_same_click_takes_it_back(world: World) -> None:
    set_rule(world, STROLLER)
    say(world, "Where can I park my stroller?")
    sam, fired = world.users["sam"], Escalation.objects.get()
    judge = escalation_verdicts.judge
    assert judge(world.house, sam, fired.id, "right") == "right"
    assert len(live(world)) == 1
    assert judge(world.house, sam, fired.id, "noisy") == "noisy"
    assert (live(world), conversation().is_flagged) == ((), False)
    [line] = rule_board.board(world.house, world.users["robin"]).own
    assert (line.reading.precision, len(line.reading.noisy)) == (0.0, 1)
    fired.refresh_from_db()
    assert (fired.verdict, fired.judged_by_id, fired.judged_at) == ("noisy", sam.id, world.now)
    assert judge(world.house, sam, fired.id, "noisy") == ""
    assert AuditEntry.objects.filter(action="escalation_judged").count() == 3
    alex = world.users["alex"]
    for who, id_, word, error in (
        (sam, fired.id, "maybe", InvalidInput),
        (alex, fired.id, "right", Forbidden),
        (sam, "0" * 32, "right", NotFound),
    ):
        with pytest.raises(error):
            judge(world.house, who, id_, word)


@pytest.mark.req("E12", "E15")
def test_what_a_rule_missed_is_counted_with_its_conversation(world: World) -> None:
    set_rule(world, STROLLER)
    say(world, "Where can I park my pram?")
    sam, robin = world.users["sam"], world.users["robin"]
    assert escalation_verdicts.note_missed(world.house, sam, conversation().id, "stroller")
    found = escalation_verdicts.list_of(world.house, sam, conversation().id)
    assert [one.name for one in found.noted] == ["stroller"]
    shown = rule_board.list_fired(world.house, robin, rule="stroller", part="missed", days=28)
    assert [row.conversation_id for row in shown.rows] == [conversation().id]
    assert not escalation_verdicts.note_missed(world.house, sam, conversation().id, "stroller")
    with pytest.raises(InvalidInput):
        escalation_verdicts.note_missed(world.house, sam, conversation().id, "moon")


@pytest.mark.req("E15", "GV3")
def test_who_leads_is_told_once_when_a_rules_day_has_come(world: World) -> None:
    set_by(world, a_wish(world, review_on=world.now.date() + timedelta(days=1)))
    world.pass_time(timedelta(days=3))
    told = Notice.objects.filter(kind="rule_review_due")
    assert [(one.user_id, one.details) for one in told] == [(world.users["robin"].id, "Strollers")]
    assert rule_board.board(world.house, world.users["robin"]).overdue[0].name == "strollers"
