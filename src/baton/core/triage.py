"""What may be automated: three axes, three outcomes (T1-T8, U2)."""

from dataclasses import dataclass
from enum import StrEnum

from baton.core.pack import RequestType
from baton.core.policy import Policy

MAX_EMOTION = 3


class Outcome(StrEnum):
    """Who a request is for."""

    AUTOMATE = "automate"
    HYBRID = "hybrid"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageScore:
    """The axes of one conversation: its request type's own, raised by what was seen in it."""

    complexity: int
    emotion: int
    frequency: int
    value: int


def score(
    kind: RequestType, *, sentiment: float, has_hard_stop: bool, policy: Policy
) -> TriageScore:
    """Return the request type's axes, with emotion raised by the message's own signals (T9).

    A mildly negative message adds one to emotion, a strongly negative one two,
    and a hard stop sets it to the highest: signals raise, they never lower (E12).
    """
    raised = kind.emotion
    if sentiment <= policy.mild_sentiment:
        raised += 1
    if sentiment <= policy.strong_sentiment:
        raised += 1
    return TriageScore(
        complexity=kind.complexity,
        emotion=MAX_EMOTION if has_hard_stop else min(raised, MAX_EMOTION),
        frequency=kind.frequency_per_week,
        value=kind.value,
    )


def decide(axes: TriageScore, policy: Policy) -> Outcome:
    """Return who the request is for.

    Human when complexity or emotion is high, however frequent (T3, T8); automate
    when both are low and it is frequent (T2, T7); hybrid in between (T6).
    """
    if axes.emotion >= policy.human_min_emotion or axes.complexity >= policy.human_min_complexity:
        return Outcome.HUMAN
    if (
        axes.complexity <= policy.automate_max_complexity
        and axes.emotion <= policy.automate_max_emotion
        and axes.frequency > policy.automate_min_frequency
        and axes.value < policy.high_value
    ):
        return Outcome.AUTOMATE
    return Outcome.HYBRID
