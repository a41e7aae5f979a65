"""One message, one way after another: never two at once, never twice, every hop with its reason."""

from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.delivery import Delivery as Fate
from baton.core.delivery import Undelivered
from baton.core.json import Json
from baton.services import arrivals
from baton.services.facts import DeliveryReported, Fact, MessageReceived
from baton.services.ledger import Ledger
from baton.services.people import contacts, suppressions
from baton.store.models import AuditEntry, Conversation, Inbox, Message
from baton.store.queries import turns
from tests.services.test_events import publish

STORY = Story.model_validate(
    {
        "story": "fallbacks",
        "title": "Somebody who can be reached by SMS and in the chat",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat", "name": "Mia"}, "ana": {"contact": "sms"}},
        "steps": [{"passes": "1s"}],
    }
)
ON_ORDER: Json = {"on": "event", "event": "order_shipped"}
NUMBER = "+447700900123"


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    """Return a workspace that tells of orders by SMS, else in the chat; mia has both."""
    made = founding.make(STORY)
    steps: dict[str, Json] = {
        "say": {
            "type": "send",
            "text": "Your order is on its way.",
            "by_channel": {"sms": "Shipped."},
            "then": "over",
        },
        "over": {"type": "end"},
    }
    publish(made, "orders", ON_ORDER, steps, purpose="transactional", channels=["sms", "webchat"])
    made.report("mia", "seen", {})
    with made.house.engine.transaction():
        ledger = Ledger(made.house, made.now)
        contact = turns.list_lanes([lane_of(made)])[lane_of(made)].contact
        contacts.add_address(
            ledger, contact, channel="sms", inbox_id=made.inbox_ids["sms"], address=NUMBER
        )
        ledger.flush()
    return made


def lane_of(world: World) -> str:
    house = world.house
    return arrivals.lane_of(house.keyset, world.workspace_id, "webchat", "visitor-mia")


def agree_to_sms(world: World) -> None:
    facts: dict[str, Json] = {
        "purpose": "transactional", "source": "a form", "channel": "sms"
    }  # fmt: skip
    world.report("mia", "consent_given", facts)


def tell(world: World, fact: Fact, key: str) -> None:
    arrival = arrivals.arrival_of(
        fact,
        world.house.keyset,
        workspace_id=world.workspace_id,
        lane=lane_of(world),
        dedupe_key=key,
        received_at=world.now,
    )
    with world.house.engine.transaction():
        world.house.engine.inbox.append([arrival])
    world.run_idle()


def told(world: World) -> list[tuple[str, str, str, str]]:
    """Return the bot's messages in order: channel, words, fate and reason."""
    rows = Message.objects.filter(author="bot").order_by("id")
    unseal = world.house.keyset.unseal
    return [
        (row.channel, unseal(row.body_sealed, f"message:{row.id}"), row.delivery,
         row.delivery_reason)
        for row in rows
    ]  # fmt: skip


@pytest.mark.req("C8", "C16", "X32")
def test_the_first_channel_that_may_be_used_is_the_only_one(world: World) -> None:
    agree_to_sms(world)
    world.report("mia", "order_shipped", {})
    assert told(world) == [("sms", "Shipped.", "sent", "")]


@pytest.mark.req("C8", "G37", "X33")
def test_without_consent_there_it_falls_to_the_next_in_the_words_for_it(world: World) -> None:
    world.report("mia", "order_shipped", {})
    assert told(world) == [
        ("sms", "Shipped.", "refused", "no_consent"),
        ("webchat", "Your order is on its way.", "sent", ""),
    ]
    first, second = Message.objects.filter(author="bot").order_by("id")
    assert second.instead_of_id == first.id
    assert Conversation.objects.count() == 1  # the history follows the contact


@pytest.mark.req("C8", "P18")
def test_a_channel_that_is_barred_while_it_waits_is_passed_by(world: World) -> None:
    agree_to_sms(world)
    # In the evening it is held until the morning; by then the number is barred.
    world.clock.move_to(world.now.replace(hour=22))
    world.report("mia", "order_shipped", {})
    with world.house.engine.transaction():
        ledger = Ledger(world.house, world.now)
        contact = turns.list_lanes([lane_of(world)])[lane_of(world)].contact
        suppressions.bar(ledger, contact, "sms", "a wrong number", actor="user:sam")
        ledger.flush()
    world.pass_time(timedelta(hours=12))
    assert [row[0::2] for row in told(world)] == [("sms", "refused"), ("webchat", "sent")]
    assert AuditEntry.objects.filter(action="fell_back").count() == 1


