"""Triage: three axes, three outcomes, and signals that only ever raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import triage
from baton.core.pack import RequestType
from baton.core.policy import Policy
from baton.core.triage import MAX_EMOTION, Outcome, TriageScore

POLICY = Policy()


def a_type(
    *, complexity: int = 1, emotion: int = 0, frequency: int = 20, value: int = 1
) -> RequestType:
    return RequestType(
        name="kind", title="Kind", complexity=complexity, emotion=emotion,
        frequency_per_week=frequency, value=value,
    )  # fmt: skip


def axes(complexity: int = 0, emotion: int = 0, frequency: int = 20, value: int = 0) -> TriageScore:
    return TriageScore(complexity=complexity, emotion=emotion, frequency=frequency, value=value)


AXES = st.builds(
    axes,
    complexity=st.integers(0, 5),
    emotion=st.integers(0, MAX_EMOTION),
    frequency=st.integers(0, 1000),
    value=st.integers(0, 3),
)


@pytest.mark.req("T2", "T3", "T6", "T7", "T8", "U2")
@pytest.mark.parametrize(
    ("scored", "outcome"),
    [
        (axes(complexity=2, frequency=11), Outcome.AUTOMATE),
        (axes(complexity=2, frequency=10), Outcome.HYBRID),  # more than ten a week (T7)
        (axes(complexity=3), Outcome.HYBRID),
        (axes(emotion=1), Outcome.HYBRID),
        (axes(value=3), Outcome.HYBRID),
        (axes(complexity=4), Outcome.HUMAN),
        (axes(emotion=2), Outcome.HUMAN),
        (axes(emotion=2, frequency=1000), Outcome.HUMAN),  # however frequent (T3)
        (axes(complexity=5, frequency=1000), Outcome.HUMAN),
    ],
)
def test_outcomes_at_their_edges(scored: TriageScore, outcome: Outcome) -> None:
    assert triage.decide(scored, POLICY) is outcome


@pytest.mark.req("T3", "T8")
@given(AXES, st.integers(0, 3), st.integers(0, 3))
def test_more_complexity_or_emotion_never_takes_a_request_from_people(
    scored: TriageScore, harder: int, sadder: int
) -> None:
    worse = axes(
        complexity=scored.complexity + harder, emotion=scored.emotion + sadder,
        frequency=scored.frequency, value=scored.value,
    )  # fmt: skip
    order = [Outcome.AUTOMATE, Outcome.HYBRID, Outcome.HUMAN]
    before, after = triage.decide(scored, POLICY), triage.decide(worse, POLICY)
    assert order.index(after) >= order.index(before)


@pytest.mark.req("T1", "T9")
@pytest.mark.parametrize(
    ("sentiment", "emotion"),
    [(0.5, 0), (-0.29, 0), (-0.3, 1), (-0.59, 1), (-0.6, 2), (-1.0, 2)],
)
def test_a_negative_message_raises_emotion(sentiment: float, emotion: int) -> None:
    scored = triage.score(a_type(), sentiment=sentiment, has_hard_stop=False, policy=POLICY)
    assert scored == axes(complexity=1, emotion=emotion, frequency=20, value=1)


@pytest.mark.req("T5", "E12")
@given(st.integers(0, MAX_EMOTION), st.floats(-1, 1), st.booleans())
def test_signals_raise_and_never_lower(
    emotion: int,
    sentiment: float,
    has_hard_stop: bool,  # noqa: FBT001 - drawn
) -> None:
    scored = triage.score(
        a_type(emotion=emotion), sentiment=sentiment, has_hard_stop=has_hard_stop, policy=POLICY
    )
    assert emotion <= scored.emotion <= MAX_EMOTION
    if has_hard_stop:
        assert triage.decide(scored, POLICY) is Outcome.HUMAN
