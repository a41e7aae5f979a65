"""Flow documents: each fault is found with its path, and all of them at once."""

from copy import deepcopy
from typing import Any

import pytest

from baton.core.errors import InvalidInput
from baton.flows import document, steps
from baton.services.packs import list_packs, load_pack

GOOD: dict[str, Any] = {
    "flow": "faq",
    "title": "Questions",
    "owner": "CX lead",
    "trigger": {"on": "message"},
    "start": "menu",
    "steps": {
        "menu": {
            "type": "ask",
            "kind": "choice",
            "text": "1 or 2?",
            "choices": [
                {"key": "1", "label": "One", "then": "ask"},
                {"key": "2", "label": "Two", "then": "fork"},
            ],
            "otherwise": "answer",
            "silence": "2h",
            "on_silence": "done",
        },
        "ask": {"type": "ask", "text": "What?", "then": "answer"},
        "fork": {
            "type": "branch",
            "cases": [{"when": "run.topic == 'a'", "then": "say"}],
            "otherwise": "wait",
        },
        "answer": {"type": "answer", "answered": "rate", "unanswered": "over"},
        "rate": {"type": "survey", "text": "1-5?", "thanks": "Thanks.", "then": "done"},
        "say": {"type": "send", "text": "Hello.", "then": "done"},
        "wait": {"type": "wait", "for": "csat_delay", "then": "done", "on_message": "answer"},
        "over": {"type": "handoff", "because": "failed"},
        "done": {"type": "end", "outcome": "resolved"},
    },
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the good document with one value replaced; None takes the key away."""
    made = deepcopy(GOOD)
    *outer, last = (int(part) if part.isdigit() else part for part in path.split("."))
    at: Any = made
    for part in outer:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return made


def faults_of(raw: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        document.parse(raw)
    return refused.value.fields


def test_a_good_document_becomes_a_flow_with_every_step_type() -> None:
    flow = document.parse(GOOD)
    assert (flow.name, flow.owner, flow.start) == ("faq", "CX lead", "menu")
    assert {step.type for step in flow.steps.values()} == set(steps.TYPES)


@pytest.mark.parametrize("pack", list_packs())
def test_the_flows_of_every_pack_parse(pack: str) -> None:
    for name, raw in load_pack(pack).flows.items():
        assert document.parse(raw).name == name


@pytest.mark.req("GV2", "GV7")
@pytest.mark.parametrize(
    ("path", "value", "at", "words"),
    [
        ("flow", None, "flow", "is missing"),
        ("title", 5, "title", "must be a text"),
        ("owner", "", "owner", "must be a text"),
        ("trigger", "full_moon", "trigger", "must be one of message, conversation_resolved"),
        ("colour", "red", "colour", "is unknown here; known are flow, owner"),
        ("steps.done.type", "stop", "steps.done.type", "must be one of answer, ask"),
        ("steps.done.outcome", "won", "steps.done.outcome", "must be resolved"),
        ("steps.done.then", "menu", "steps.done.then", "is unknown here"),
        ("steps.done", "x", "steps.done", "must be a mapping"),
        ("steps.say.text", None, "steps.say.text", "is missing"),
        ("steps.say.then", "nowhere", "steps.say", "goes to 'nowhere', which does not exist"),
        ("steps.menu.choices", [], "steps.menu.choices", "a list with at least one entry"),
        ("steps.menu.choices.0", "x", "steps.menu.choices.0", "must be a mapping"),
        ("steps.menu.choices.0.key", None, "steps.menu.choices.0.key", "is missing"),
        ("steps.menu.choices.1.key", "1", "steps.menu.choices.1.key", "'1' is taken by another"),
        ("steps.menu.choices.1.label", "ONE", "steps.menu.choices.1.key", "'one' is taken"),
        ("steps.menu.choices.1.key", "one", "steps.menu.choices.1.key", "'one' is taken"),
        ("steps.menu.choices.0.colour", "red", "steps.menu.choices.0.colour", "is unknown"),
        ("steps.menu.silence", "soon", "steps.menu.silence", "is no duration"),
        ("steps.menu.on_silence", None, "steps.menu.silence", "needs on_silence beside it"),
        ("steps.menu.silence", None, "steps.menu.silence", "needs on_silence beside it"),
        ("steps.ask.silence", "2h", "steps.ask.silence", "needs on_silence beside it"),
        ("steps.ask.on_silence", "done", "steps.ask.silence", "needs on_silence beside it"),
        ("steps.fork.cases", "x", "steps.fork.cases", "must be a list"),
        ("steps.fork.cases.0.is", None, "steps.fork.cases.0.is", "is missing"),
        ("steps.wait.for", "a while", "steps.wait.for", "must be a span such as 10m"),
        ("steps.wait.for", None, "steps.wait.for", "must be a span such as 10m"),
        ("steps.over.because", None, "steps.over.because", "is missing"),
        ("steps.lost", {"type": "end"}, "steps.lost", "can never be reached"),
        ("start", "nowhere", "start", "there is no step 'nowhere'"),
    ],
)
def test_each_fault_is_found_with_its_path(path: str, value: object, at: str, words: str) -> None:
    assert words in faults_of(changed(path, value))[at]


@pytest.mark.parametrize("raw", [None, [], "flow", 5])
def test_what_is_no_mapping_is_no_flow(raw: object) -> None:
    assert faults_of(raw) == {"flow": "a flow document must be a mapping"}


def test_every_fault_is_told_at_once() -> None:
    raw = changed("owner", None)
    raw["steps"]["say"]["then"] = "nowhere"
    raw["steps"]["over"].pop("because")
    raw["steps"]["lost"] = {"type": "end"}
    assert set(faults_of(raw)) == {"owner", "steps.say", "steps.over.because", "steps.lost"}
