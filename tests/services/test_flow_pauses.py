"""A paused flow starts nothing and moves nobody; resumed, what came meanwhile moves its runs."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.flows.charter import WhenPaused
from baton.services.flows import flow_pauses
from baton.services.workspace import workspaces
from baton.store.models import AuditEntry, Escalation, FlowPause, HeldFact, Message, Run, Workspace

STORY = Story.model_validate(
    {
        "story": "pauses",
        "title": "A flow is paused",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat", "name": "Mia"}},
        "steps": [{"passes": "1s"}],
    }
)
END: Json = {"type": "end"}
STEPS: dict[str, Json] = {
    "wait": {
        "type": "wait", "for": "1h", "then": "ask",
        "events": [{"event": "booking_cancelled", "then": "sorry"}],
    },
    "ask": {
        "type": "ask", "kind": "choice", "text": "Soon: {{ run.booking }}. 1 yes, 2 no",
        "choices": [{"key": "1", "label": "Yes", "then": "sorry"},
                    {"key": "2", "label": "No", "then": "over"}],
        "silence": "2d", "on_silence": "over",
    },
    "sorry": {"type": "send", "text": "{{ run.booking }} is off.", "then": "over"},
    "over": END,
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    publish(made)
    return made


def publish(world: World, **head: Json) -> None:
    written: Json = {
        "flow": "reminder", "title": "Reminder", "owner": "CX lead",
        "trigger": {"on": "event", "event": "booking_created"},
        "facts": {"booking": "text"}, "subject": "booking", "purpose": "transactional",
        "start": "wait", "steps": STEPS, **head,
    }  # fmt: skip
    workspaces.publish(
        world.house, world.workspace_id, "reminder", written, now=world.now, reason="a test"
    )
    Workspace.objects.filter(id=world.workspace_id).update(revision=50)


def pause(world: World, when_paused: WhenPaused | None = None) -> int:
    return flow_pauses.pause(
        world.house,
        world.workspace_id,
        "reminder",
        actor="system",
        reason="the vendor's times are wrong",
        when_paused=when_paused,
    )


def resume(world: World) -> None:
    flow_pauses.resume(
        world.house, world.workspace_id, "reminder", actor="system", reason="times are right"
    )
    world.pass_time(timedelta(seconds=1))


def said(world: World) -> list[str]:
    rows = Message.objects.filter(author="bot").order_by("id")
    return [world.house.keyset.unseal(m.body_sealed, f"message:{m.id}") for m in rows]


@pytest.mark.req("PL31")
def test_a_paused_flow_holds_who_is_in_it_and_gives_back_what_came(world: World) -> None:
    world.report("mia", "booking_created", {"booking": "A"})
    world.report("mia", "booking_created", {"booking": "B"})
    assert pause(world) == 0
    world.pass_time(timedelta(hours=2))  # both fall due
    world.report("mia", "booking_cancelled", {"booking": "?"})
    world.report("mia", "booking_created", {"booking": "C"})  # nothing new starts
    assert said(world) == []
    assert Run.objects.filter(status="waiting").count() == 2
    assert HeldFact.objects.count() == 4
    resume(world)
    # What happened comes before what fell due: nobody is reminded of what was cancelled.
    assert sorted(said(world)) == ["A is off.", "B is off."]
    assert not HeldFact.objects.exists()
    assert not Run.objects.filter(status="waiting").exists()
    world.report("mia", "booking_created", {"booking": "D"})
    assert Run.objects.filter(status="waiting").count() == 1
    told = AuditEntry.objects.filter(subject="flow:reminder").values_list("action", flat=True)
    assert list(told.order_by("seq")) == ["flow_paused", "flow_resumed"]
    assert FlowPause.objects.get().resume_reason == "times are right"


def test_what_fell_due_in_a_pause_goes_on_when_it_ends(world: World) -> None:
    world.report("mia", "booking_created", {"booking": "A"})
    pause(world)
    world.pass_time(timedelta(hours=3))
    resume(world)
    assert said(world) == ["Soon: A. 1 yes, 2 no"]


@pytest.mark.req("X39")
def test_who_answers_a_paused_flow_gets_a_person_and_keeps_the_run(world: World) -> None:
    world.report("mia", "booking_created", {"booking": "A"})
    world.pass_time(timedelta(hours=1))
    pause(world)
    world.say(Says(who="mia", text=("1",)))
    assert Escalation.objects.get().trigger == "flow_paused"
    assert Run.objects.get(flow="reminder").status == "waiting"


def test_a_flow_lets_people_go_when_it_says_so_or_whoever_pauses_does(world: World) -> None:
    world.report("mia", "booking_created", {"booking": "A"})
    assert pause(world, WhenPaused.END) == 1
    assert Run.objects.get().status == "stopped"
    world.pass_time(timedelta(hours=2))
    assert not HeldFact.objects.exists()
    resume(world)
    assert said(world) == []


def test_runs_that_a_crash_left_in_a_pause_that_ends_them_go_on_no_more(world: World) -> None:
    world.report("mia", "booking_created", {"booking": "A"})
    pause(world)
    FlowPause.objects.update(ends_runs=True)  # as if its process had died before the stops
    world.pass_time(timedelta(hours=2))
    resume(world)
    assert said(world) == []
    assert Run.objects.get().status == "stopped"


@pytest.mark.parametrize(
    ("name", "reason", "expected"),
    [
        ("reminder", " ", InvalidInput),
        ("reminder", "x" * 301, InvalidInput),
        ("nothing", "why", NotFound),
    ],
)
def test_a_pause_needs_a_flow_and_a_reason(
    world: World, name: str, reason: str, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        flow_pauses.pause(world.house, world.workspace_id, name, actor="system", reason=reason)
    with pytest.raises(Conflict):
        flow_pauses.resume(
            world.house, world.workspace_id, "reminder", actor="system", reason="why"
        )


def test_a_declared_end_holds_without_being_asked_for(world: World) -> None:
    document: Json = {
        "flow": "short", "title": "Short", "owner": "CX lead", "when_paused": "end",
        "trigger": {"on": "event", "event": "began"}, "start": "wait",
        "steps": {"wait": {"type": "wait", "for": "1h", "then": "over"}, "over": END},
    }  # fmt: skip
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    workspaces.publish(
        world.house, world.workspace_id, "short", document, now=moment, reason="a test"
    )
    Workspace.objects.filter(id=world.workspace_id).update(revision=60)
    world.report("mia", "began", {})
    stopped = flow_pauses.pause(
        world.house, world.workspace_id, "short", actor="system", reason="enough"
    )
    assert stopped == 1
