"""The picture of a flow: every step and way is in it, and nothing lies over anything else."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.json import Json
from baton.flows import document
from baton.flows.document import Flow
from baton.flows.fields import Fields
from baton.flows.layout import BOX_HEIGHT, BOX_WIDTH, layout
from baton.services.writing import documents
from tests.support.flows import REMINDERS


def a_flow(ways: dict[str, list[str]]) -> Flow:
    steps: dict[str, Json] = {
        name: {
            "type": "branch",
            "cases": [{"when": f"run.x == {n}", "then": to} for n, to in enumerate(targets)],
            "otherwise": targets[0] if targets else "nowhere",
        }
        for name, targets in ways.items()
    }
    raw: dict[str, Json] = {"trigger": {"on": "call"}, "start": "s0", "steps": steps}
    found = document.head_of(Fields(raw=raw, path="", problems={}))
    assert found is not None
    return found


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"s{n}" for n in range(draw(st.integers(1, 9)))]
    return {name: draw(st.lists(st.sampled_from(names), unique=True, max_size=4)) for name in names}


@given(graphs())
def test_every_way_is_drawn_and_no_box_covers_another(ways: dict[str, list[str]]) -> None:
    flow = a_flow(ways)
    found = layout(flow)
    assert {box.name for box in found.boxes} == set(ways)
    assert {(line.start, line.to) for line in found.lines} == {
        (name, to) for name, targets in ways.items() for to in targets
    }
    for one, other in combinations(found.boxes, 2):
        is_beside = abs(one.x - other.x) >= BOX_WIDTH
        assert is_beside or abs(one.y - other.y) >= BOX_HEIGHT
    for x, y in corners(flow):
        assert 0 <= x <= found.width
        assert 0 <= y <= found.height
    assert layout(flow) == found


def corners(flow: Flow) -> Iterator[tuple[float, float]]:
    for box in layout(flow).boxes:
        yield box.x, box.y
        yield box.x + BOX_WIDTH, box.y + BOX_HEIGHT
    for line in layout(flow).lines:
        yield from line.points


def test_steps_stand_below_what_leads_to_them() -> None:
    flow = document.parse(documents.read(REMINDERS, file="").value)
    found = layout(flow)
    height = {box.name: box.y for box in found.boxes}
    assert height["day_before"] < height["remind"] < height["sure"] < height["done"]
    assert all(height[line.start] < height[line.to] for line in found.lines)
    labels = {(line.start, line.to): line.labels for line in found.lines}
    assert labels["day_before", "remind"] == ("1d before starts_at", "already past")
    assert labels["sure", "person"] == ("No", "other words")


@pytest.mark.parametrize("loop", [["s0"], ["s1", "s0"]], ids=["itself", "through_another"])
def test_a_way_back_is_marked(loop: list[str]) -> None:
    found = layout(a_flow({"s0": [loop[0]], "s1": ["s0"]}))
    back = {(line.start, line.to) for line in found.lines if line.leads_back}
    assert back == {(loop[-1] if len(loop) == 1 else "s1", "s0")} | (
        set() if len(loop) == 2 else {("s0", "s0")}
    )
