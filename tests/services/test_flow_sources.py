"""A flow's YAML as people write it: read in spite of faults, and changed step by step."""

from dataclasses import replace

import pytest

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import document
from baton.flows.check import UNKNOWN
from baton.services.flows import flow_faults, flow_sources
from baton.services.flows.flow_sources import Sketch
from baton.services.workspace import library
from baton.services.writing import documents
from tests.support.flows import REMINDERS


def parsed(source: str) -> document.Flow:
    return document.parse(documents.read(source, file="").value)


def faults(source: str) -> set[tuple[str, str, int]]:
    sketch = flow_sources.sketch_of(source)
    found = flow_faults.faults_of(sketch, UNKNOWN, name="reminders")
    return {(one.step, one.path, one.line) for one in found if one.is_error}


def test_faults_stand_where_they_are() -> None:
    assert faults(REMINDERS) == set()
    source = REMINDERS.replace("subject: Your class", "subjct: Your class").replace(
        "metric: no_show_rate", "metrics: no_show_rate"
    )
    assert faults(source) == {("", "metrics", 14), ("remind", "subjct", 40)}
    assert faults(REMINDERS.replace("flow: reminders", "flow: other")) == {("", "flow", 2)}


def test_the_first_fault_of_a_field_is_told() -> None:
    source = REMINDERS.replace("otherwise: person", "silence: soon\n    on_silence: done")
    sketch = flow_sources.sketch_of(source)
    assert "soon" in sketch.problems["steps.sure.silence"]  # not that a silence is missing


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        (("trigger: {on", "trigge: {on"), 5),
        (("type: send", "type: sent"), 4),
        (("then: sure\n", "then: nowhere\n"), 5),
        (("  sure:", "  - sure:"), None),
        (("flow: reminders", "- flow"), None),
    ],
    ids=["trigger", "type", "way", "yaml", "list"],
)
def test_what_can_be_understood_is_shown(changed: tuple[str, str], wanted: int | None) -> None:
    source = REMINDERS.replace(*changed)
    if wanted is None:
        with pytest.raises(InvalidInput):
            flow_sources.sketch_of(source)
        return
    sketch = flow_sources.sketch_of(source)
    assert sketch.flow is not None
    assert len(sketch.flow.steps) == wanted
    assert sketch.problems


def test_a_renamed_step_is_renamed_wherever_it_is_named() -> None:
    found = flow_sources.with_step_renamed(REMINDERS, "done", "finished")
    assert faults(found) == set()
    assert "done" not in found
    assert found == REMINDERS.replace("done", "finished")
    start = flow_sources.with_step_renamed(REMINDERS, "day_before", "wait_first")
    assert parsed(start).start == "wait_first"
    for wanted in ("done", "Not this", ""):
        with pytest.raises(InvalidInput):
            flow_sources.with_step_renamed(REMINDERS, "remind", wanted)


def test_a_new_step_goes_between_two() -> None:
    found = flow_sources.with_step(REMINDERS, "tag_it", "tag", after="remind")
    steps = flow_sources.steps_of(flow_sources.sketch_of(found).raw)
    assert list(steps) == ["day_before", "remind", "tag_it", "sure", "person", "done"]
    assert steps["tag_it"] == {"type": "tag", "then": "sure"}
    assert "then: tag_it" in found
    assert [line for line in found.splitlines() if "#" in line] == [
        line for line in REMINDERS.splitlines() if "#" in line
    ]
    for name, kind in (("done", "tag"), ("New", "tag"), ("new", "nothing")):
        with pytest.raises(InvalidInput):
            flow_sources.with_step(REMINDERS, name, kind, after="remind")


def test_a_step_taken_out_leaves_its_ways_as_faults() -> None:
    assert flow_sources.led_to(raw(), "done") == ("day_before", "sure")
    found = flow_sources.without_step(REMINDERS, "done")
    assert "# Nothing more to say." not in found
    assert {step for step, _path, _line in faults(found)} == {"day_before", "sure"}


def raw() -> dict[str, Json]:
    sketch: Sketch = flow_sources.sketch_of(REMINDERS)
    return sketch.raw


def test_a_document_without_its_yaml_is_written_in_the_order_of_its_steps() -> None:
    document_ = raw()
    steps = flow_sources.steps_of(document_)
    shuffled = {**document_, "steps": dict(sorted(steps.items(), reverse=True))}
    found = flow_sources.dumped(shuffled)
    assert documents.read(found, file="").value == document_
    order = list(flow_sources.steps_of(flow_sources.sketch_of(found).raw))
    assert order[:2] == ["day_before", "remind"]


def test_every_template_can_be_started_from() -> None:
    known = replace(UNKNOWN, flows={one.name: one.flow for one in library.list_templates()})
    for template in library.list_templates():
        sketch = flow_sources.sketch_of(template.source)
        found = flow_faults.faults_of(sketch, known, name=template.name)
        assert [one for one in found if one.is_error] == []
