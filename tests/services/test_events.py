"""What happens in contacts' worlds moves their runs: events, the clock, actions, segments."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Identity, Says
from baton.config.stories.world import World
from baton.core.json import Json
from baton.flows import document
from baton.services.ledger import Ledger
from baton.services.workspace import schedules, workspaces
from baton.store.models import (
    AuditEntry,
    Contact,
    Conversation,
    DigestLine,
    Exposure,
    FlowVersion,
    Message,
    ReportedEvent,
    Run,
    Task,
    Workspace,
)
from baton.store.models.runtime import RuntimeTimer

STORY = Story.model_validate(
    {
        "story": "events",
        "title": "Things happen",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia Moss"},
            "nia": {"contact": "webchat", "name": "Nia"},
        },
        "steps": [{"passes": "1s"}],
    }
)
END: Json = {"type": "end"}


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def publish(world: World, name: str, trigger: Json, steps: dict[str, Json], **head: Json) -> None:
    """Let the business use a flow of its own."""
    written: Json = {
        "flow": name, "title": name, "owner": "CX lead", "trigger": trigger,
        "start": next(iter(steps)), "steps": steps, **head,
    }  # fmt: skip
    workspaces.publish(
        world.house, world.workspace_id, name, written, now=world.now, reason="a test"
    )
    Workspace.objects.filter(id=world.workspace_id).update(revision=2 + _count())


def _count() -> int:
    return FlowVersion.objects.count()


def said(world: World, who: str) -> list[str]:
    """Return what the bot said to a contact, oldest first."""
    contact = world.find_contact(who)
    rows = Message.objects.filter(contact_id=contact.id if contact else "", author="bot")
    keyset = world.house.keyset
    return [keyset.unseal(m.body_sealed, f"message:{m.id}") for m in rows.order_by("id")]


def deeds(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


ON_BOOKING: Json = {"on": "event", "event": "booking_created"}


def wait_flow(world: World, **head: Json) -> None:
    publish(
        world, "reminder", ON_BOOKING,
        {
            "wait": {"type": "wait", "for": "1h", "then": "say",
                     "events": [{"event": "booking_moved", "then": "moved"}]},
            "say": {"type": "send", "text": "Soon: {{ run.booking }}", "then": "over"},
            "moved": {"type": "send", "text": "Moved.", "then": "over"},
            "over": END,
        },
        facts={"booking": "text"}, subject="booking", **head,
    )  # fmt: skip


# -- events ------------------------------------------------------------------------------


@pytest.mark.req("C26")
def test_each_booking_has_a_run_of_its_own_and_the_same_one_never_two(world: World) -> None:
    wait_flow(world)
    for booking in ("A", "B", "A"):
        world.report("mia", "booking_created", {"booking": booking})
    assert Run.objects.filter(status="waiting").count() == 2
    assert deeds("run_not_started") == 1
    world.pass_time(timedelta(hours=1))
    assert sorted(said(world, "mia")) == ["Soon: A", "Soon: B"]
    assert Conversation.objects.count() == 1
    assert list(ReportedEvent.objects.values_list("name", flat=True)) == ["booking_created"]


def test_an_event_moves_the_runs_that_wait_for_it_and_no_others(world: World) -> None:
    wait_flow(world)
    world.report("mia", "booking_created", {"booking": "A"})
    world.report("nia", "booking_created", {"booking": "B"})
    world.report("mia", "order_shipped", {})
    world.report("mia", "booking_moved", {})
    assert said(world, "mia") == ["Moved."]
    world.pass_time(timedelta(hours=2))
    assert (said(world, "mia"), said(world, "nia")) == (["Moved."], ["Soon: B"])


def test_no_more_runs_of_a_contact_than_the_flow_allows(world: World) -> None:
    wait_flow(world, limits={"runs_per_contact": 2})
    for booking in "ABC":
        world.report("mia", "booking_created", {"booking": booking})
    assert Run.objects.filter(status="waiting").count() == 2


def test_a_fact_of_a_wrong_type_starts_nothing_and_is_told_without_its_value(world: World) -> None:
    wait_flow(world)
    world.report("mia", "booking_created", {"booking": 7})
    entry = AuditEntry.objects.get(action="event_refused")
    assert "booking" in entry.details
    assert "7" not in entry.details
    assert not Run.objects.exists()


def test_a_running_run_keeps_its_version_when_a_new_one_is_published(world: World) -> None:
    wait_flow(world)
    world.report("mia", "booking_created", {"booking": "A"})
    document = FlowVersion.objects.get(name="reminder").document
    document["steps"]["say"]["text"] = "New words."
    FlowVersion.objects.create(
        id=world.house.next_id(world.now), workspace_id=world.workspace_id, name="reminder",
        version=2, document=document, published_at=world.now, published_by="CX", reason="a test",
    )  # fmt: skip
    Workspace.objects.filter(id=world.workspace_id).update(revision=99)
    world.report("nia", "booking_created", {"booking": "B"})
    world.pass_time(timedelta(hours=1))
    assert (said(world, "mia"), said(world, "nia")) == (["Soon: A"], ["New words."])


def test_a_conversation_that_only_the_bot_spoke_in_is_nobody_s_work(world: World) -> None:
    wait_flow(world)
    world.report("mia", "booking_created", {"booking": "A"})
    world.pass_time(timedelta(hours=1))
    assert Conversation.objects.get().opened_by == "bot"
    world.say(Says(who="mia", text=("What time do you open?",)))
    assert Conversation.objects.get().opened_by == "contact"


@pytest.mark.req("C18")
def test_the_same_thanks_for_two_bookings_is_no_loop(world: World) -> None:
    publish(
        world, "asking", ON_BOOKING,
        {
            "ask": {"type": "ask", "kind": "choice", "text": "{{ run.booking }}: 1 to confirm.",
                    "choices": [{"key": "1", "label": "Confirm", "then": "thanks"}]},
            "thanks": {"type": "send", "text": "Confirmed.", "then": "over"},
            "over": END,
        },
        facts={"booking": "text"}, subject="booking",
    )  # fmt: skip
    for booking in ("A", "B"):
        world.report("mia", "booking_created", {"booking": booking})
    for _ in range(2):
        world.say(Says(who="mia", text=("1",)))
    assert said(world, "mia") == ["A: 1 to confirm.", "B: 1 to confirm.", *["Confirmed."] * 2]
    assert Conversation.objects.get().handled_by == "bot"
    assert not Run.objects.filter(status="waiting").exists()


# -- what a flow leaves --------------------------------------------------------------------


def test_a_flow_marks_its_contact_and_conditions_read_the_marks(world: World) -> None:
    publish(
        world, "marks", {"on": "event", "event": "visit"},
        {
            "look": {"type": "branch", "otherwise": "first",
                     "cases": [{"when": "'regular' in contact.tags && contact.scores.visits >= 2.0"
                                        " && 'towel' in contact.offers", "then": "known"}]},
            "first": {"type": "tag", "add": ["regular"], "remove": ["new"], "then": "count"},
            "count": {"type": "score", "score": "visits", "by": 1, "then": "offer"},
            "offer": {"type": "offer", "offer": "towel", "text": "A towel!", "expires": "48h",
                      "then": "over", "taken": "over"},
            "known": {"type": "send", "text": "Hello {{ contact.first_name }}.", "then": "over"},
            "over": END,
        },
    )  # fmt: skip
    for _ in range(3):
        world.report("mia", "visit", {})
    assert said(world, "mia") == ["A towel!", "Hello Mia."]
    world.pass_time(timedelta(hours=49))
    world.report("mia", "visit", {})
    assert said(world, "mia")[-1] == "A towel!"


def test_a_task_and_an_exposure_are_kept_with_who_they_concern(world: World) -> None:
    publish(
        world, "try", {"on": "event", "event": "visit"},
        {
            "deal": {"type": "split", "split": "words",
                     "variants": [{"name": "a", "share": 100, "then": "call"}]},
            "call": {"type": "task", "title": "Call {{ contact.name }}", "queue": "retention",
                     "due": "4h", "then": "over"},
            "over": END,
        },
    )  # fmt: skip
    world.report("mia", "visit", {})
    world.report("mia", "visit", {})
    contact = Contact.objects.get()
    task = Task.objects.order_by("id").first()
    assert task is not None
    assert world.house.keyset.unseal(task.title_sealed, f"task:{task.id}") == "Call Mia Moss"
    assert (task.queue, task.contact_id) == ("retention", contact.id)
    assert task.due_at == world.now + timedelta(hours=4)
    shown = Exposure.objects.get()  # the first time counts
    assert (shown.contact_id, shown.flow, shown.version, shown.variant) == (
        contact.id,
        "try",
        1,
        "a",
    )


@pytest.mark.req("C20")
def test_small_news_go_out_as_one_message_at_their_time(world: World) -> None:
    publish(
        world, "news", {"on": "event", "event": "packed"},
        {
            "keep": {"type": "digest", "digest": "orders", "text": "{{ run.order }} is packed.",
                     "opening": "Today:", "at": "18:00", "then": "over"},
            "over": END,
        },
        facts={"order": "text"}, subject="order",
    )  # fmt: skip
    for order in ("A", "B", "A"):
        world.report("mia", "packed", {"order": order})
    assert said(world, "mia") == []
    world.pass_time(timedelta(hours=9))
    assert said(world, "mia") == ["Today:\nA is packed.\nB is packed."]
    assert not DigestLine.objects.exists()


# -- actions -------------------------------------------------------------------------------


def test_an_action_that_nothing_offers_takes_the_way_of_failures_at_once(world: World) -> None:
    publish(
        world, "book", {"on": "event", "event": "visit"},
        {
            "do": {"type": "do", "action": "book_slot", "with": {"slot": '"7"'}, "then": "good",
                   "failed": "bad"},
            "good": {"type": "send", "text": "Booked.", "then": "over"},
            "bad": {"type": "send", "text": "We could not book it.", "then": "over"},
            "over": END,
        },
    )  # fmt: skip
    world.report("mia", "visit", {})
    assert said(world, "mia") == ["We could not book it."]
    assert deeds("action_called") == 1


# -- the clock and segments ------------------------------------------------------------------

MORNING: Json = {
    "on": "schedule", "at": "09:00", "days": ["wed"], "segment": "contact.membership == 'gold'",
}  # fmt: skip
HELLO: dict[str, Json] = {
    "hello": {"type": "send", "text": "Good morning.", "then": "over"},
    "over": END,
}


def test_a_schedule_starts_a_run_for_everybody_of_its_segment_each_time(world: World) -> None:
    publish(world, "morning", MORNING, HELLO)
    for who, membership in (("mia", "gold"), ("nia", "blue")):
        world.identify(who, Identity(id=who, membership=membership))
    assert world.now == datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
    world.pass_time(timedelta(days=3))
    assert (said(world, "mia"), said(world, "nia")) == (["Good morning."], [])
    world.pass_time(timedelta(days=7))
    assert len(said(world, "mia")) == 2


def test_who_publishes_as_a_schedule_comes_round_leaves_no_day_out(world: World) -> None:
    publish(world, "morning", MORNING, HELLO)
    world.identify("mia", Identity(id="mia", membership="gold"))
    due = RuntimeTimer.objects.get(key="schedule:morning").due_at
    world.clock.move_to(due + timedelta(seconds=1))  # and no worker has looked yet
    flow = document.parse(FlowVersion.objects.get(name="morning").document)
    with world.house.engine.transaction():
        ledger = Ledger(world.house, world.now)
        schedules.plan(ledger, world.workspace_id, flow, UTC)
        ledger.flush()
    world.run_idle()
    assert said(world, "mia") == ["Good morning."]
    assert RuntimeTimer.objects.get(key="schedule:morning").due_at == due + timedelta(days=7)


def test_who_becomes_one_of_a_segment_is_greeted_once(world: World) -> None:
    segment: Json = {"on": "segment", "segment": "contact.membership == 'gold'"}
    publish(world, "welcome", segment, HELLO)
    for membership in ("blue", "gold", "gold"):
        world.identify("mia", Identity(id="mia", membership=membership))
    assert said(world, "mia") == ["Good morning."]


# -- the opt-out -----------------------------------------------------------------------------


def test_after_stop_a_waiting_run_says_nothing(world: World) -> None:
    wait_flow(world)
    world.report("mia", "booking_created", {"booking": "A"})
    world.say(Says(who="mia", text=("STOP",)))
    world.pass_time(timedelta(hours=2))
    sent = Message.objects.filter(author="bot", delivery="sent")
    texts = [world.house.keyset.unseal(m.body_sealed, f"message:{m.id}") for m in sent]
    assert not any("Soon" in text for text in texts)
    refused = Message.objects.get(delivery="refused")
    assert refused.delivery_reason == "opted_out"
