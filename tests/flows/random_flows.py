"""Any flow that the parser takes, of every step type, and anything that may come to it."""

from typing import Any

from hypothesis import strategies as st

from baton.core.json import Json
from baton.flows.document import Flow, Library
from tests.flows.scenes import library_of, parse_flow

NAMES = [f"s{number}" for number in range(6)]
TARGETS = st.sampled_from(NAMES)
FACTS = {"topic": "text", "count": "number", "starts_at": "time", "day": "date", "paid": "flag"}
EVENTS = ("moved", "paid", "goal")
CONDITIONS = st.sampled_from(
    [
        "run.topic == 'a'",
        "run.count > 2",
        "run.starts_at > now",
        "run.day > now",
        "run.paid",
        "event.booking == run.topic",
        "'vip' in contact.tags",
        "true",
    ]
)
SPANS = st.sampled_from(["0s", "5m", "1d", "30d"])
CLOCKS = st.sampled_from(["00:00", "02:30", "09:30", "23:59"])
LINES = st.sampled_from(
    ["Hello.", "Hi {{ contact.name }}.", "{{ run.topic | default: 'it' }}", "1 or 2?", "{{ gone }}"]
)


def _step(type_: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Json]]:
    return st.fixed_dictionaries({"type": st.just(type_), **fields})


def _asking(kind: str) -> st.SearchStrategy[dict[str, Json]]:
    save = {"message": "topic", "text": "topic", "number": "count", "date": "day"}
    return _step(
        "ask", kind=st.just(kind), text=LINES, save=st.just(save.get(kind, "topic")),
        then=TARGETS, otherwise=TARGETS, silence=SPANS, on_silence=TARGETS,
    )  # fmt: skip


_EVENTS = st.lists(
    st.fixed_dictionaries(
        {"event": st.sampled_from(EVENTS), "when": CONDITIONS, "then": TARGETS}
    ),
    min_size=1, max_size=2,
)  # fmt: skip
_KINDS: dict[str, st.SearchStrategy[dict[str, Json]]] = {
    "send": _step("send", text=LINES, then=TARGETS),
    "send in full": _step(
        "send",
        text=LINES,
        by_channel=st.just({"sms": "Hi."}),
        link=st.just({"label": "Go", "url": "https://x.example"}),
        subject=LINES,
        opt_out=st.booleans(),
        translations=st.just([{"language": "es", "text": "Hola.", "link_label": "Ir"}]),
        then=TARGETS,
    ),
    "ask": st.sampled_from(["message", "text", "date", "number", "photo", "reference"]).flatmap(
        _asking
    ),
    "choice": _step(
        "ask", kind=st.just("choice"), text=LINES, save=st.just("topic"), otherwise=TARGETS,
        choices=st.tuples(TARGETS, TARGETS).map(
            lambda pair: [
                {"key": "1", "label": "One", "then": pair[0]},
                {"key": "2", "label": "Two", "then": pair[1]},
            ]
        ),
    ),
    "ask before": _step(
        "ask",
        kind=st.just("choice"),
        text=LINES,
        before=SPANS,
        of=st.just("starts_at"),
        on_silence=TARGETS,
        events=_EVENTS,
        channels=st.sampled_from([["sms"], ["email", "sms"]]),
        by_channel=st.just({"sms": "1?"}),
        choices=TARGETS.map(
            lambda then: [
                {"key": "1", "label": "One", "also": ["yes"], "labels": {"es": "Uno"}, "then": then}
            ]
        ),
    ),
    "answer": _step("answer", answered=TARGETS, unanswered=TARGETS),
    "branch": _step(
        "branch", otherwise=TARGETS,
        cases=st.lists(
            st.fixed_dictionaries({"when": CONDITIONS, "then": TARGETS}), min_size=1, max_size=2
        ),
    ),
    "wait": _step("wait", **{"for": SPANS, "then": TARGETS, "on_message": TARGETS}),
    "wait before": _step(
        "wait", before=SPANS, of=st.just("starts_at"), at=CLOCKS, if_past=TARGETS, then=TARGETS,
        events=_EVENTS,
    ),
    "wait for events": _step("wait", events=_EVENTS),
    "do": _step(
        "do", action=st.just("book"), save=st.just({"topic": "text"}), then=TARGETS,
        failed=TARGETS, **{"with": st.just({"n": "run.count + 1"})},
    ),
    "score": _step("score", score=st.just("churn"), by=st.sampled_from([1, -0.5]), then=TARGETS),
    "tag": _step("tag", add=st.just(["vip"]), then=TARGETS),
    "task": _step("task", title=LINES, queue=st.just("general"), then=TARGETS),
    "handoff": _step("handoff", because=st.just("enough")),
    "offer": _step(
        "offer", offer=st.sampled_from(["towel", "class"]), text=LINES, then=TARGETS,
        taken=TARGETS,
    ),
    "survey": _step(
        "survey", kind=st.sampled_from(["csat", "nps"]), text=LINES, thanks=LINES,
        save=st.just("count"), then=TARGETS,
    ),
    "split": _step(
        "split", split=st.sampled_from(["a", "b"]),
        variants=st.tuples(TARGETS, TARGETS).map(
            lambda pair: [
                {"name": "x", "share": 30, "then": pair[0]},
                {"name": "y", "share": 70, "then": pair[1]},
            ]
        ),
    ),
    "digest": _step(
        "digest", digest=st.just("news"), text=LINES, opening=st.just("News:"), at=CLOCKS,
        then=TARGETS,
    ),
    "subflow": _step("subflow", flow=st.sampled_from(["any", "inner", "nowhere"]), then=TARGETS),
    "set": _step(
        "set", then=TARGETS,
        values=st.sampled_from(
            [
                {"count": "run.count + 1"}, {"count": "1", "topic": "'a'"}, {"paid": "true"},
                {"starts_at": "now + duration('48h')"}, {"day": "now"}, {"topic": "event.booking"},
            ]
        ),
    ),
    "end": st.just({"type": "end", "outcome": "resolved"}),
}  # fmt: skip
STEPS = st.one_of(*_KINDS.values())
KINDS = frozenset(name.split()[0].replace("choice", "ask") for name in _KINDS)
"""The step types that random flows are made of; a test says that none is missing."""


