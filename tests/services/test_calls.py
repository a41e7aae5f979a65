"""Calls: kept for what matters, and made on the number that is known already."""

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.delivery import Undelivered
from baton.core.errors import Conflict
from baton.core.json import Json
from baton.core.presend import Refusal
from baton.services import arrivals
from baton.services.desk import resending
from baton.services.facts import DeliveryReported
from baton.services.people import consents
from baton.store.models import Address, Contact, Message
from tests.services.test_events import publish

STORY = Story.model_validate(
    {
        "story": "calls",
        "title": "An order that must be told of",
        "pack": "fitness",
        "people": {
            "ana": {"contact": "sms", "name": "Ana"},
            "tom": {"contact": "voice"},
            "sam": {"user": "agent", "name": "Sam"},
        },
        "steps": [{"passes": "1s"}],
    }
)
STEPS: dict[str, Json] = {
    "say": {"type": "send", "text": "Your delivery failed.", "then": "over"},
    "over": {"type": "end"},
}


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    ways: dict[str, Json] = {"told": ["sms", "voice"], "called": ["voice"]}
    for name, channels in ways.items():
        trigger: Json = {"on": "event", "event": name}
        publish(made, name, trigger, STEPS, purpose="transactional", channels=channels)
    made.say(Says(who="ana", text=("what time do you open?",)))
    for channel in ("sms", "voice"):
        facts: dict[str, Json] = {
            "purpose": "transactional", "source": "a form", "channel": channel,
        }  # fmt: skip
        made.report("ana", consents.GIVEN, facts)
    return made


def unasked() -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(is_unprompted=True).order_by("id")
    return list(rows.values_list("channel", "delivery", "delivery_reason"))


@pytest.mark.req("C2", "C10", "OR3")
def test_a_call_follows_what_did_not_arrive_and_is_made_for_nothing_less(world: World) -> None:
    assert Address.objects.filter(channel="voice").count() == 1  # on the number that she has
    world.report("ana", "called", {})
    assert unasked() == [("voice", "refused", "reserved")]
    world.report("ana", "told", {})
    assert unasked()[1:] == [("sms", "sent", "")]
    message = Message.objects.get(channel="sms", is_unprompted=True)
    fact = DeliveryReported(
        message_id=message.id, receipt="r1", state="failed", channel="sms",
        fault=Undelivered.UNREACHABLE.value,
    )  # fmt: skip
    arrival = arrivals.arrival_of(
        fact, world.house.keyset, workspace_id=world.workspace_id,
        lane=Contact.objects.get().lane, dedupe_key="r1", received_at=world.now,
    )  # fmt: skip
    with world.house.engine.transaction():
        world.house.engine.inbox.append([arrival])
    world.run_idle()
    assert unasked()[1:] == [("sms", "failed", "unreachable"), ("voice", "sent", "")]
    # By a person's word the call rings again; one that was never allowed does not.
    never, _, call = Message.objects.filter(is_unprompted=True).order_by("id")
    sam = world.users["sam"]
    with pytest.raises(Conflict, match="press Call"):
        resending.send_again(world.house, sam, never.conversation_id, never.id)
    Message.objects.filter(id=call.id).update(delivery="failed", delivery_reason="no_answer")
    resending.send_again(world.house, sam, call.conversation_id, call.id)
    world.run_idle()
    assert unasked()[-1] == ("voice", "sent", "")


def test_every_no_of_the_policy_is_told_in_words() -> None:
    assert set(resending.NO) == set(Refusal)


@pytest.mark.req("C2")
def test_a_contact_of_high_value_is_called_at_once(world: World) -> None:
    Contact.objects.update(marks={"tags": ["high_value"]})
    world.report("ana", "called", {})
    assert unasked() == [("voice", "sent", "")]
