"""What the docs and the docstrings say of the language is true: each example can be run."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from baton.flows import document, steps
from baton.flows.charter import Escalates
from baton.flows.fields import Fields, declared_by
from baton.flows.replies import ReplyKind
from baton.flows.schema import flow_schema
from baton.flows.steps.wait import POLICY_SPANS
from baton.flows.trigger import TriggerKind
from baton.flows.values import ValueType
from baton.flows.wording import CHANNELS, wording_of
from baton.services.flows import flow_checks

PAGE = (Path(__file__).parents[2] / "docs/flows.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^##+ `?([\w ]+)`?\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
SCHEMA: dict[str, Any] = flow_schema()
STEP = jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/step"})
WORDING = {one.name for one in declared_by(wording_of)}


def read(text: str) -> Any:
    return YAML(typ="safe").load(text)


def example_of(name: str) -> str:
    """Return the example in a step type's docstring."""
    found = re.search(r"Example:\n(.*)", steps.TYPES[name].__doc__ or "", re.DOTALL)
    assert found, f"{name}: its docstring shows no example"
    return dedent(found[1]).strip()


@pytest.mark.parametrize("name", steps.TYPES)
def test_the_example_of_a_step_type_can_be_read(name: str) -> None:
    raw = read(example_of(name))
    STEP.validate(raw)
    problems: dict[str, str] = {}
    fields = Fields(raw=raw, path="", problems=problems)
    assert fields.word("type", "") == name
    steps.TYPES[name].parse(fields)
    fields.finish()
    assert not problems


@pytest.mark.parametrize("name", steps.TYPES)
def test_the_docs_show_a_step_type_with_its_example_and_every_field(name: str) -> None:
    section = SECTIONS[name]
    [shown] = re.findall(r"```yaml\n(.*?)\n```", section, re.DOTALL)
    assert read(shown) == read(example_of(name))
    declared = {one.name for one in declared_by(steps.TYPES[name].parse)}
    if declared >= WORDING:
        assert f"`{name}`" in SECTIONS["Texts"]
        declared -= WORDING
    for field in declared:
        assert re.search(rf"`{field}`|\b{field}: ", section), f"{name}: {field} is not explained"


def test_the_docs_explain_the_head_and_its_words() -> None:
    for one in declared_by(document.head_of):
        assert f"`{one.name}`" in SECTIONS["The head"], one.name
    for word in (*CHANNELS, *Escalates):
        assert f"`{word}`" in SECTIONS["The head"], word
    for trigger in TriggerKind:
        assert f"| `{trigger}` |" in SECTIONS["Triggers"], trigger
    for value in ValueType:
        assert f"| `{value}` |" in SECTIONS["Facts and their types"], value
    for reply in ReplyKind:
        assert f"| `{reply}`" in SECTIONS["ask"], reply
    for span in POLICY_SPANS:
        assert f"`{span}`" in SECTIONS["wait"], span
    for name in WORDING:
        assert f"| `{name}` |" in SECTIONS["Texts"], name


def test_the_flow_in_the_docs_is_without_fault() -> None:
    [shown] = re.findall(r"```yaml\n(flow: .*?\n)```", PAGE, re.DOTALL)
    assert flow_checks.check_texts({"flows.md": shown}) == ()
    jsonschema.Draft202012Validator(SCHEMA).validate(read(shown))
