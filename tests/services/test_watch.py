"""The watch: a flow whose matters clearly harm pauses itself, once, and nothing else stops."""

from datetime import timedelta
from typing import Any

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.services.flows import flow_pauses
from baton.services.pilot import rollouts, watch
from baton.services.pilot.rollouts import Beginning
from baton.store.models import FlowPause, Notice, Rollout, ShadowDraft, User, Workspace
from tests.support.matters import keep_matters

STORY = Story.model_validate(
    {
        "story": "watch",
        "title": "A flow harms",
        "pack": "fitness",
        "people": {"max": {"user": "manager"}, "ola": {"user": "operations"}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    made.clock.advance(timedelta(days=60))
    return made


def matters(
    world: World, count: int, *, days_ago: float, handed: int = 0, mark: float | None = None
) -> None:
    began = world.now - timedelta(days=days_ago)
    keep_matters(world.house, world.workspace_id, count, began=began, handed=handed, mark=mark)


def look(world: World) -> dict[str, tuple[str, ...]]:
    return watch.look(world.house, world.workspace_id)


@pytest.mark.req("AL3", "G16", "X38", "X39")
def test_a_fall_of_csat_within_two_weeks_pauses_the_flow(world: World) -> None:
    matters(world, 60, days_ago=20, mark=90)
    assert look(world) == {}
    matters(world, 60, days_ago=1, mark=85)
    found = look(world)
    assert found == {"faq": ("CSAT fell by 5.0 points of 100 in 3 days",)}
    pause = FlowPause.objects.get()
    assert (pause.flow, pause.paused_by, pause.resumed_at) == ("faq", "system", None)
    told = Notice.objects.filter(kind="flow_paused").values_list("user_id", flat=True)
    assert set(told) == {world.users["max"].id, world.users["ola"].id}
    assert look(world) == {}


@pytest.mark.req("X38")
def test_what_was_before_it_went_on_pauses_it_no_more(world: World) -> None:
    matters(world, 60, days_ago=1, handed=60)
    assert "faq" in look(world)
    ola = User.objects.get(id=world.users["ola"].id)
    flow_pauses.resume_as(world.house, ola, "faq", reason="mended")
    world.clock.advance(timedelta(days=1))
    assert look(world) == {}
    matters(world, 40, days_ago=0.5, handed=40)
    assert "faq" in look(world)


@pytest.mark.parametrize("stage", ["build", "validate"])
def test_a_flow_that_serves_nobody_is_not_paused(world: World, stage: str) -> None:
    ola = User.objects.get(id=world.users["ola"].id)
    rollouts.begin(world.house, ola, "faq", Beginning(plan="90_days", reason="a pilot"))
    Rollout.objects.update(stage=stage, stage_at=world.now - timedelta(days=9))
    Workspace.objects.update(revision=99)
    matters(world, 60, days_ago=1, handed=60)
    assert look(world) == {}


def let_to_the_first(world: World, *, is_shadowed: bool) -> None:
    """Let the flow stand in its soft launch for two days, after two weeks in shadow."""
    ola = User.objects.get(id=world.users["ola"].id)
    rollouts.begin(world.house, ola, "faq", Beginning(plan="90_days", reason="a pilot"))
    stage_at = world.now - timedelta(days=2)
    Rollout.objects.update(stage="soft_launch", share=0.15, stage_at=stage_at)
    Workspace.objects.update(revision=99)
    began = world.now - timedelta(days=9)
    talks = keep_matters(
        world.house, world.workspace_id, 400, began=began, mark=85, flow="", returned=20
    )
    ShadowDraft.objects.bulk_create(
        ShadowDraft(
            id=f"d{number}",
            workspace_id=world.workspace_id,
            conversation_id=talk,
            flow="faq",
            version=1,
            text_sealed=b"",
            trigger="asked_for_person" if number < 8 else "",
            at=began + timedelta(minutes=1),
        )
        for number, talk in enumerate(talks)
        if is_shadowed
    )


@pytest.mark.req("AL8", "PL24", "PL5")
@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ({"mark": 60}, "CSAT fell by 25"),
        ({"handed": 7}, "20% were handed over at once, 2% in shadow"),
        ({"returned": 8}, "23% came back, 5% before"),
        ({"mark": 80, "handed": 4, "returned": 6}, "more were handed over at once, more came back"),
        ({"mark": 84, "handed": 2, "returned": 2}, ""),
    ],
)
def test_a_soft_launch_is_held_against_its_shadow(
    world: World, harm: dict[str, Any], told: str
) -> None:
    let_to_the_first(world, is_shadowed=True)
    keep_matters(world.house, world.workspace_id, 35, began=world.now - timedelta(days=1.2), **harm)
    found = look(world).get("faq", ("",))
    assert found[0].startswith(told) if told else found == ("",)


def test_without_a_shadow_few_matters_of_a_soft_launch_tell_nothing(world: World) -> None:
    let_to_the_first(world, is_shadowed=False)
    keep_matters(
        world.house, world.workspace_id, 35, began=world.now - timedelta(days=1.2),
        mark=60, handed=7, returned=8,
    )  # fmt: skip
    assert look(world) == {}


def test_the_watch_looks_several_times_a_day(world: World) -> None:
    watching = watch.Watch(house=world.house)
    matters(world, 60, days_ago=1, handed=60)
    assert watching.run_once() == 1
    FlowPause.objects.all().delete()
    Workspace.objects.update(revision=99)
    assert watching.run_once() == 0
    world.clock.advance(timedelta(hours=6))
    assert watching.run_once() == 1
