"""When a conversation must leave the bot and go to a person.

Every rule is a pure function of a `Situation`. `decide` asks them in order of
precedence and returns the first reason found, so the order below is policy: a
hard stop wins over a request for a person, which wins over a failing bot.
Confidence is no rule here: a low one makes a failed attempt, and only a second
failure escalates (E13, X2).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import msgspec

from baton.core.hard_stops import HardStop, HardStopMatch
from baton.core.policy import Policy
from baton.core.triage import Outcome

UPSET, LOW_RATING, AT_RISK = "upset", "low_rating", "at_risk"
"""The triggers of the live flags that Baton raises by itself (T10, E36, AL6)."""


class Reason(StrEnum):
    """Why a conversation was escalated; stored, reported on and shown to agents."""

    HARD_STOP = "hard_stop"
    REQUESTED = "requested"
    NOT_HELPFUL = "not_helpful"
    SENSITIVE = "sensitive"  # triage says human
    STRONG_SENTIMENT = "strong_sentiment"
    FAILED_ATTEMPTS = "failed_attempts"
    REPEATING = "repeating"  # the bot would say the same again, or has talked long enough
    OPTED_OUT = "opted_out"
    FLOW = "flow"  # the flow itself says so
    STEPPED_IN = "stepped_in"  # an agent took it
    UNREADABLE = "unreadable"  # a message could not be decided, and was set aside
    RULE = "rule"  # a rule of the workspace's own


class Act(StrEnum):
    """What follows when a rule fires."""

    FLAG = "flag"  # the bot goes on, people see it live and may step in (T10)
    HAND_OVER = "hand_over"


class Verdict(StrEnum):
    """What a person said later of a rule that fired; precision counts right among all of them."""

    RIGHT = "right"
    NOISY = "noisy"  # nobody was needed
    MISREAD = "misread"  # a reviewer found that it was taken for something else
    MISROUTED = "misrouted"  # a person was needed, and another one than got it
    UNTAUGHT = "untaught"  # a person was needed, for want of teaching or of an article


JUST = frozenset({Verdict.RIGHT, Verdict.MISROUTED, Verdict.UNTAUGHT})
"""Words that say that a person was needed: the rule that fired was right (FL8)."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules may know about a conversation at one turn."""

    hard_stops: tuple[HardStopMatch, ...] = ()
    triage: Outcome | None = None
    says_not_helpful: bool = False
    sentiment: float = 0.0
    negative_turns: int = 0  # in a row, before this one
    failed_attempts: int = 0
    bot_turns: int = 0
    is_at_risk: bool = False  # of leaving, and within an automated flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """The decision to hand over: the reason, the trigger to log and what it rests on.

    A rule of the workspace's own has a `version`, and may name the queue and the least
    urgency (0 to 100).
    """

    reason: Reason
    trigger: str
    evidence: str = ""
    version: int = 0
    queue: str = ""
    urgency: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A rule that fired beside the one that decides: logged, and a flag raised if it is one.

    `trigger` is the rule's name; `version` is 0 for those that Baton brings.
    """

    trigger: str
    act: Act
    evidence: str = ""
    version: int = 0


Rule: TypeAlias = Callable[[Situation, Policy], Escalate | None]


def decide(situation: Situation, policy: Policy) -> Escalate | None:
    """Return the first rule's decision, or None while the bot may go on."""
    for rule in RULES:
        if escalate := rule(situation, policy):
            return escalate
    return None


def flags(situation: Situation, policy: Policy) -> tuple[Fired, ...]:
    """Return the live flags of a turn: people see them, and the contact notices nothing.

    Mild upset alone is not enough to hand over (T10, X34); whoever may leave and answers a flow
    is somebody to look after, whatever they say (AL6).
    """
    found: list[Fired] = []
    if situation.sentiment <= policy.mild_sentiment:
        evidence = f"sentiment {situation.sentiment:.2f}"
        found.append(Fired(trigger=UPSET, act=Act.FLAG, evidence=evidence))
    if situation.is_at_risk:
        found.append(Fired(trigger=AT_RISK, act=Act.FLAG, evidence="at risk of leaving"))
    return tuple(found)


def is_exhausted(failed_attempts: int, policy: Policy) -> bool:
    """Return whether so many failed attempts hand over (E2, X1)."""
    return failed_attempts >= policy.max_failed_attempts


def _hard_stop(situation: Situation, _policy: Policy) -> Escalate | None:
    stops = [stop for stop in situation.hard_stops if stop.kind is not HardStop.PERSON]
    if not stops:
        return None
    worst = max(stops, key=lambda stop: stop.severity)
    return Escalate(reason=Reason.HARD_STOP, trigger=worst.kind.value, evidence=worst.text)


def _requested(situation: Situation, _policy: Policy) -> Escalate | None:
    asked = next((s for s in situation.hard_stops if s.kind is HardStop.PERSON), None)
    if asked is None:
        return None
    return Escalate(reason=Reason.REQUESTED, trigger="person", evidence=asked.text)


def _not_helpful(situation: Situation, _policy: Policy) -> Escalate | None:
    if not situation.says_not_helpful:
        return None
    return Escalate(reason=Reason.NOT_HELPFUL, trigger="not_helpful")


def _sensitive(situation: Situation, _policy: Policy) -> Escalate | None:
    if situation.triage is not Outcome.HUMAN:
        return None
    return Escalate(reason=Reason.SENSITIVE, trigger="triage")


def _negative(situation: Situation, policy: Policy) -> Escalate | None:
    """Strong, or mild twice running, or mild beside a failed attempt (X34)."""
    if situation.sentiment > policy.mild_sentiment:
        return None
    is_strong = situation.sentiment <= policy.strong_sentiment
    if is_strong or situation.negative_turns >= 1 or situation.failed_attempts >= 1:
        return Escalate(reason=Reason.STRONG_SENTIMENT, trigger="sentiment")
    return None


def _looping(situation: Situation, policy: Policy) -> Escalate | None:
    if situation.bot_turns < policy.max_bot_turns:
        return None
    return Escalate(reason=Reason.REPEATING, trigger="bot_turns")


RULES: Sequence[Rule] = (_hard_stop, _requested, _not_helpful, _sensitive, _negative, _looping)
