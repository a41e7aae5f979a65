"""`baton check`: each fault is found, by its rule, in its place, and nothing else is."""

import re
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.json import Json
from baton.core.policy import Policy
from baton.flows import document
from baton.flows.check import RULES, Approved, QuietHours, Severity, Surroundings, check
from baton.flows.check.shape import SHAPES
from baton.flows.document import Flow
from baton.services.flows.flow_checks import UNREADABLE, check_library, check_pack, check_texts
from baton.services.workspace import packs
from baton.services.writing import documents

FAULTS = Path(__file__).parent / "faults"
DOCUMENTS = sorted(FAULTS.glob("*.yaml"))
_EXPECTED = re.compile(r"^# expect: (\w+) (\d+):(\d+)$", re.MULTILINE)


def flow(raw: str) -> Flow:
    """Return a flow that stands around the one under test."""
    return document.parse(documents.read(raw, file="around.yaml").value)


AROUND = {
    "collect_evidence": """
flow: collect_evidence
title: Evidence
owner: CX lead
trigger: {on: call}
facts: {order: text, item: text}
start: ask
steps:
  ask: {type: ask, kind: photo, text: "Order {{ run.order }}: send a photo of {{ run.item }}.",
    save: photo, then: done, otherwise: person}
  person: {type: handoff, because: no_photo}
  done: {type: end}
""",
    "second_half": """
flow: second_half
title: The other half
owner: CX lead
trigger: {on: call}
start: back
steps:
  back: {type: subflow, flow: first_half, then: done}
  done: {type: end}
""",
    "join": """
flow: join
title: Joining
owner: CX lead
trigger: {on: keyword, keyword: join, intents: [joining]}
start: done
steps:
  done: {type: end}
""",
}
KNOWN = Surroundings(
    flows={name: flow(raw) for name, raw in AROUND.items()},
    events={
        "booking_created": (),
        "booking_moved": (),
        "booking_cancelled": (),
        "order_shipped": ("order",),
    },
    actions=frozenset({"book_slot", "release_slot"}),
    templates=frozenset({Approved(name="reminder", language="en")}),
    channels=("whatsapp", "sms", "email", "webchat", "push"),
    kpis=frozenset(
        {"no_show_rate", "reschedule_calls", "csat", "nps", "escalation_rate", "first_response"}
        | {"handle_time", "time_to_human"}
    ),
    quiet_hours=QuietHours(start=time(21), end=time(8)),
    keywords=frozenset({"TRACK"}),
    places=frozenset({"location.phone", "business.name", "business.site_url"}),
)
UNCONNECTED = replace(
    KNOWN, actions=None, named_actions=frozenset({"book_slot", "release_slot", "find_member"})
)
STRICT = replace(KNOWN, policy=Policy(approved_copy="sms:transactional"))
KNOWN_TO = {"odd_action": UNCONNECTED, "no_copy": STRICT}  # all others know what is connected
NAMES = {UNREADABLE, *(shape.name for shape in SHAPES), *(rule.name for rule in RULES)}


def expected_in(text: str) -> list[tuple[str, int, int]]:
    return sorted((rule, int(line), int(column)) for rule, line, column in _EXPECTED.findall(text))


@pytest.mark.req("C6", "C18", "E19", "E31", "FQ3", "G53", "GV2", "K25", "PL11")
@pytest.mark.req("T7", "T8", "T11", "T23", "TP3", "TP4", "TP6", "TP10", "X31")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_each_fault_is_found_in_its_place_and_no_other(path: Path) -> None:
    text = path.read_text("utf-8")
    found = check_texts({path.name: text}, KNOWN_TO.get(path.stem, KNOWN))
    assert [
        (one.rule, one.problem.line, one.problem.column)
        for one in sorted(found, key=lambda one: (one.rule, one.problem.line, one.problem.column))
    ] == expected_in(text)
    assert all(one.problem.message and one.mend for one in found)


def test_every_rule_has_a_document_that_breaks_it() -> None:
    broken = {rule for path in DOCUMENTS for rule, *_ in expected_in(path.read_text("utf-8"))}
    assert broken == NAMES


def test_the_severities_are_what_the_rules_say() -> None:
    found = {
        one.rule: one.severity
        for path in DOCUMENTS
        for one in check_texts({path.name: path.read_text("utf-8")}, KNOWN_TO.get(path.stem, KNOWN))
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
        "odd_action",
        "quiet_hours",
        "same_trigger",
        "stands_in",
        "channels_off",
    ],
)
def test_without_surroundings_there_is_nothing_to_say(name: str) -> None:
    assert check_texts({name: (FAULTS / f"{name}.yaml").read_text("utf-8")}) == ()


def test_the_flows_of_a_folder_know_each_other() -> None:
    text = (FAULTS / "unknown_flow.yaml").read_text("utf-8")
    around = {"evidence.yaml": AROUND["collect_evidence"], "reminders.yaml": text}
    rules = {one.rule for one in check_texts(around, is_whole=True)}
    assert "unknown_flow" in rules
    mended = around | {"reminders.yaml": text.replace("colect_", "collect_")}
    assert "unknown_flow" not in {one.rule for one in check_texts(mended, is_whole=True)}


