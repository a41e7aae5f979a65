"""Whatever thresholds somebody sets, hard stops are heard as before (X27)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.confidence import Bands, ConfidencePolicy, Thresholds, base_of
from baton.core.hard_stops import HardStop
from baton.core.policy import Policy
from baton.core.reading import IntentScore, Reading, Term
from baton.flows import signals
from baton.flows.effects import Choice
from baton.flows.run import RunState
from baton.flows.scene import Awaits, Said, Waiting
from baton.flows.signals import Signals
from tests.flows.scenes import a_pack

PACK = a_pack()
POLICY = Policy()
DELIVERED = ConfidencePolicy(base=base_of(POLICY), guarded=signals.guarded_intents(PACK, POLICY))
NAMES = ("hours", "parking", "injury", "ask_person", "not_helpful", "greeting", "thanks")
THRESHOLDS = st.builds(
    Thresholds,
    answer=st.integers(60, 95).map(lambda p: p / 100),
    floor=st.integers(20, 59).map(lambda p: p / 100),
)
SETTINGS = st.builds(
    ConfidencePolicy,
    base=st.just(DELIVERED.base),
    workspace=st.none() | THRESHOLDS,
    flows=st.dictionaries(st.just("faq"), THRESHOLDS),
    intents=st.dictionaries(st.sampled_from(NAMES), THRESHOLDS),
    guarded=st.just(DELIVERED.guarded),
)
RUNS = st.sampled_from(
    [
        None,
        RunState(
            flow="faq",
            version=1,
            step="menu",
            waiting=Waiting(
                awaits=Awaits.CHOICE, choices=(Choice(key="1", label="a person please"),)
            ),
        ),
        RunState(flow="csat", version=1, step="ask", waiting=Waiting(awaits=Awaits.RATING)),
    ]
)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """A reading of a text that may hold a hard stop, with intents of any confidence."""
    text = draw(st.sampled_from(["1", "4", "my tooth hurts", "a person please", "refund me now"]))
    scores = draw(
        st.lists(
            st.builds(
                IntentScore,
                name=st.sampled_from(NAMES),
                confidence=st.integers(0, 100).map(lambda p: p / 100),
            ),
            max_size=2,
        )
    )
    terms = (Term(concept="refund", text="refund", start=0, end=6),) if "refund" in text else ()
    ordered = tuple(sorted(scores, key=lambda score: -score.confidence))
    return Reading(text=text, intents=ordered, terms=terms)


MESSAGES = st.lists(st.tuples(readings(), st.lists(readings(), max_size=3)), min_size=1, max_size=2)
Messages = list[tuple[Reading, list[Reading]]]


def heard(messages: Messages, bands: Bands, run: RunState | None) -> Signals:
    chosen: list[Reading] = []
    for whole, parts in messages:
        chosen += signals.things_said(whole, parts, bands)
    said = Said(
        text="\n".join(whole.text for whole, _ in messages),
        readings=tuple(chosen),
        messages=tuple(whole for whole, _ in messages),
        sentences=tuple(part for _, parts in messages for part in parts),
    )
    return signals.read(said, run, "", PACK, bands)


@pytest.mark.req("X27", "E13", "E20")
@given(MESSAGES, SETTINGS, RUNS)
def test_thresholds_take_no_hard_stop_away(
    messages: Messages, setting: ConfidencePolicy, run: RunState | None
) -> None:
    before = heard(messages, DELIVERED.in_flow("faq"), run)
    after = heard(messages, setting.in_flow("faq"), run)
    harmful_before = {s.kind for s in before.stops if s.kind is not HardStop.PERSON}
    harmful_after = {s.kind for s in after.stops if s.kind is not HardStop.PERSON}
    assert harmful_after == harmful_before
    assert {stop.kind for stop in before.stops} <= {stop.kind for stop in after.stops}


@pytest.mark.req("T20", "E20")
def test_a_hard_stop_is_heard_in_the_sentence_that_is_not_answered() -> None:
    refund = Term(concept="refund", text="refund", start=0, end=6)
    whole = Reading(
        text="refund me now. When do you open?",
        intents=(IntentScore(name="hours", confidence=0.6),),
        terms=(refund,),
    )
    first = Reading(text="refund me now.", terms=(refund,))
    second = Reading(
        text="When do you open?", intents=(IntentScore(name="hours", confidence=0.95),)
    )
    found = heard([(whole, [first, second])], DELIVERED.in_flow("faq"), None)
    assert [stop.kind for stop in found.stops] == [HardStop.REFUND]


@pytest.mark.req("X27")
def test_what_calls_for_a_person_is_guarded() -> None:
    assert signals.guarded_intents(PACK, POLICY) == {"ask_person", "not_helpful", "injury"}
