"""A replay decides as the bot does, under candidates, and sends nothing."""

from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import InvalidInput
from baton.core.reading import ReaderPort
from baton.flows.replaying import Course
from baton.services.flows import candidates, replays, simulations
from baton.services.flows.candidates import Tried
from baton.services.flows.replays import Replayed
from baton.services.workspace import packs
from baton.services.workspace.standards import standards_cache
from baton.services.writing.documents import InvalidDocument
from baton.store.models import Conversation, Escalation, Message, MissedEscalation, Turn

STORY = Story.model_validate(
    {
        "story": "replays",
        "title": "A past",
        "pack": "fitness",
        "policy": {"max_failed_attempts": 2},
        "people": {
            **{name: {"contact": "webchat"} for name in ("ada", "ben", "cleo", "dan")},
            "max": {"user": "manager"},
        },
        "steps": [{"passes": "1s"}],
    }
)
NONSENSE = "blorp zif quux"
HOURS = "What time do you open?"


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    for who, words in (("ada", HOURS), ("ben", NONSENSE), ("cleo", "Can I talk to a human?")):
        made.say(Says(who=who, text=(words,)))
    made.say(Says(who="dan", text=(NONSENSE,)))
    made.say(Says(who="dan", text=("wibble the wobble",)))
    return made


def reader_of(world: World) -> ReaderPort:
    standards_cache(world.house).standards_of(world.workspace_id)
    return standards_cache(world.house).local_reader_of(world.workspace_id)


def replayed(world: World, *sources: str) -> Replayed:
    """Replay the world's past as it is, and under candidates written as YAML."""
    setting = replays.setting_of(world.house, world.workspace_id)
    talked = replays.past_of(world.house, world.workspace_id, days=7, most=100)
    tried = [Tried(name=candidates.AS_IT_IS, setting=setting)]
    for source in sources:
        candidate = candidates.parse(source, file="c.yaml")
        tried.append(candidates.applied(candidate, setting))
    reader = reader_of(world)
    return replays.replay(talked, tried, reader, lambda _examples: reader)


@pytest.mark.req("AB1", "GV8")
def test_a_past_comes_to_what_it_came_to(world: World) -> None:
    before = (Turn.objects.count(), Message.objects.count(), Escalation.objects.count())
    [now] = replayed(world).outcomes
    assert now.courses == {
        Course.AUTOMATED: 1, Course.ESCALATED: 2, Course.NOT_UNDERSTOOD: 1, Course.SILENT: 0,
    }  # fmt: skip
    live = Escalation.objects.filter(act="hand_over").values_list("trigger", flat=True)
    assert sorted(now.triggers) == sorted(set(live))
    assert (Turn.objects.count(), Message.objects.count(), Escalation.objects.count()) == before
    assert replayed(world) == replayed(world)


@pytest.mark.req("AB1", "E15", "GV8")
def test_candidates_are_held_against_what_holds_and_against_labels(world: World) -> None:
    talk = Conversation.objects.order_by("id")[1]  # ben's, whom nobody understood
    MissedEscalation.objects.create(
        id="m1", workspace_id=world.workspace_id, conversation_id=talk.id, rule="failed_attempts",
        noted_by_id="x", noted_at=world.now,
    )  # fmt: skip
    stricter = "candidate: one_attempt\npolicy: {max_failed_attempts: 1}\n"
    keener = "candidate: hours\nrules: [{name: hours, words: [open], queue: general}]\n"
    found = replayed(world, stricter, keener)
    now, one_attempt, hours = found.outcomes
    assert now.labelled is not None
    assert one_attempt.labelled is not None
    assert (now.labelled.missed, one_attempt.labelled.missed) == (1, 0)
    moved = {one.conversation: (one.before, one.after) for one in found.differences[0].moves}
    assert moved[talk.id] == (Course.NOT_UNDERSTOOD, Course.ESCALATED)
    assert hours.triggers["hours"] == 1
    assert hours.courses[Course.AUTOMATED] == 0


@pytest.mark.req("GV7", "GV8")
def test_flows_and_thresholds_are_tried(world: World) -> None:
    gone = replayed(world, "candidate: no_faq\nwithout_flows: [faq]\n")
    assert gone.outcomes[1].triggers["no_flow"] >= 1
    own = """candidate: own
flows:
  faq:
    title: Answers
    owner: CX lead
    trigger: {on: message}
    start: people
    steps: {people: {type: handoff, queue: general, because: everybody}}
"""
    assert replayed(world, own).outcomes[1].triggers["everybody"] >= 1
    sure = "candidate: sure\nthresholds: [{answer: 0.95, floor: 0.7}]\n"
    assert replayed(world, sure).outcomes[1].name == "sure"


def test_what_comes_after_the_window_is_another_matter(world: World) -> None:
    world.pass_time(timedelta(days=4))
    world.say(Says(who="cleo", text=(HOURS,)))
    setting = replays.setting_of(world.house, world.workspace_id)
    talked = replays.past_of(world.house, world.workspace_id, days=30, most=100)
    reader = reader_of(world)
    tried = [Tried(name="now", setting=setting)]
    found = replays.replay(talked, tried, reader, lambda _: reader)
    assert found.outcomes[0].courses[Course.AUTOMATED] >= 2


@pytest.mark.parametrize(
    "source",
    [
        "candidate: x\nrules: [{name: hard_stop_x}]\n",
        "candidate: x\nrules: [{name: failed_attempts, words: [x]}]\n",
        "candidate: x\npolicy: {no_such_limit: 1}\n",
        "candidate: x\nthresholds: [{answer: 2, floor: 0.1}]\n",
        "candidate: x\nexamples: {no_such_intent: [a]}\n",
        "candidate: x\nflows: {faq: {title: x}}\n",
        "candidate: x\nunknown: 1\n",
    ],
)
def test_a_candidate_that_cannot_be_is_refused(source: str) -> None:
    setting = simulations.setting_of_pack(packs.load_pack("fitness"))
    with pytest.raises((InvalidInput, InvalidDocument)):
        candidates.applied(candidates.parse(source, file="c.yaml"), setting)


def test_no_candidate_makes_baton_deaf_to_what_calls_for_a_person() -> None:
    setting = simulations.setting_of_pack(packs.load_pack("fitness"))
    deaf = candidates.parse(
        "candidate: deaf\nthresholds: [{answer: 0.95, floor: 0.7}]\n", file="c.yaml"
    )
    bands = candidates.applied(deaf, setting).setting.bands_in("")
    [guarded, *_] = sorted(setting.confidence.guarded)
    assert bands.of(guarded).floor == setting.confidence.base.floor
    assert bands.of("opening_hours").floor == 0.7
