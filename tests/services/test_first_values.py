"""What activates a member is what their onboarding aims at, and the figures follow it."""

from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.observed import kpi_values
from baton.config.stories.world import World
from baton.core.json import Json
from baton.services.bookings import check_ins, members
from baton.services.bookings.members import Plan
from baton.store.models import FlowVersion, Membership, Workspace

DAY = timedelta(days=1)
STORY = Story.model_validate(
    {
        "story": "first-values",
        "title": "Each business says what the first use of it is",
        "pack": "fitness",
        "people": {
            name: {"contact": "webchat", "name": name.title()} for name in ("ana", "ben", "cleo")
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def aims_at(world: World, **goal: Json) -> None:
    """Let the business have a first week whose goal is this."""
    written: Json = {
        "flow": "first_week", "title": "First week", "owner": "CX lead",
        "metric": "activation_rate", "goal": goal, "purpose": "transactional",
        "trigger": {"on": "event", "event": "membership_started"}, "start": "wait",
        "steps": {
            "wait": {"type": "wait", "for": "7d", "then": "over"}, "over": {"type": "end"},
        },
    }  # fmt: skip
    version = FlowVersion.objects.count() + 1
    FlowVersion.objects.create(
        id=world.house.next_id(world.now), workspace_id=world.workspace_id, name="first_week",
        version=version, document=written, published_at=world.now, published_by="CX",
        reason="a test",
    )  # fmt: skip
    Workspace.objects.filter(id=world.workspace_id).update(revision=90 + version)


def joins(world: World, who: str) -> str:
    contact = world.known(who)
    plan = Plan(name="Gold")
    kept = members.begin(world.house, world.workspace_id, contact, plan, actor="user:1")
    world.run_idle()
    return kept


@pytest.mark.req("ON22")
def test_a_first_session_activates_where_the_onboarding_aims_at_one(world: World) -> None:
    aims_at(world, event="app_opened", when='event.device == "phone"')
    ana = joins(world, "ana")
    joins(world, "ben")
    world.pass_time(2 * DAY)
    # Ben came to the desk, which is not what this business waits for; Ana's tablet neither.
    check_ins.note(world.house, world.workspace_id, world.known("ben"), actor="user:1")
    world.report("ana", "app_opened", {"device": "tablet"})
    world.pass_time(DAY)
    world.report("ana", "app_opened", {"device": "phone"})
    world.pass_time(DAY)
    world.report("ana", "app_opened", {"device": "phone"})
    # Whoever joins after the aim was changed is measured by the new one, the others by the old.
    aims_at(world, event="booking_created")
    joins(world, "cleo")
    check_ins.note(world.house, world.workspace_id, world.known("cleo"), actor="user:1")
    world.pass_time(31 * DAY)
    world.report("ben", "app_opened", {"device": "phone"})  # too late
    found = kpi_values(world)
    assert found["activation_rate"] == found["first_value_7d"] == pytest.approx(2 / 3)
    took = Membership.objects.get(id=ana)
    assert took.valued_at is not None
    assert took.valued_at - took.joined_at == pytest.approx(3 * DAY, abs=timedelta(minutes=1))


def test_no_aim_but_a_live_onboarding_s_counts(world: World) -> None:
    kept = joins(world, "ana")
    world.report("ana", "app_opened", {})
    row = Membership.objects.get(id=kept)
    assert (row.value_event, row.valued_at) == ("", None)
