"""The policy is asked again at the moment of sending, whatever was planned before (invariant 7)."""

from datetime import timedelta

import pytest

from baton.config import wiring
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.runtime.ports import Done, Effect
from baton.services import arrivals
from baton.services.delivery import outgoing
from baton.services.delivery.sending import Postman
from baton.services.delivery.switchboard import Switchboard
from baton.services.desk import agents
from baton.services.facts import MessageReceived
from baton.store.models import Conversation, Message
from baton.store.models.runtime import RuntimeEffect

STORY = Story.model_validate(
    {
        "story": "sending",
        "title": "A contact whose words overtake the bot's",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat"}, "sam": {"user": "agent", "skills": ["billing"]}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def decide_without_sending(world: World, text: str) -> None:
    """Let a contact write and the turn be decided, while the sender is busy elsewhere."""
    house = world.house
    lane = arrivals.lane_of(house.keyset, world.workspace_id, "webchat", "v1")
    arrival = arrivals.arrival_of(
        MessageReceived(channel="webchat", inbox_id=world.inbox_id, address="v1", text=text),
        house.keyset,
        workspace_id=world.workspace_id,
        lane=lane,
        dedupe_key=f"chat:v1:{house.next_id(world.now)}",
        received_at=world.now,
    )
    with house.engine.transaction():
        house.engine.inbox.append([arrival])
    wiring.crew_of(house, owner="test").worker.run_once()
    world.clock.advance(timedelta(seconds=1))


def deliveries() -> list[tuple[str, str]]:
    bot_words = Message.objects.filter(author="bot").order_by("id")
    return list(bot_words.values_list("delivery", "delivery_reason"))


@pytest.mark.req("C24", "P18")
def test_a_planned_word_that_stop_overtakes_is_not_sent(world: World) -> None:
    decide_without_sending(world, "I want my money back, this is a scam")
    decide_without_sending(world, "STOP")
    world.run_idle()
    assert deliveries() == [("refused", "opted_out"), ("sent", "")]  # the notice, the confirmation


def test_a_planned_answer_that_a_person_overtakes_is_not_sent(world: World) -> None:
    decide_without_sending(world, "What time do you open?")
    agents.accept(world.house, world.users["sam"], Conversation.objects.get().id)
    world.run_idle()
    assert deliveries() == [("refused", "person_owns")]


def test_a_send_that_is_performed_again_changes_nothing(world: World) -> None:
    decide_without_sending(world, "What time do you open?")
    row = RuntimeEffect.objects.get()
    effect = Effect(
        id=row.effect_id,
        workspace_id=row.workspace_id,
        lane=row.lane,
        kind=outgoing.SEND_MESSAGE,
        intent_key=row.intent_key,
        body=bytes(row.body),
        due_at=row.due_at,
        repeatable=True,
    )
    world.run_idle()
    Conversation.objects.update(handled_by="agent")  # what would refuse it today
    postman = Postman(house=world.house, channels=Switchboard(world.house))
    [outcome] = postman.prepare([effect])
    assert isinstance(outcome, Done)
    assert deliveries() == [("sent", "")]