@pytest.mark.req("C8", "G37")
def test_a_known_failure_goes_on_once_however_often_it_is_told(world: World) -> None:
    agree_to_sms(world)
    world.report("mia", "order_shipped", {})
    first = Message.objects.get(author="bot")
    failed = DeliveryReported(
        message_id=first.id, receipt="r1", state=Fate.FAILED.value, channel="sms",
        fault=Undelivered.UNKNOWN_NUMBER.value, code="30005",
    )  # fmt: skip
    for key in ("one", "two"):
        tell(world, failed, key)
    assert [row[0::2] for row in told(world)] == [("sms", "failed"), ("webchat", "sent")]


@pytest.mark.req("C8")
@pytest.mark.parametrize("state", [Fate.SENT, Fate.DELIVERED])
def test_what_may_have_arrived_is_not_said_again(world: World, state: Fate) -> None:
    agree_to_sms(world)
    world.report("mia", "order_shipped", {})
    first = Message.objects.get(author="bot")
    report = DeliveryReported(message_id=first.id, receipt="r", state=state.value, channel="sms")
    tell(world, report, "one")
    assert len(told(world)) == 1


def tell_with_patience(world: World) -> None:
    """Let the next order be told by SMS, and in the chat if no receipt comes in two hours."""
    steps: dict[str, Json] = {
        "say": {"type": "send", "text": "Shipped.", "fallback": {"after": "2h"}, "then": "over"},
        "over": {"type": "end"},
    }
    publish(
        world,
        "parcels",
        {"on": "event", "event": "order_packed"},
        steps,
        purpose="transactional",
        channels=["sms", "webchat"],
    )
    agree_to_sms(world)
    world.report("mia", "order_packed", {})


@pytest.mark.req("C22", "G37")
def test_without_a_receipt_in_its_time_the_next_channel_tells_it_once(world: World) -> None:
    tell_with_patience(world)
    world.pass_time(timedelta(hours=1, minutes=59))
    assert [row[0] for row in told(world)] == ["sms"]
    world.pass_time(timedelta(days=2))
    assert [row[0::2] for row in told(world)] == [("sms", "sent"), ("webchat", "sent")]
    # A failure that is told of afterwards tells nothing new.
    first = Message.objects.filter(author="bot").order_by("id")[0]
    failed = DeliveryReported(
        message_id=first.id, receipt="", state="failed", channel="sms", fault="unreachable"
    )
    tell(world, failed, "late")
    assert [row[0::2] for row in told(world)] == [("sms", "failed"), ("webchat", "sent")]


@pytest.mark.req("C22")
@pytest.mark.parametrize("sign", ["receipt", "answer"])
def test_a_sign_of_arrival_ends_the_cascade(world: World, sign: str) -> None:
    tell_with_patience(world)
    first = Message.objects.get(author="bot")
    receipt = DeliveryReported(message_id=first.id, receipt="", state="delivered", channel="sms")
    answer = MessageReceived(
        channel="sms", inbox_id=world.inbox_ids["sms"], address=NUMBER, text="Thanks"
    )
    tell(world, receipt if sign == "receipt" else answer, "sign")
    world.pass_time(timedelta(days=2))
    assert {row[0] for row in told(world)} == {"sms"}


@pytest.mark.req("C22")
def test_the_clock_starts_when_the_message_leaves(world: World) -> None:
    world.clock.move_to(world.now.replace(hour=22))
    tell_with_patience(world)
    assert [row[0::2] for row in told(world)] == [("sms", "held")]
    world.pass_time(timedelta(hours=11, minutes=59))  # until a minute before ten in the morning
    assert [row[0::2] for row in told(world)] == [("sms", "sent")]
    world.pass_time(timedelta(minutes=2))
    assert [row[0::2] for row in told(world)] == [("sms", "sent"), ("webchat", "sent")]


@pytest.mark.req("X32")
def test_a_channel_that_was_disconnected_is_passed_by(world: World) -> None:
    agree_to_sms(world)
    Inbox.objects.filter(id=world.inbox_ids["sms"]).update(settings_sealed=b"")
    world.report("mia", "order_shipped", {})
    assert told(world) == [("webchat", "Your order is on its way.", "sent", "")]


@pytest.mark.req("X33")
def test_an_answer_goes_where_the_contact_wrote(world: World) -> None:
    world.say(Says(who="mia", text="What time do you open?"))
    fact = MessageReceived(
        channel="sms", inbox_id=world.inbox_ids["sms"], address=NUMBER, text="Where are you?"
    )
    tell(world, fact, "sms:1")
    assert [row[0] for row in told(world)] == ["webchat", "sms"]
    assert Conversation.objects.count() == 1