def document_of(name: str, steps: dict[str, Json], sends: int = 4) -> dict[str, Json]:
    facts: dict[str, Json] = {**FACTS}
    return {
        "flow": name, "title": "Any", "owner": "CX", "facts": facts,
        "trigger": {"on": "event", "event": "booked"}, "goal": {"event": "goal"},
        "limits": {"sends_per_day": sends}, "start": "s0", "steps": _only_reachable(steps),
    }  # fmt: skip


DOCUMENTS = st.builds(
    document_of, st.just("any"), st.fixed_dictionaries(dict.fromkeys(NAMES, STEPS)),
    st.integers(1, 4),
)  # fmt: skip
FLOWS: st.SearchStrategy[Flow] = DOCUMENTS.map(parse_flow)
LIBRARIES: st.SearchStrategy[Library] = st.builds(
    lambda outer, steps: library_of(outer, parse_flow(document_of("inner", steps))),
    FLOWS,
    st.fixed_dictionaries(dict.fromkeys(NAMES, STEPS)),
)
"""A flow `any` with one that it may go through, `inner`."""

_BROUGHT = st.fixed_dictionaries(
    {},
    optional={
        "topic": st.sampled_from(["a", "b"]),
        "count": st.integers(-1, 5),
        "starts_at": st.sampled_from(
            ["2026-03-02T10:30:00+00:00", "2026-03-29T03:00:00+02:00", "2025-01-01T00:00:00+00:00"]
        ),
        "day": st.sampled_from(["2026-03-02", "2026-12-31"]),
        "paid": st.booleans(),
    },
)
BEGINNINGS = _BROUGHT.map(lambda facts: {"happens": "booked", "facts": facts})
_LATER = st.integers(0, 40 * 24 * 60).map(lambda minutes: {"after": minutes})
INPUTS = st.one_of(
    st.sampled_from(
        [
            {"says": "when", "means": [["hours", 0.9]]},
            {"says": "where", "means": [["parking", 0.6]]},
            {"says": "a"},
            {"says": "1"},
            {"says": "One"},
            {"says": "yes"},
            {"says": "8/10"},
            {"says": "BK-7741"},
            {"says": "[photo a1]"},
            {"says": "tomorrow", "names": [["date", "tomorrow"]]},
            {"says": "2"},
            None,
            {"happens": "moved", "facts": {"booking": "a"}},
            {"happens": "moved", "facts": {"booking": {"deep": [None, 1.5]}}},
            {"happens": "paid"},
            {"ends": 1, "result": {"topic": "a"}},
            {"ends": 2, "result": {"topic": 5}},
            {"ends": 1, "problem": "down"},
        ]
    ),
    _LATER,
)
RUNS = st.tuples(BEGINNINGS, st.lists(INPUTS, max_size=7)).map(lambda pair: [pair[0], *pair[1]])
"""What comes to a run, its beginning first."""


def _only_reachable(steps: dict[str, Json]) -> dict[str, Json]:
    """Leave out what the parser would refuse: steps that no other leads to."""
    kept, frontier = {"s0"}, ["s0"]
    while frontier:
        named = str(steps[frontier.pop()])
        for name in NAMES:
            if f"'{name}'" in named and name not in kept:
                kept.add(name)
                frontier.append(name)
    return {name: steps[name] for name in NAMES if name in kept}
