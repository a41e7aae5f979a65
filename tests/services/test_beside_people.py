"""What flows do while people own, or when several things happen at once: nobody's turn is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from baton.config import wiring
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.json import Json
from baton.runtime.carrier import Alone
from baton.services import arrivals
from baton.services.calls import Call, Failed, Performed
from baton.services.conversation.actions import CALL_ACTION, ActionDesk
from baton.services.desk import agents
from baton.services.facts import EventReported, Fact, MessageReceived
from baton.services.workspace import workspaces
from baton.store.models import AuditEntry, Conversation, Handoff, Message, SlaClock, Workspace

PERSON = "I want to talk to a person please"
ALARM = "I have chest pain and cannot breathe"
OVER: Json = {"type": "end", "outcome": "resolved"}


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    story = Story.model_validate(
        {
            "story": "beside_people",
            "title": "A gym with one agent",
            "pack": "fitness",
            "supervised": False,
            "people": {
                "mia": {"contact": "webchat", "name": "Mia"},
                "sam": {"user": "agent", "skills": ["billing", "clinical"]},
            },
            "steps": [{"passes": "1s"}],
        }
    )
    return founding.make(story)


def publish(world: World, name: str, trigger: Json, steps: dict[str, Json], **head: Json) -> None:
    document: dict[str, Json] = {
        "flow": name, "title": "The class", "owner": "CX lead", "trigger": trigger,
        "purpose": "transactional", "start": next(iter(steps)), "steps": steps, **head,
    }  # fmt: skip
    workspaces.publish(
        world.house, world.workspace_id, name, document, now=world.now, reason="a test"
    )
    Workspace.objects.filter(id=world.workspace_id).update(revision=1_000 + len(name))


def say(world: World, *words: str) -> None:
    world.say(Says(who="mia", text=words))


def conversation() -> Conversation:
    return Conversation.objects.latest("id")


def said(world: World, *, is_note: bool = False) -> list[tuple[str, str]]:
    rows = Message.objects.filter(author="bot", is_note=is_note).order_by("id")
    return [
        (world.house.keyset.unseal(row.body_sealed, f"message:{row.id}"), row.delivery)
        for row in rows
    ]


REMINDER: dict[str, Json] = {
    "wait": {"type": "wait", "for": "2h", "then": "say"},
    "say": {"type": "send", "text": "See you in an hour.", "then": "over"},
    "over": OVER,
}


@pytest.mark.req("E20", "H2")
@pytest.mark.parametrize("is_accepted", [False, True])
def test_a_flow_closes_nothing_that_people_own(world: World, *, is_accepted: bool) -> None:
    publish(world, "class_reminder", {"on": "event", "event": "class_booked"}, REMINDER)
    world.report("mia", "class_booked", {})
    say(world, PERSON)
    if is_accepted:
        agents.accept(world.house, world.users["sam"], conversation().id)
    world.pass_time(timedelta(hours=2))
    assert (conversation().status, conversation().resolved_at) == ("open", None)
    assert conversation().handled_by == ("agent" if is_accepted else "queue")
    assert said(world)[-1] == ("See you in an hour.", "refused")
    if is_accepted:
        agents.reply(world.house, world.users["sam"], conversation().id, "I am here.")
    else:
        agents.accept(world.house, world.users["sam"], conversation().id)
    assert world.faults() == ()


def test_what_a_called_flow_closes_is_not_closed_when_its_caller_hands_over(world: World) -> None:
    ask: Json = {
        "type": "ask", "kind": "message", "text": "What happened?", "save": "why", "then": "over"
    }  # fmt: skip
    publish(world, "ask_reason", {"on": "call"}, {"ask": ask, "over": OVER})
    steps: dict[str, Json] = {
        "sub": {"type": "subflow", "flow": "ask_reason", "then": "people"},
        "people": {"type": "handoff", "because": "complaint"},
    }
    publish(world, "complaint", {"on": "keyword", "keyword": "QUOTE"}, steps)
    say(world, "quote")
    say(world, "my locker was green yesterday")
    assert (conversation().handled_by, conversation().resolved_at) == ("queue", None)


@pytest.mark.req("E19", "H26")
@pytest.mark.parametrize("is_accepted", [False, True])
def test_an_action_that_fails_while_people_own_is_told_to_them(
    world: World, *, is_accepted: bool
) -> None:
    steps: dict[str, Json] = {
        "wait": {"type": "wait", "for": "2h", "then": "book"},
        "book": {
            "type": "do", "action": "book_slot", "with": {"slot": '"7"'}, "then": "over",
            "failed": "people",
        },
        "over": {"type": "end"},
        "people": {
            "type": "handoff", "because": "rebooking_failed", "context": "The slot at 7 was lost.",
        },
    }  # fmt: skip
    publish(world, "rebook", {"on": "event", "event": "class_cancelled"}, steps)
    world.report("mia", "class_cancelled", {})
    say(world, PERSON)
    if is_accepted:
        agents.accept(world.house, world.users["sam"], conversation().id)
    world.pass_time(timedelta(hours=2, seconds=1))
    assert world.faults() == ()  # nothing is set back, so STOP is heard at once
    assert said(world, is_note=True) == [("The class: The slot at 7 was lost.", "none")]
    assert Handoff.objects.count() == 1


@pytest.mark.req("E6", "H13", "U13")
def test_an_alarm_while_waiting_moves_to_its_own_queue_and_clock(world: World) -> None:
    say(world, PERSON)
    first = SlaClock.objects.get(kind="first_response")
    assert (conversation().queue, conversation().urgency_cause) == ("general", "person")
    say(world, ALARM)
    now = conversation()
    assert (now.queue, now.urgency_cause) == ("clinical", "red_flag")
    assert now.handled_by in ("queue", "async")
    states = Handoff.objects.order_by("id").values_list("state", "queue")
    assert list(states) == [("withdrawn", "general"), ("offered", "clinical")]
    first.refresh_from_db()
    assert first.stopped_at == world.now
    running = SlaClock.objects.exclude(kind="resolution").get(stopped_at=None)
    assert running.due_at <= first.due_at
    assert "emergency" in said(world)[-1][0]
    say(world, ALARM)  # the same again is known
    assert Handoff.objects.count() == 2
    agents.accept(world.house, world.users["sam"], now.id)
    card = agents.open_card(world.house, world.users["sam"], now.id)
    assert card is not None
    assert card.trigger == "red_flag"


def test_an_alarm_to_an_agent_makes_the_conversation_more_urgent(world: World) -> None:
    say(world, PERSON)
    agents.accept(world.house, world.users["sam"], conversation().id)
    say(world, ALARM)
    assert (conversation().handled_by, conversation().urgency_cause) == ("agent", "red_flag")
    assert Handoff.objects.count() == 1


@pytest.mark.req("C25", "E19")
@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("words", ["And what time do you open on Sunday?", PERSON])
def test_what_becomes_of_an_action_is_told_though_the_talk_went_on(
    world: World, words: str, *, fails: bool
) -> None:
    steps: dict[str, Json] = {
        "pause": {"type": "do", "action": "pause", "then": "told", "failed": "people"},
        "told": {"type": "send", "text": "Your membership is paused.", "then": "over"},
        "over": {"type": "end"},
        "people": {"type": "handoff", "because": "pause_failed", "context": "Pause by hand."},
    }
    publish(world, "hold", {"on": "keyword", "keyword": "HOLD"}, steps)

    def pause(_call: Call) -> Performed | Failed:
        return Failed(problem="down") if fails else Performed(result={})

    crew = wiring.crew_of(world.house, owner="test")
    desk = ActionDesk(house=world.house, offered={"pause": pause})
    crew.sender.carriers = {**crew.sender.carriers, CALL_ACTION: Alone(perform=desk.perform)}
    for number, text in enumerate(("HOLD", words)):  # the second while the action is under way
        fact = MessageReceived(
            channel="webchat", inbox_id=world.inbox_id, address="visitor-mia", text=text
        )
        arrive(world, fact, f"m{number}")
        crew.worker.run_once()
    crew.loop.run_idle()
    told = [text for text, _delivery in said(world)]
    notes = [text for text, _delivery in said(world, is_note=True)]
    assert world.faults() == ()
    if not fails:
        assert "Your membership is paused." in told
    elif words == PERSON:
        assert notes == ["The class: Pause by hand."]
    else:
        assert Handoff.objects.get().reason == "flow"


def arrive(world: World, fact: Fact, key: str) -> None:
    """Let a fact come without anything being decided or sent yet."""
    keyset = world.house.keyset
    lane = arrivals.lane_of(keyset, world.workspace_id, "webchat", "visitor-mia")
    arrival = arrivals.arrival_of(
        fact, keyset, workspace_id=world.workspace_id, lane=lane, dedupe_key=key,
        received_at=world.now,
    )  # fmt: skip
    with world.house.engine.transaction():
        world.house.engine.inbox.append([arrival])


@pytest.mark.req("C18", "E19")
def test_what_an_answer_asked_for_is_told_though_nothing_unasked_may_go(world: World) -> None:
    """Confirming by "1" is the contact's own word, and so its result is an answer to them."""
    steps: dict[str, Json] = {
        "ask": {
            "type": "ask", "kind": "choice", "text": "Do you come?", "silence": "5h",
            "on_silence": "over", "choices": [{"key": "1", "label": "Yes", "then": "keep"}],
        },
        "keep": {"type": "do", "action": "keep", "then": "kept", "failed": "over"},
        "kept": {"type": "send", "text": "Kept for you.", "then": "later"},
        "later": {"type": "wait", "for": "1h", "then": "remind"},
        "remind": {"type": "send", "text": "See you soon.", "then": "over"},
        "over": {"type": "end"},
    }  # fmt: skip
    publish(world, "class_reminder", {"on": "event", "event": "class_booked"}, steps)
    crew = wiring.crew_of(world.house, owner="test")
    desk = ActionDesk(house=world.house, offered={"keep": lambda *_: Performed(result={})})
    crew.sender.carriers = {**crew.sender.carriers, CALL_ACTION: Alone(perform=desk.perform)}
    world = replace(world, run_idle=crew.loop.run_idle)
    world.report("mia", "class_booked", {})
    Workspace.objects.filter(id=world.workspace_id).update(paused_at=world.now)
    say(world, "1")
    assert said(world)[-1] == ("Kept for you.", "sent")
    world.pass_time(timedelta(hours=1))
    assert said(world)[-1] == ("See you soon.", "refused")