def rules_of(name: str, around: Surroundings) -> set[str]:
    text = (FAULTS / f"{name}.yaml").read_text("utf-8")
    return {one.rule for one in check_texts({name: text}, around)}


def test_only_one_flow_can_take_any_message() -> None:
    taking = flow((FAULTS / "none_long_answer.yaml").read_text("utf-8"))
    assert rules_of("loop_of_words", KNOWN) == {"loop_without_wait"}
    around = replace(KNOWN, flows={"questions": taking})
    assert rules_of("loop_of_words", around) == {"loop_without_wait", "same_trigger"}


def test_what_a_name_really_holds_counts_in_lengths() -> None:
    known = replace(KNOWN, examples={"run.class_name": "Yoga" * 75})
    assert rules_of("none_plain", KNOWN) == set()
    assert rules_of("none_plain", known) == {"costly_sms"}


def test_quiet_hours_may_lie_within_a_day() -> None:
    at_noon = replace(KNOWN, quiet_hours=QuietHours(start=time(6), end=time(7)))
    assert rules_of("quiet_hours", at_noon) == {"quiet_hours"}
    assert rules_of("quiet_schedule", at_noon) == set()


@pytest.mark.parametrize("raw", [None, [], "flow", 5])
def test_what_is_no_mapping_is_one_fault_at_its_beginning(raw: Json) -> None:
    (fault,) = check(raw)
    assert (fault.path, fault.severity) == ((), Severity.ERROR)


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
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS,
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
    node: Any = raw
    for part in outer:
        node = node[part]
    node[last] = data.draw(ANYTHING)
    check(raw, KNOWN)


HARD: tuple[tuple[str, object], ...] = (
    ("silence", "999999999999999d"),
    ("silence", "9" * 5_000 + "s"),
    ("text", "half a character: \ud800"),
    ("text", "{% if run.guests %}" * 3_000),
    ("text", "{{ run.class_name | split: '' | sum }}"),
    ("text", "{% include 'another' %}"),
    ("save", "x" * 10_000),
    ("of", float("inf")),
)


@pytest.mark.parametrize(("field", "value"), HARD)
def test_hard_values_of_a_step_are_faults_and_no_more(field: str, value: Json) -> None:
    raw = documents.read((FAULTS / "none_asked_first.yaml").read_text("utf-8"), file="f").value
    changed: Any = raw
    changed["steps"]["confirm"][field] = value
    assert check(changed, KNOWN)


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 10**400, 1e300, -1])
def test_numbers_that_count_nothing_are_wrong_values(number: Json) -> None:
    raw = documents.read((FAULTS / "none_plain.yaml").read_text("utf-8"), file="f").value
    changed: Any = raw
    changed["triage"]["complexity"] = number
    assert [one.rule for one in check(changed)] == ["wrong_value"]


@pytest.mark.parametrize(
    "source",
    [
        "(" * 900,
        "[[[[" * 200,
        "\x00",
        "1+" * 400 + "1 > 0",
        "a" * 5_000,
        "r'\\'",
        "run",
        "duration",
    ],
)
def test_hard_conditions_are_faults_and_no_more(source: str) -> None:
    raw = documents.read((FAULTS / "none_asked_first.yaml").read_text("utf-8"), file="f").value
    changed: Any = raw
    changed["steps"]["fork"]["cases"][0]["when"] = source
    assert {"bad_expression", "unknown_in_condition"} & {one.rule for one in check(changed)}


def _spots(node: Json, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    inside: list[tuple[str | int, Json]] = []
    if isinstance(node, dict):
        inside = [*node.items()]
    elif isinstance(node, list):
        inside = [*enumerate(node)]
    below = {spot for part, value in inside for spot in _spots(value, (*path, part))}
    return below | ({path} if path else set())


# What is shipped, and what is said of it.


@pytest.mark.parametrize("pack", packs.list_packs())
def test_the_flows_of_every_pack_have_no_fault(pack: str) -> None:
    assert check_pack(pack) == ()


@pytest.mark.req("TP1")
def test_the_flows_to_start_from_have_no_fault() -> None:
    assert check_library() == ()


def test_the_page_lists_every_rule_with_its_severity() -> None:
    page = (Path(__file__).parents[2] / "docs/flows-check.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    rules = [(rule.name, rule.severity.value, rule.about) for rule in RULES]
    shapes = [(shape.name, "error", shape.about) for shape in SHAPES]
    assert sorted(listed[1:]) == sorted([*shapes, *rules])
    assert listed[0][0] == UNREADABLE


@pytest.mark.req("TP2")
def test_an_approved_template_fills_in_nothing_that_the_flow_does_not_know() -> None:
    text = (FAULTS / "none_plain.yaml").read_text("utf-8")
    text = text.replace('class_name }}.", then', 'class_name }}.", template: reminder, then')

    def faults_with(body: str) -> list[tuple[str, str]]:
        approved = frozenset({Approved(name="reminder", language="en", body=body)})
        found = check_texts({"x": text}, replace(KNOWN, templates=approved))
        return [(one.rule, one.problem.path) for one in found]

    assert faults_with("Soon: {{ run.class_name }} at {{ run.starts_at | time }}, come!") == []
    assert faults_with("Soon: {{ run.clas_name }}, come!") == [
        ("unknown_name", "steps.confirm.template")
    ]
