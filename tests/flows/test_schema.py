"""The published schema says of a document's form what the parser says, no more and no less."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from ruamel.yaml import YAML

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import document, schema, steps
from baton.flows.fields import declared_by, each
from baton.services.workspace.library import FlowTemplate, list_templates
from baton.services.workspace.packs import list_packs, load_pack
from tests.flows.golden_cases import read_cases
from tests.flows.random_flows import DOCUMENTS
from tests.flows.test_document import GOOD, changed

PUBLISHED = Path(__file__).parents[2] / "docs/flow.schema.json"
SCHEMA: dict[str, Any] = schema.flow_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_published_schema_is_up_to_date() -> None:
    kept = PUBLISHED.read_text("utf-8")
    assert kept == json.dumps(SCHEMA, indent=2) + "\n", (
        "run: baton check --schema > docs/flow.schema.json"
    )
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("pack", list_packs())
def test_every_shipped_flow_has_the_published_form(pack: str) -> None:
    for raw in load_pack(pack).flows.values():
        VALIDATOR.validate(raw)


@pytest.mark.parametrize("template", list_templates(), ids=lambda template: template.name)
def test_every_template_of_the_library_has_the_published_form(template: FlowTemplate) -> None:
    VALIDATOR.validate(YAML(typ="safe").load(template.source))


@given(DOCUMENTS)
def test_what_the_parser_takes_the_schema_takes(raw: Json) -> None:
    document.parse(raw)
    VALIDATOR.validate(raw)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("flow", None),
        ("title", 5),
        ("owner", ""),
        ("trigger", "full_moon"),
        ("trigger.on", "full_moon"),
        ("trigger.days", ["someday"]),
        ("facts.price", "dollars"),
        ("facts.a b", "text"),
        ("facts.in", "text"),
        ("channels", ["fax"]),
        ("channels", "sms"),
        ("gates.0.at_most", "few"),
        ("triage.emotion", 0.5),
        ("triage.emotion", None),
        ("limits.sends_per_day", 0),
        ("colour", "red"),
        ("steps", {}),
        ("steps.done", "x"),
        ("steps.done.type", None),
        ("steps.done.type", "stop"),
        ("steps.done.outcome", "won"),
        ("steps.done.then", "menu"),
        ("steps.menu.choices", []),
        ("steps.menu.choices.0.key", None),
        ("steps.menu.choices.0.colour", "red"),
        ("steps.menu.silence", "soon"),
        ("steps.ask.opt_out", "yes"),
        ("steps.say.text", None),
        ("steps.say.by_channel", {"fax": "Hi."}),
        ("steps.say.link.url", None),
        ("steps.wait.for", "a while"),
        ("steps.later.at", 930),
        ("steps.later.at", "24:00"),
        ("steps.score.by", True),
        ("steps.tag.add", [""]),
        ("steps.book.save.booking", "dollars"),
        ("steps.set.values", {}),
        ("steps.split.variants.0.share", 0),
    ],
)
def test_what_has_no_right_form_both_refuse(path: str, value: Json) -> None:
    raw = changed(path, value)
    assert not VALIDATOR.is_valid(raw)
    with pytest.raises(InvalidInput):
        document.parse(raw)


def test_every_step_type_is_explained_field_by_field() -> None:
    VALIDATOR.validate(GOOD)
    assert set(SCHEMA["$defs"]) == {"step", *steps.TYPES}
    assert "text" in SCHEMA["$defs"]["send"]["required"]
    heads = [("head", document.head_of)]
    parsers = {name: kind.parse for name, kind in steps.TYPES.items()}
    for name, parse in [*heads, *parsers.items()]:
        for one in each(declared_by(parse)):
            assert one.about.endswith("."), f"{name}.{one.name}: say what it is in a sentence"


@pytest.mark.parametrize("step_type", steps.TYPES)
def test_steps_of_golden_runs_have_the_published_form(step_type: str) -> None:
    step = jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/step"})
    for case in read_cases(step_type):
        for body in case.steps.values():
            step.validate(body)
