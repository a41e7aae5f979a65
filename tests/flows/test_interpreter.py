"""The interpreter: bounded for any flow, and the same whether a run is saved or not."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core.escalation import Reason
from baton.core.json import Json
from baton.core.policy import Policy
from baton.flows import interpreter, outreach, run, steps
from baton.flows.document import Flow, Library
from baton.flows.effects import (
    CallAction,
    Choice,
    HoldBack,
    OfferHandoff,
    ReachGoal,
    SendText,
    SetTimer,
)
from baton.flows.interpreter import Advance
from baton.flows.run import Caller, RunState
from baton.flows.scene import Awaits, Happened, Input, Said, Scene, TimeUp, Waiting
from tests.flows import random_flows
from tests.flows.random_flows import LIBRARIES, RUNS
from tests.flows.scenes import (
    a_scene,
    library_of,
    moved,
    parse_flow,
    parse_input,
    render_advance,
    trace,
)


def any_of(library: Library) -> Flow:
    return library.flows["any", 1]


def turns(
    library: Library, inputs: Sequence[Json], scene: Scene
) -> Iterator[tuple[Scene, Input, Advance]]:
    """Yield each input that a run took, with its scene and what it came to."""
    begun = parse_input(inputs[0])
    assert isinstance(begun, Happened)
    advance = outreach.begin(any_of(library), 1, scene, begun, library)
    yield scene, begun, advance
    for raw in inputs[1:]:
        if advance.state is None:
            return
        scene, given_input = moved(scene, raw), parse_input(raw)
        found = outreach.go_on(advance.state, scene, given_input, library)
        if found is not None:
            advance = found
            yield scene, given_input, advance


def test_random_flows_are_made_of_every_step_type() -> None:
    assert set(steps.TYPES) == random_flows.KINDS


@given(LIBRARIES, RUNS, st.integers(1, 25))
def test_no_turn_does_more_than_allowed(library: Library, inputs: list[Json], limit: int) -> None:
    scene = a_scene(policy=Policy(max_steps_per_turn=limit))
    for *_, advance in turns(library, inputs, scene):
        assert 1 <= len(advance.steps) <= limit
        offers = [effect for effect in advance.effects if isinstance(effect, OfferHandoff)]
        assert len(offers) <= 1
        assert not (offers and advance.state)
        assert sum(isinstance(effect, SetTimer) for effect in advance.effects) <= 1


@pytest.mark.req("C25")
@given(LIBRARIES, RUNS)
def test_saving_between_turns_changes_nothing(library: Library, inputs: list[Json]) -> None:
    flow, scene = any_of(library), a_scene()
    kept = trace(flow, inputs, scene, library, saves=False)
    assert trace(flow, inputs, scene, library, saves=True) == kept
    assert trace(flow, inputs, scene, library, saves=False) == kept


@pytest.mark.req("C20")
@given(LIBRARIES, RUNS)
def test_a_run_says_no_more_on_a_day_than_its_flow_allows(
    library: Library, inputs: list[Json]
) -> None:
    said_on: Counter[str] = Counter()
    for scene, given_input, advance in turns(library, inputs, a_scene()):
        if not isinstance(given_input, Said):
            said_on[str(scene.day)] += sum(isinstance(e, SendText) for e in advance.effects)
    assert max(said_on.values()) <= any_of(library).limits.sends_per_day


@given(LIBRARIES, RUNS)
def test_each_action_of_a_run_has_a_number_of_its_own(library: Library, inputs: list[Json]) -> None:
    calls = [
        effect.number
        for *_, advance in turns(library, inputs, a_scene())
        for effect in advance.effects
        if isinstance(effect, CallAction)
    ]
    assert calls == list(range(1, len(calls) + 1))


@pytest.mark.req("G33")
@given(LIBRARIES, RUNS)
def test_the_goal_ends_any_run_wherever_it_waits(library: Library, inputs: list[Json]) -> None:
    for *_, advance in turns(library, inputs, a_scene()):
        if advance.state is not None:
            ended = outreach.go_on(advance.state, a_scene(), Happened(event="goal"), library)
            assert ended is not None
            assert (ended.state, ended.effects) == (None, (ReachGoal(goal="goal"),))


@pytest.mark.req("GV7")
@given(LIBRARIES, LIBRARIES, RUNS)
def test_publishing_a_version_never_changes_a_running_run(
    library: Library, published: Library, inputs: list[Json]
) -> None:
    second = {(name, 2): flow for (name, _), flow in published.flows.items()}
    after = Library(flows={**library.flows, **second}, live={"any": 2, "inner": 2})
    scene = a_scene()
    begun = parse_input(inputs[0])
    assert isinstance(begun, Happened)
    advance = outreach.begin(any_of(library), 1, scene, begun, library)
    for raw in inputs[1:]:
        if advance.state is None:
            return
        scene = moved(scene, raw)
        before = outreach.go_on(advance.state, scene, parse_input(raw), library)
        assert outreach.go_on(advance.state, scene, parse_input(raw), after) == before
        advance = before or advance


@given(LIBRARIES, RUNS)
def test_what_is_not_for_a_run_leaves_it_as_it_was(library: Library, inputs: list[Json]) -> None:
    for *_, advance in turns(library, inputs, a_scene()):
        state = advance.state
        if state is None:
            continue
        kept = run.render_json(state)
        for raw in inputs:
            outreach.go_on(state, a_scene(), parse_input(raw), library)
            assert run.render_json(state) == kept


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


@pytest.mark.req("C20")
def test_a_flow_below_keeps_to_the_limit_of_the_one_above() -> None:
    chatty: Json = {
        "flow": "inner", "title": "Inner", "owner": "CX", "trigger": {"on": "call"},
        "start": "a",
        "steps": {
            "a": {"type": "send", "text": "A", "then": "b"},
            "b": {"type": "send", "text": "B", "then": "c"},
            "c": {"type": "end"},
        },
    }  # fmt: skip
    quiet: Json = {
        "flow": "outer", "title": "Outer", "owner": "CX", "trigger": {"on": "call"},
        "limits": {"sends_per_day": 1}, "start": "go",
        "steps": {"go": {"type": "subflow", "flow": "inner", "then": "over"},
                  "over": {"type": "end"}},
    }  # fmt: skip
    library = library_of(parse_flow(quiet), parse_flow(chatty))
    advance = interpreter.start(library.flows["outer", 1], 1, a_scene(), None, library)
    assert sum(isinstance(effect, SendText) for effect in advance.effects) == 1


@pytest.mark.req("C20", "C21")
def test_an_offer_that_was_held_back_was_not_made() -> None:
    flow = parse_flow(
        {
            "flow": "x", "title": "X", "owner": "CX", "trigger": {"on": "call"},
            "limits": {"sends_per_day": 1}, "start": "a",
            "steps": {
                "a": {"type": "send", "text": "A", "then": "b"},
                "b": {"type": "offer", "offer": "towel", "text": "B", "then": "c", "taken": "c"},
                "c": {"type": "survey", "text": "1-5?", "thanks": "Thanks.", "then": "d"},
                "d": {"type": "end"},
            },
        }
    )  # fmt: skip
    advance = interpreter.start(flow, 1, a_scene(), None)
    kinds = [type(effect) for effect in advance.effects]
    assert kinds == [SendText, HoldBack, HoldBack, SetTimer]


@pytest.mark.req("C20")
def test_a_question_that_was_held_back_is_asked_on_the_next_day() -> None:
    flow = parse_flow(
        {
            "flow": "x", "title": "X", "owner": "CX", "trigger": {"on": "call"},
            "limits": {"sends_per_day": 1}, "start": "a",
            "steps": {
                "a": {"type": "send", "text": "A", "then": "b"},
                "b": {"type": "ask", "kind": "choice", "text": "B?", "choices": [
                      {"key": "1", "label": "Yes", "then": "c"},
                      {"key": "2", "label": "No", "then": "c"}]},
                "c": {"type": "end"},
            },
        }
    )  # fmt: skip
    held = interpreter.start(flow, 1, a_scene(), None).state
    assert held is not None
    assert held.waiting.awaits is Awaits.DAY
    assert interpreter.resume(flow, held, a_scene(), parse_input({"says": "1"})) is None
    asked = interpreter.resume(flow, held, moved(a_scene(), {"after": 24 * 60}), TimeUp())
    assert asked is not None
    assert [e.text for e in asked.effects if isinstance(e, SendText)] == ["B?"]
    assert asked.state is not None
    assert asked.state.waiting.awaits is Awaits.CHOICE


def test_an_unusable_goal_is_shown_to_a_person_and_raises_nothing() -> None:
    flow = parse_flow(
        {
            "flow": "x", "title": "X", "owner": "CX", "trigger": {"on": "message"},
            "goal": {"event": "paid", "when": "run.gone == 1"}, "start": "a",
            "steps": {"a": {"type": "wait", "for": "1h", "then": "b"}, "b": {"type": "end"}},
        }
    )  # fmt: skip
    state = interpreter.start(flow, 1, a_scene(), None).state
    assert state is not None
    advance = interpreter.resume(flow, state, a_scene(), Happened(event="paid"))
    assert advance is not None
    assert isinstance(advance.effects[-1], OfferHandoff)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
WORDS = st.text(max_size=9)


@pytest.mark.req("C25")
@given(
    st.builds(
        RunState,
        flow=WORDS,
        version=st.integers(1, 99),
        step=WORDS,
        waiting=st.builds(
            Waiting,
            awaits=st.sampled_from(Awaits),
            choices=st.lists(st.builds(Choice, key=WORDS, label=WORDS), max_size=4).map(tuple),
            events=st.lists(WORDS, max_size=3).map(tuple),
            number=st.integers(0, 9),
            tries=st.integers(0, 3),
        ),
        variables=st.dictionaries(st.text(max_size=5), JSON, max_size=4),
        callers=st.lists(
            st.builds(Caller, flow=WORDS, version=st.integers(1, 9), then=WORDS), max_size=3
        ).map(tuple),
        pins=st.dictionaries(WORDS, st.integers(1, 9), max_size=3),
        calls=st.integers(0, 9),
        sent_on=st.sampled_from(["", "2026-03-02"]),
        sent=st.integers(0, 9),
    )
)
def test_any_state_reads_back_the_same(state: RunState) -> None:
    assert run.parse_json(run.render_json(state)) == state


def test_a_state_of_an_older_release_reads_back() -> None:
    old = '{"flow":"faq","version":3,"step":"menu","awaits":"choice","choices":[],"variables":{}}'
    state = run.parse_json(old)
    assert replace(state, waiting=Waiting(awaits=Awaits.CHOICE)) == state
    assert run.render_json(state) == old


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