@pytest.mark.req("FQ5")
def test_a_farewell_follows_no_farewell(world: World) -> None:
    steps: dict[str, Json] = {
        "say": {"type": "send", "text": "Thank you for being with us.", "then": "over"},
        "over": OVER,
    }
    publish(world, "farewell", {"on": "event", "event": "conversation_resolved"}, steps)
    say(world, PERSON)
    agents.accept(world.house, world.users["sam"], conversation().id)
    agents.resolve(world.house, world.users["sam"], conversation().id, "answered")
    world.pass_time(timedelta(days=2))
    assert [text for text, _ in said(world)].count("Thank you for being with us.") == 1


def test_a_snooze_ends_though_a_reminder_comes_at_the_same_moment(world: World) -> None:
    steps: dict[str, Json] = {
        "wait": {"type": "wait", "for": "1h", "at": "09:00", "then": "ask"},
        "ask": {
            "type": "ask", "kind": "choice", "text": "Do you come today?", "silence": "5h",
            "on_silence": "over", "choices": [{"key": "1", "label": "Yes", "then": "over"}],
        },
        "over": {"type": "end"},
    }  # fmt: skip
    publish(world, "class_reminder", {"on": "event", "event": "class_booked"}, steps)
    say(world, PERSON)
    agents.accept(world.house, world.users["sam"], conversation().id)
    world.report("mia", "class_booked", {})
    nine = (world.now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    agents.snooze(world.house, world.users["sam"], conversation().id, nine)
    world.pass_time(nine - world.now + timedelta(seconds=1))
    assert (conversation().status, conversation().snoozed_until) == ("open", None)
    assert AuditEntry.objects.filter(action="snooze_over").count() == 1


@pytest.mark.req("C20")
def test_a_line_that_comes_while_its_digest_goes_out_is_not_left_behind(world: World) -> None:
    steps: dict[str, Any] = {
        "keep": {
            "type": "digest", "digest": "orders", "at": "18:00", "opening": "Today:",
            "text": "{{ run.what }} is packed.", "then": "over",
        },
        "over": {"type": "end"},
    }  # fmt: skip
    publish(world, "packed", {"on": "event", "event": "packed"}, steps, facts={"what": "text"})
    six = world.now.replace(hour=18, minute=0, second=0, microsecond=0)
    world.report("mia", "packed", {"what": "A"})
    world.clock.move_to(six + timedelta(milliseconds=5))  # the worker was late: one batch for both
    fact = EventReported(
        event="packed", facts={"what": "B"}, channel="webchat", inbox_id=world.inbox_id,
        address="visitor-mia",
    )  # fmt: skip
    arrive(world, fact, "late")
    world.run_idle()
    world.report("mia", "packed", {"what": "C"})
    world.pass_time(timedelta(days=2))
    told = "\n".join(text for text, _ in said(world))
    assert [told.count(f"{one} is packed.") for one in "ABC"] == [1, 1, 1]
