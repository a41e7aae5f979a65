"""The ways of a flow that its turns took are counted, each turn's once."""

import pytest
from hypothesis import given

from baton.core.json import Json
from baton.flows import outreach
from baton.flows.document import Library
from baton.flows.passages import passages
from baton.flows.scene import Happened
from tests.flows.random_flows import LIBRARIES, RUNS
from tests.flows.scenes import a_scene, parse_flow, parse_input

OUTER = parse_flow(
    {
        "flow": "outer", "title": "Outer", "owner": "CX", "trigger": {"on": "message"},
        "start": "greet",
        "steps": {
            "greet": {"type": "send", "text": "Hi", "then": "go"},
            "go": {"type": "subflow", "flow": "inner", "then": "over"},
            "over": {"type": "end"},
        },
    }
)  # fmt: skip


@pytest.mark.req("GV10")
def test_each_way_is_counted_as_often_as_turns_took_it() -> None:
    paths = {"greet": 2, "greet go inner.a inner.b over": 3, "inner.b over": 4, "gone away": 5}
    assert passages(OUTER, paths) == {("greet", "go"): 3, ("go", "over"): 7}
    assert passages(OUTER, {}) == {}


@given(LIBRARIES, RUNS)
def test_what_the_interpreter_took_is_found_again(library: Library, inputs: list[Json]) -> None:
    """Whatever a first turn goes through, all of its ways of the flow itself are counted."""
    flow, begun = library.flows["any", 1], parse_input(inputs[0])
    assert isinstance(begun, Happened)
    steps = outreach.begin(flow, 1, a_scene(), begun, library).steps
    own = [step for step in steps if "." not in step]
    assert sum(passages(flow, {" ".join(steps): 1}).values()) == max(len(own) - 1, 0)
