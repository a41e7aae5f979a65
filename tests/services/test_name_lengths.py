"""What a flow document may call things fits the columns that keep it, on every database."""

import pytest
from django.db.models import CharField, Model

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.json import Json
from baton.flows import document, steps
from baton.flows.fields import MOST_NAME, Declared, declared_by, each
from baton.services.workspace import workspaces
from baton.store.models import (
    DigestLine,
    Escalation,
    Exposure,
    Failure,
    FlowDraft,
    FlowVersion,
    Handoff,
    Membership,
    Rollout,
    Run,
    ShadowDraft,
    Task,
    Turn,
)

HEAD = tuple(each(declared_by(document.head_of)))
STEP_NAME = MOST_NAME


def declared(kind: str, path: str) -> Declared:
    fields = HEAD if kind == "" else tuple(each(declared_by(steps.TYPES[kind].parse)))
    return next(one for one in fields if one.name == path)


def bound(kind: str, path: str) -> int:
    one = declared(kind, path)
    return max(map(len, one.options)) if one.options else one.most


FLOW = bound("", "flow")
BOUNDS: dict[tuple[type[Model], str], int] = {
    (FlowVersion, "name"): FLOW,
    (FlowDraft, "name"): FLOW,
    (Run, "flow"): FLOW,
    (Run, "inside"): FLOW,
    (Run, "step"): STEP_NAME,
    (Membership, "value_event"): bound("", "event"),
    (Rollout, "flow"): FLOW,
    (ShadowDraft, "flow"): FLOW,
    (Failure, "flow"): FLOW,
    (Failure, "rule"): bound("handoff", "because"),
    (ShadowDraft, "trigger"): bound("handoff", "because"),
    (Task, "flow"): FLOW,
    (Task, "queue"): bound("task", "queue"),
    (Exposure, "flow"): FLOW,
    (Exposure, "split"): bound("split", "split"),
    (Exposure, "variant"): bound("split", "name"),
    (DigestLine, "digest"): bound("digest", "digest"),
    (DigestLine, "purpose"): bound("", "purpose"),
    (Turn, "flow"): FLOW,
    (Turn, "step"): STEP_NAME,
    (Escalation, "trigger"): bound("handoff", "because"),
    (Handoff, "queue"): max(bound("handoff", "queue"), bound("ask", "queue")),
}
# What the program itself writes: its own words, keyed hashes, names of people's accounts,
# and texts that are cut to what fits.
OURS: dict[type[Model], set[str]] = {
    FlowVersion: {"published_by", "reason"},
    FlowDraft: {"updated_by"},
    Run: {"subject", "awaits", "status", "events"},
    Turn: {"intent", "decision", "reason", "action"},
    DigestLine: {"purpose"},
    Escalation: {"act", "evidence", "verdict"},
    Handoff: {"state", "reason", "outcome", "lacks"},
    Membership: {"reference", "stamp", "plan", "state", "prefers"},
    Rollout: {"plan", "stage", "state", "runs"},
    ShadowDraft: {"does", "verdict"},
    Task: {"outcome"},
    Failure: {"cause", "words", "fix_words"},
}
TABLES = sorted({model for model, _ in BOUNDS}, key=lambda model: model.__name__)


def columns(model: type[Model]) -> "dict[str, CharField[str, str]]":
    return {
        one.name: one
        for one in model._meta.get_fields()  # Django's own way to ask
        if isinstance(one, CharField) and not one.primary_key and not one.name.endswith("_id")
    }


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_each_name_of_a_flow_fits_its_column(model: type[Model]) -> None:
    names = {name for table, name in BOUNDS if table is model}
    assert names | OURS.get(model, set()) == set(columns(model))
    for name in names:
        bounded = BOUNDS[model, name]
        assert 0 < bounded <= (columns(model)[name].max_length or 0), name


def test_every_name_in_a_document_is_bounded() -> None:
    kinds = [tuple(each(declared_by(kind.parse))) for kind in steps.TYPES.values()]
    for one in (*HEAD, *(field for fields in kinds for field in fields)):
        if one.kind in ("word", "words") and not one.options:
            assert one.most, one.name


STORY = Story.model_validate(
    {
        "story": "names",
        "title": "A flow within a flow",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat", "name": "Mia"}},
        "steps": [{"passes": "1s"}],
    }
)
INNER, ASKED = "a" * STEP_NAME, "b" * STEP_NAME


def put(world: World, name: str, trigger: dict[str, Json], first: dict[str, Json]) -> None:
    written: dict[str, Json] = {
        "flow": name, "title": name, "owner": "CX lead", "trigger": trigger, "start": ASKED,
        "steps": {ASKED: {**first, "then": "over"}, "over": {"type": "end"}},
    }  # fmt: skip
    workspaces.publish(
        world.house, world.workspace_id, name, written, now=world.now, reason="a test"
    )


def test_a_turn_in_a_called_flow_is_logged_by_the_step_alone(db: None) -> None:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    put(world, INNER, {"on": "call"}, {"type": "ask", "text": "Pause or cancel?"})
    put(world, "outer", {"on": "keyword", "keyword": "QUOTE"}, {"type": "subflow", "flow": INNER})
    world.say(Says(who="mia", text=("quote",)))
    assert world.faults() == ()
    turn = Turn.objects.get()
    assert (turn.flow, turn.step) == ("outer", ASKED)
    assert turn.path.split() == [ASKED, f"{INNER}.{ASKED}"]
