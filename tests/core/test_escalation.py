"""Escalation: each rule alone, their order, and that it never turns back."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core import escalation
from baton.core.escalation import Reason, Situation
from baton.core.hard_stops import HANDLING, HardStop, HardStopMatch
from baton.core.policy import Policy
from baton.core.triage import Outcome

POLICY = Policy()


def a_stop(kind: HardStop) -> HardStopMatch:
    return HardStopMatch(kind=kind, text=kind.value, start=0, end=5)


STOPS = st.lists(st.sampled_from(HardStop).map(a_stop), max_size=4).map(tuple)
SITUATIONS = st.builds(
    Situation,
    hard_stops=STOPS,
    triage=st.none() | st.sampled_from(Outcome),
    says_not_helpful=st.booleans(),
    sentiment=st.floats(-1, 1),
    negative_turns=st.integers(0, 3),
    failed_attempts=st.integers(0, 5),
    bot_turns=st.integers(0, 30),
)
HARMFUL = [kind for kind in HardStop if kind is not HardStop.PERSON]


def test_a_calm_conversation_stays_with_the_bot() -> None:
    assert escalation.decide(Situation(), POLICY) is None


@pytest.mark.req("E4", "E5", "E6", "E10", "E24", "E26", "T3", "X34")
@pytest.mark.parametrize(
    ("situation", "reason", "trigger"),
    [
        (Situation(hard_stops=(a_stop(HardStop.REFUND),)), Reason.HARD_STOP, "refund"),
        (Situation(hard_stops=(a_stop(HardStop.PERSON),)), Reason.REQUESTED, "person"),
        (Situation(says_not_helpful=True), Reason.NOT_HELPFUL, "not_helpful"),
        (Situation(triage=Outcome.HUMAN), Reason.SENSITIVE, "triage"),
        (Situation(sentiment=-0.6), Reason.STRONG_SENTIMENT, "sentiment"),
        (Situation(sentiment=-0.3, negative_turns=1), Reason.STRONG_SENTIMENT, "sentiment"),
        (Situation(sentiment=-0.3, failed_attempts=1), Reason.STRONG_SENTIMENT, "sentiment"),
        (Situation(bot_turns=12), Reason.REPEATING, "bot_turns"),
    ],
)
def test_each_rule_fires_alone(situation: Situation, reason: Reason, trigger: str) -> None:
    decided = escalation.decide(situation, POLICY)
    assert decided is not None
    assert (decided.reason, decided.trigger) == (reason, trigger)


@pytest.mark.req("E12", "E13", "G10")
@pytest.mark.parametrize(
    "situation",
    [
        Situation(sentiment=-0.3),  # mild, once: a flag and no more (X34)
        Situation(sentiment=-0.59),
        Situation(sentiment=-0.29, negative_turns=3, failed_attempts=1),
        Situation(negative_turns=3),
        Situation(failed_attempts=1),
        Situation(triage=Outcome.HYBRID),
        Situation(bot_turns=11),
    ],
)
def test_what_is_not_enough_alone(situation: Situation) -> None:
    assert escalation.decide(situation, POLICY) is None


@pytest.mark.req("E1", "E2", "X1")
def test_the_second_failed_attempt_hands_over_and_the_first_where_so_set() -> None:
    assert [escalation.is_exhausted(n, POLICY) for n in (0, 1, 2, 3)] == [False, False, True, True]
    assert escalation.is_exhausted(1, Policy(max_failed_attempts=1))


@pytest.mark.req("E20")
@given(SITUATIONS, st.sampled_from(HARMFUL), st.floats(-1, 1), st.integers(0, 1))
def test_a_hard_stop_always_wins_whatever_the_limits(
    situation: Situation, kind: HardStop, threshold: float, attempts: int
) -> None:
    policy = Policy(
        strong_sentiment=threshold, mild_sentiment=threshold, max_bot_turns=99,
        max_failed_attempts=attempts,
    )  # fmt: skip
    stopped = replace(situation, hard_stops=(*situation.hard_stops, a_stop(kind)))
    decided = escalation.decide(stopped, policy)
    assert decided is not None
    assert decided.reason is Reason.HARD_STOP
    worst = max(HANDLING[HardStop(s.kind)].severity for s in stopped.hard_stops)
    assert HANDLING[HardStop(decided.trigger)].severity == worst


@pytest.mark.req("E5")
@pytest.mark.parametrize("kinds", list(permutations([HardStop.COMPLAINT, HardStop.RED_FLAG])))
def test_the_worst_of_several_stops_is_the_trigger(kinds: tuple[HardStop, ...]) -> None:
    decided = escalation.decide(Situation(hard_stops=tuple(map(a_stop, kinds))), POLICY)
    assert decided is not None
    assert decided.trigger == "red_flag"
    assert decided.evidence == "red_flag"


@pytest.mark.req("E4", "E41")
@given(SITUATIONS)
def test_whoever_asks_for_a_person_gets_one(situation: Situation) -> None:
    asking = replace(situation, hard_stops=(*situation.hard_stops, a_stop(HardStop.PERSON)))
    decided = escalation.decide(asking, POLICY)
    assert decided is not None
    assert decided.reason in (Reason.HARD_STOP, Reason.REQUESTED)


@pytest.mark.req("E3", "E23")
@given(SITUATIONS, st.integers(0, 3), st.integers(0, 3), st.integers(0, 10), st.floats(0, 1))
def test_things_getting_worse_never_take_an_escalation_back(
    situation: Situation, failures: int, negatives: int, turns: int, colder: float
) -> None:
    worse = replace(
        situation,
        failed_attempts=situation.failed_attempts + failures,
        negative_turns=situation.negative_turns + negatives,
        bot_turns=situation.bot_turns + turns,
        sentiment=max(situation.sentiment - colder, -1.0),
    )
    if escalation.decide(situation, POLICY) is not None:
        assert escalation.decide(worse, POLICY) is not None
    if escalation.is_exhausted(situation.failed_attempts, POLICY):
        assert escalation.is_exhausted(worse.failed_attempts, POLICY)


@pytest.mark.req("T10", "E16", "X34")
@pytest.mark.parametrize(("sentiment", "is_flagged"), [(-0.29, False), (-0.3, True), (-0.9, True)])
def test_mild_upset_alone_raises_a_flag(sentiment: float, *, is_flagged: bool) -> None:
    raised = escalation.flags(Situation(sentiment=sentiment), POLICY)
    assert [one.trigger for one in raised] == [escalation.UPSET] * is_flagged
    for one in raised:
        assert one.act == escalation.Act.FLAG
        assert one.evidence == f"sentiment {sentiment:.2f}"


@pytest.mark.req("AL6")
def test_who_may_leave_is_flagged_beside_upset_and_handed_over_by_neither() -> None:
    situation = Situation(sentiment=-0.35, is_at_risk=True)
    assert escalation.decide(situation, POLICY) is None
    raised = escalation.flags(situation, POLICY)
    assert [one.trigger for one in raised] == [escalation.UPSET, escalation.AT_RISK]
    assert {one.act for one in raised} == {escalation.Act.FLAG}
