"""What an inbox may send in a minute or a day holds whoever sends; the rest waits its turn."""

from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Conflict, Forbidden, InvalidInput
from baton.core.json import Json
from baton.services.delivery import pacing
from baton.services.desk import resending
from baton.store.models import AuditEntry, Message
from tests.services.test_events import publish

STORY = Story.model_validate(
    {
        "story": "pacing",
        "title": "A number that may not send fast",
        "pack": "fitness",
        "people": {
            "ana": {"contact": "sms"},
            "ola": {"user": "operations"},
            "sam": {"user": "agent"},
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    steps: dict[str, Json] = {
        "say": {"type": "send", "text": "Shipped.", "then": "over"},
        "over": {"type": "end"},
    }
    trigger: Json = {"on": "event", "event": "order_shipped"}
    publish(made, "orders", trigger, steps, purpose="transactional", channels=["sms"])
    made.report("ana", "consent_given", {"purpose": "transactional", "source": "a form"})
    return made


def set_pace(world: World, who: str = "ola", **limits: int) -> None:
    user, inbox_id = world.users[who], world.inbox_ids["sms"]
    pacing.change(world.house, user, inbox_id, limits, reason="the provider says so")


def fates(world: World) -> list[str]:
    world.run_idle()
    rows = Message.objects.filter(author="bot").order_by("id")
    return [reason or delivery for delivery, reason in rows.values_list(
        "delivery", "delivery_reason"
    )]  # fmt: skip


@pytest.mark.req("C19")
def test_what_is_too_fast_waits_its_turn_and_an_answer_does_not(world: World) -> None:
    set_pace(world, per_minute=1)
    for _ in range(3):
        world.report("ana", "order_shipped", {})
    assert fates(world) == ["sent", "rate_limit", "rate_limit"]
    world.say(Says(who="ana", text="What time do you open?"))
    assert fates(world) == ["sent", "rate_limit", "rate_limit", "sent"]
    world.pass_time(timedelta(minutes=1))
    assert fates(world) == ["sent", "sent", "rate_limit", "sent"]
    world.pass_time(timedelta(minutes=1))
    assert fates(world) == ["sent"] * 4


@pytest.mark.req("C19")
def test_what_waits_for_its_turn_does_not_come_when_it_is_over(world: World) -> None:
    steps: dict[str, Json] = {
        "say": {"type": "send", "text": "It begins soon.", "then": "over"},
        "over": {"type": "end"},
    }
    trigger: Json = {"on": "event", "event": "class_near"}
    publish(
        world, "near", trigger, steps,
        purpose="transactional", channels=["sms"], facts={"starts_at": "time"},
    )  # fmt: skip
    set_pace(world, per_minute=1)
    world.report("ana", "order_shipped", {})
    starts_at = (world.now + timedelta(seconds=30)).isoformat()
    world.report("ana", "class_near", {"starts_at": starts_at})
    assert fates(world) == ["sent", "rate_limit"]
    world.pass_time(timedelta(minutes=2))
    assert fates(world) == ["sent", "too_late"]


@pytest.mark.req("AP3")
def test_nobody_sends_again_what_is_over(world: World) -> None:
    steps: dict[str, Json] = {
        "say": {"type": "send", "text": "It begins soon.", "then": "over"},
        "over": {"type": "end"},
    }
    trigger: Json = {"on": "event", "event": "class_near"}
    publish(
        world, "near", trigger, steps,
        purpose="transactional", channels=["sms"], facts={"starts_at": "time"},
    )  # fmt: skip
    starts_at = (world.now + timedelta(seconds=30)).isoformat()
    world.report("ana", "class_near", {"starts_at": starts_at})
    Message.objects.update(delivery="failed")
    [said] = Message.objects.all()
    world.pass_time(timedelta(minutes=2))
    with pytest.raises(Conflict, match="too late"):
        resending.send_again(world.house, world.users["sam"], said.conversation_id, said.id)


@pytest.mark.req("C19")
def test_limits_are_set_by_whoever_configures_with_a_reason(world: World) -> None:
    with pytest.raises(Forbidden):
        set_pace(world, "sam", per_day=5)
    with pytest.raises(InvalidInput):
        set_pace(world, per_day=-1)
    set_pace(world, per_day=5, warm_up_from=2)
    [noted] = AuditEntry.objects.filter(action="pace_changed")
    assert '"warm_up_from":"0 to 2"' in noted.details
    held = pacing.find(world.users["ola"], world.inbox_ids["sms"])
    assert held is not None
    assert held.warm_up_on == world.now.date()
