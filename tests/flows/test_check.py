"""`baton check`: each fault is found, by its rule, in its place, and nothing else is."""

import re
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.json import Json
from baton.flows import document
from baton.flows.check import RULES, Approved, QuietHours, Severity, Surroundings, check
from baton.flows.check.shape import SHAPES
from baton.flows.document import Flow
from baton.services import documents
from baton.services.flow_checks import UNREADABLE, check_texts

FAULTS = Path(__file__).parent / "faults"
DOCUMENTS = sorted(FAULTS.glob("*.yaml"))
_EXPECTED = re.compile(r"^# expect: (\w+) (\d+):(\d+)$", re.MULTILINE)


def flow(raw: str) -> Flow:
    """Return a flow that stands around the one under test."""
    return document.parse(documents.read(raw, file="around.yaml").value)


AROUND = (
    """
flow: collect_evidence
title: Evidence
owner: CX lead
trigger: {on: call}
facts: {order: text, item: text}
start: ask
steps:
  ask: {type: ask, kind: photo, text: Send a photo., save: photo, then: done}
  done: {type: end}
""",
    """
flow: second_half
title: The other half
owner: CX lead
trigger: {on: call}
start: back
steps:
  back: {type: subflow, flow: first_half, then: done}
  done: {type: end}
""",
    """
flow: join
title: Joining
owner: CX lead
trigger: {on: keyword, keyword: join}
start: done
steps:
  done: {type: end}
""",
)
KNOWN = Surroundings(
    flows={one.name: one for one in map(flow, AROUND)},
    events={
        "booking_created": (),
        "booking_moved": (),
        "booking_cancelled": (),
        "order_shipped": ("order",),
    },
    actions=frozenset({"book_slot", "release_slot"}),
    templates=frozenset({Approved(name="reminder", language="en")}),
    channels=("whatsapp", "sms", "email", "webchat", "push"),
    kpis=frozenset({"no_show_rate", "reschedule_calls", "csat", "nps", "escalation_rate"}),
    quiet_hours=QuietHours(start=time(21), end=time(8)),
    keywords=frozenset({"TRACK"}),
    places=frozenset({"location.phone", "business.name", "business.site_url"}),
)


def expected_in(text: str) -> list[tuple[str, int, int]]:
    return sorted((rule, int(line), int(column)) for rule, line, column in _EXPECTED.findall(text))


@pytest.mark.req("C6", "C18", "E19", "E31", "FQ3", "G53", "GV2", "K25", "PL11")
@pytest.mark.req("T7", "T8", "T11", "TP3", "TP4", "TP6", "TP10", "X31")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_each_fault_is_found_in_its_place_and_no_other(path: Path) -> None:
    text = path.read_text("utf-8")
    found = check_texts({path.name: text}, KNOWN)
    assert [
        (one.rule, one.problem.line, one.problem.column)
        for one in sorted(found, key=lambda one: (one.rule, one.problem.line, one.problem.column))
    ] == expected_in(text)
    assert all(one.problem.message and one.mend for one in found)


def test_every_rule_has_a_document_that_breaks_it() -> None:
    broken = {rule for path in DOCUMENTS for rule, *_ in expected_in(path.read_text("utf-8"))}
    assert broken == {one.name for one in (*SHAPES, *RULES)} | {UNREADABLE}


def test_the_severities_are_what_the_rules_say() -> None:
    found = {
        one.rule: one.severity
        for path in DOCUMENTS
        for one in check_texts({path.name: path.read_text("utf-8")}, KNOWN)
    }
    said = {rule.name: rule.severity for rule in RULES}
    of_reading = {UNREADABLE, *(shape.name for shape in SHAPES)}
    assert found == said | dict.fromkeys(of_reading, Severity.ERROR)


# What is not known is not judged: no rule may guess.


@pytest.mark.parametrize(
    "name",
    [
        "unknown_kpi",
        "unknown_flow",
        "recursion_by_another",
        "subflow_facts",
        "unknown_place",
        "unknown_event",
        "unknown_action",
        "quiet_hours",
        "same_trigger",
        "channels_off",
    ],
)
def test_without_surroundings_there_is_nothing_to_say(name: str) -> None:
    assert check_texts({name: (FAULTS / f"{name}.yaml").read_text("utf-8")}) == ()


def test_the_flows_of_a_folder_know_each_other() -> None:
    text = (FAULTS / "unknown_flow.yaml").read_text("utf-8")
    around = {"evidence.yaml": AROUND[0], "reminders.yaml": text}
    rules = {one.rule for one in check_texts(around, is_whole=True)}
    assert "unknown_flow" in rules
    mended = around | {"reminders.yaml": text.replace("colect_", "collect_")}
    assert "unknown_flow" not in {one.rule for one in check_texts(mended, is_whole=True)}


# Whatever a document is, a check ends with an answer.


KEYS = st.sampled_from(
    ["flow", "title", "owner", "trigger", "on", "event", "start", "steps", "type", "text", "then",
     "facts", "goal", "when", "kpis", "gates", "for", "before", "of", "at", "silence", "choices",
     "limits", "triage", "translations", "link", "by_channel", "values", "cases", "variants"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["message", "event", "send", "ask", "wait", "a", "b", "9d", "{{ run.x", "{{ run.x | time }}",
     "run.x > 1", "(((", "done", "whatsapp", "999999999999999d", "{% if %}", "25:61", "money"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=6)
    ),
    max_leaves=25,
)


@given(ANYTHING)
def test_check_never_raises_for_any_document(raw: Json) -> None:
    found = check(raw, KNOWN)
    assert found or isinstance(raw, dict)


@given(st.data())
def test_check_never_raises_for_a_good_document_with_anything_in_it(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(DOCUMENTS))
    if path.stem == UNREADABLE:
        return
    raw = documents.read(path.read_text("utf-8"), file=path.name).value
    assert isinstance(raw, dict)
    spots = sorted(_spots(raw), key=str)
    *outer, last = data.draw(st.sampled_from(spots))
    node = raw
    for part in outer:
        node = node[part]  # type: ignore[assignment,index,call-overload] # a path found in it
    node[last] = data.draw(ANYTHING)
    check(raw, KNOWN)


def _spots(node: Json, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    inside: list[tuple[str | int, Json]] = []
    if isinstance(node, dict):
        inside = [*node.items()]
    elif isinstance(node, list):
        inside = [*enumerate(node)]
    below = {spot for part, value in inside for spot in _spots(value, (*path, part))}
    return below | ({path} if path else set())
