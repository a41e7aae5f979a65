"""The interpreter: bounded for any flow, and the same whether a run is saved or not."""

from hypothesis import given
from hypothesis import strategies as st

from baton.core.escalation import Reason
from baton.core.json import Json
from baton.core.policy import Policy
from baton.flows import interpreter, run
from baton.flows.document import Flow
from baton.flows.effects import Choice, OfferHandoff, SetTimer
from baton.flows.run import RunState
from baton.flows.scene import Awaits, Input, TimeUp, Waiting
from tests.flows.scenes import a_scene, parse_flow, render_advance, said, trace

NAMES = [f"s{number}" for number in range(6)]
TARGETS = st.sampled_from(NAMES)
STEPS = st.one_of(
    st.builds(lambda then: {"type": "send", "text": "Hello.", "then": then}, TARGETS),
    st.builds(
        lambda a, b: {"type": "answer", "answered": a, "unanswered": b}, TARGETS, TARGETS
    ),
    st.builds(
        lambda then, quiet: {
            "type": "ask", "text": "What?", "save": "topic", "then": then, "silence": "1h",
            "on_silence": quiet,
        },
        TARGETS, TARGETS,
    ),
    st.builds(
        lambda then, other: {
            "type": "branch", "cases": [{"when": "run.topic == 'a'", "then": then}],
            "otherwise": other,
        },
        TARGETS, TARGETS,
    ),
    st.builds(
        lambda then, other: {
            "type": "ask", "kind": "choice", "text": "1?",
            "choices": [{"key": "1", "label": "One", "then": then}],
            "otherwise": other,
        },
        TARGETS, TARGETS,
    ),
    st.builds(
        lambda then, heard: {"type": "wait", "for": "5m", "then": then, "on_message": heard},
        TARGETS, TARGETS,
    ),
    st.builds(
        lambda then: {"type": "survey", "text": "1-5?", "thanks": "Thanks.", "then": then},
        TARGETS,
    ),
    st.just({"type": "end"}),
    st.just({"type": "handoff", "because": "enough"}),
)  # fmt: skip


def _only_reachable(steps: dict[str, dict[str, Json]]) -> dict[str, Json]:
    """Leave out what the parser would refuse: steps that no other leads to."""
    kept, frontier = {"s0"}, ["s0"]
    while frontier:
        step = steps[frontier.pop()]
        named = str(step)
        for name in NAMES:
            if f"'{name}'" in named and name not in kept:
                kept.add(name)
                frontier.append(name)
    return {name: steps[name] for name in NAMES if name in kept}


FLOWS = st.fixed_dictionaries(dict.fromkeys(NAMES, STEPS)).map(
    lambda steps: parse_flow(
        {
            "flow": "any", "title": "Any", "owner": "CX", "trigger": {"on": "message"},
            "start": "s0",
            "steps": _only_reachable(steps),
        }
    )
)  # fmt: skip
INPUTS: st.SearchStrategy[list[Input]] = st.lists(
    st.sampled_from(
        [
            said("when", ("hours", 0.9)),
            said("where", ("parking", 0.6)),
            said("a"),
            said("1"),
            said("One"),
            TimeUp(),
        ]
    ),
    min_size=1,
    max_size=6,
)


@given(FLOWS, INPUTS, st.integers(1, 25))
def test_no_turn_takes_more_steps_than_allowed(flow: Flow, inputs: list[Input], limit: int) -> None:
    scene = a_scene(policy=Policy(max_steps_per_turn=limit))
    state: RunState | None = None
    for given_input in inputs:
        if state is None:
            advance = interpreter.start(flow, 1, scene, None)
        else:
            advance = interpreter.resume(flow, state, scene, given_input)
        assert len(advance.steps) <= limit
        offers = [effect for effect in advance.effects if isinstance(effect, OfferHandoff)]
        assert len(offers) <= 1
        assert not (offers and advance.state)
        assert sum(isinstance(effect, SetTimer) for effect in advance.effects) <= 1
        state = advance.state


@given(FLOWS, INPUTS)
def test_saving_between_turns_changes_nothing(flow: Flow, inputs: list[Input]) -> None:
    scene = a_scene()
    assert trace(flow, inputs, scene, saves=True) == trace(flow, inputs, scene, saves=False)


@given(FLOWS, INPUTS)
def test_the_same_run_does_the_same(flow: Flow, inputs: list[Input]) -> None:
    scene = a_scene()
    assert trace(flow, inputs, scene, saves=False) == trace(flow, inputs, scene, saves=False)


def test_a_flow_that_would_go_on_for_ever_hands_over() -> None:
    flow = parse_flow(
        {
            "flow": "loop", "title": "Loop", "owner": "CX", "trigger": {"on": "message"},
            "start": "a",
            "steps": {
                "a": {"type": "send", "text": "A", "then": "b"},
                "b": {"type": "send", "text": "B", "then": "a"},
            },
        }
    )  # fmt: skip
    advance = interpreter.start(flow, 1, a_scene(policy=Policy(max_steps_per_turn=4)), None)
    assert advance.steps == ("a", "b", "a", "b")
    assert advance.state is None
    assert advance.effects[-1] == OfferHandoff(reason=Reason.REPEATING, trigger="step_limit")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.builds(
        RunState,
        flow=st.text(max_size=20),
        version=st.integers(1, 99),
        step=st.text(max_size=20),
        waiting=st.builds(
            Waiting,
            awaits=st.sampled_from(Awaits),
            choices=st.lists(
                st.builds(Choice, key=st.text(max_size=3), label=st.text(max_size=9)), max_size=4
            ).map(tuple),
        ),
        variables=st.dictionaries(st.text(max_size=5), JSON, max_size=4),
    )
)
def test_any_state_reads_back_the_same(state: RunState) -> None:
    assert run.parse_json(run.render_json(state)) == state


def test_a_golden_trace_tells_everything() -> None:
    flow = parse_flow(
        {
            "flow": "one", "title": "One", "owner": "CX", "trigger": {"on": "message"},
            "start": "a",
            "steps": {"a": {"type": "end", "outcome": "resolved"}},
        }
    )  # fmt: skip
    told = render_advance(interpreter.start(flow, 1, a_scene(), None))
    assert told == {
        "steps": ["a"], "effects": [{"effect": "Resolve", "is_confirmed": False}], "state": None,
    }  # fmt: skip
