"""Where assumption and count part clearly, said in words; a person decides what follows.

A share parts from its limit when its whole 95 % interval lies beyond it. The limits are
the accepted rates of the contract where it has one (FQ12, K11), else ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from baton.core import triage
from baton.core.policy import Policy
from baton.core.triage import Outcome, TriageScore
from baton.reports.triage_readings import Share, TypeReading

MIN_SAMPLE = 30
"""Below so many conversations a type is not judged: an interval would span most of the scale."""

MAX_SIMPLE_HANDOVERS = 0.10
"""Of requests with low complexity, so many may be handed over (FQ12)."""

MAX_RECONTACTS = 0.08
"""Of resolved conversations, so many may come back within 72 hours (K11)."""

# Ours: up to which share of strained conversations emotion 0 and 1 are a fair assumption.
MAX_STRAIN_OF_CALM = 0.10
MAX_STRAIN_OF_TENSE = 0.30
MIN_STRAIN_OF_TENSE = 0.02
MOSTLY = 0.50
FREQUENCY_FACTOR = 1.5  # less is the ordinary change from month to month

Rule: TypeAlias = Callable[[TypeReading, Policy], str]


def judged(reading: TypeReading, policy: Policy, *, weeks: float) -> TypeReading:
    """Return the reading with its suggestions, as far as there are enough rows for each."""
    is_enough = len(reading.conversations) >= MIN_SAMPLE
    found = [rule(reading, policy) for rule in RULES] if is_enough else []
    # Few where many were assumed says something, however few they are.
    is_counted = is_enough or reading.assumed.frequency * weeks >= MIN_SAMPLE
    found += [_frequency(reading, policy)] if is_counted and weeks >= 1 else []
    return replace(
        reading, is_enough=is_enough, suggestions=tuple(words for words in found if words)
    )


def _too_hard(reading: TypeReading, policy: Policy) -> str:
    share = reading.shares["handed_over"]
    is_simple = reading.assumed.complexity <= policy.automate_max_complexity
    if not (is_simple and share.interval.is_above(MAX_SIMPLE_HANDOVERS)):
        return ""
    if reading.outcome is Outcome.HUMAN:
        return ""  # it is handed over because it touches people, not because it is hard
    return (
        f"{_told(share)} were handed over; of simple requests at most "
        f"{MAX_SIMPLE_HANDOVERS:.0%} should be. Improve the answer, or assume a complexity "
        f"above {reading.assumed.complexity}."
    )


def _too_easy(reading: TypeReading, policy: Policy) -> str:
    share = reading.shares["settled"]
    is_hard = reading.assumed.complexity > policy.automate_max_complexity
    if not (is_hard and share.interval.is_above(MOSTLY)):
        return ""
    return (
        f"{_told(share)} were settled by the bot alone: a complexity of "
        f"{policy.automate_max_complexity} would fit better than {reading.assumed.complexity}."
    )


def _too_tense(reading: TypeReading, policy: Policy) -> str:
    share, assumed = reading.shares["strained"], reading.assumed.emotion
    limits = (MAX_STRAIN_OF_CALM, MAX_STRAIN_OF_TENSE)
    fitting = sum(share.interval.is_above(limit) for limit in limits)
    if fitting <= assumed:
        return ""
    return (
        f"{_told(share)} were upset or met a hard stop: an emotion of {fitting} would fit "
        f"better than {assumed}{_with_outcome(reading, policy, emotion=fitting)}."
    )


def _too_calm(reading: TypeReading, policy: Policy) -> str:
    share, assumed = reading.shares["strained"], reading.assumed.emotion
    if not assumed or not share.interval.is_below(MIN_STRAIN_OF_TENSE):
        return ""
    return (
        f"{_told(share)} were upset or met a hard stop: look whether an emotion of {assumed} "
        f"still fits{_with_outcome(reading, policy, emotion=assumed - 1)}."
    )


def _comes_back(reading: TypeReading, _policy: Policy) -> str:
    share = reading.shares["recontacted"]
    # Of few resolved ones nothing follows, however many there were in all.
    if len(share.denominator) < MIN_SAMPLE or not share.interval.is_above(MAX_RECONTACTS):
        return ""
    return (
        f"{_told(share)} of those resolved came back within 72 hours; at most "
        f"{MAX_RECONTACTS:.0%} should. Read them: the answer does not settle the matter."
    )


def _frequency(reading: TypeReading, policy: Policy) -> str:
    assumed, weekly = reading.assumed.frequency, reading.weekly
    is_more = weekly.is_above(assumed * FREQUENCY_FACTOR)
    is_less = weekly.is_below(assumed / FREQUENCY_FACTOR)
    if not assumed or not (is_more or is_less):
        return ""
    counted = round(reading.per_week)
    return (
        f"{reading.per_week:.1f} a week ({weekly.low:.1f} to {weekly.high:.1f}) came, "
        f"{assumed} were assumed{_with_outcome(reading, policy, frequency=counted)}."
    )


RULES: Sequence[Rule] = (_too_hard, _too_easy, _too_tense, _too_calm, _comes_back)
"""What is judged of a type with enough conversations; frequency has a rule of its own."""


def _told(share: Share) -> str:
    interval = share.interval
    return (
        f"{share.value or 0:.0%} ({interval.low:.0%} to {interval.high:.0%}, "
        f"{len(share.numerator)} of {len(share.denominator)})"
    )


def _with_outcome(reading: TypeReading, policy: Policy, **axes: int) -> str:
    """Return what another assumption would change, or "" when it stays for whom it is."""
    other: TriageScore = replace(reading.assumed, **axes)
    outcome = triage.decide(other, policy)
    if outcome is reading.outcome:
        return ""
    return f", which would make it {outcome.value} instead of {reading.outcome.value}"
