"""What follows from how sure the reader is: three bands, between thresholds that people set.

At or above `answer` an answer may close by itself; below it the answer is given and a
person looks at it later; below `floor` the message was a failed attempt (X2, E25). The
thresholds of an intent win over those of a flow, these over the workspace's, then come
the pack's and Baton's own. Confidence never escalates by itself (E13), and nothing here
reaches a hard stop: what calls for a person is `guarded`, its thresholds only fall (X27).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from baton.core.policy import Policy

MIN_FLOOR, MAX_FLOOR = 0.20, 0.70
MIN_ANSWER, MAX_ANSWER = 0.60, 0.95

REVIEW_AFTER = timedelta(days=30)
"""When a change is looked at again, unless somebody says otherwise: the monthly rhythm (GV1)."""

MAX_REVIEW_AFTER = timedelta(days=180)
MAX_REASON = 300


class Band(StrEnum):
    """What becomes of an intent that was read with some confidence."""

    ANSWERED = "answered"  # the answer stands, and silence may close the matter
    REVIEWED = "reviewed"  # the answer is given, a person looks at it, nothing closes by itself
    FAILED = "failed"  # a failed attempt


class Scope(StrEnum):
    """What thresholds are set for; a later one of this list wins over those before it."""

    WORKSPACE = "workspace"
    FLOW = "flow"
    INTENT = "intent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where the bands begin, each from 0 to 1."""

    answer: float
    floor: float

    def band_of(self, confidence: float) -> Band:
        """Return the band of a confidence; a threshold belongs to the band above it."""
        if confidence >= self.answer:
            return Band.ANSWERED
        return Band.REVIEWED if confidence >= self.floor else Band.FAILED


class Bands(msgspec.Struct, frozen=True, kw_only=True):
    """The thresholds that hold in one flow: those of single intents, and those of the rest.

    `guarded` names the intents that call for a person; their thresholds are those of
    `highest` at most, whatever was set, so that no setting makes Baton deaf to them.
    """

    rest: Thresholds
    intents: Mapping[str, Thresholds]
    guarded: frozenset[str]
    highest: Thresholds

    def of(self, intent: str) -> Thresholds:
        """Return the thresholds that hold for an intent."""
        found = self.intents.get(intent, self.rest)
        if intent not in self.guarded:
            return found
        return Thresholds(
            answer=min(found.answer, self.highest.answer),
            floor=min(found.floor, self.highest.floor),
        )

    def band_of(self, intent: str, confidence: float) -> Band:
        """Return the band of an intent read with some confidence."""
        return self.of(intent).band_of(confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidencePolicy:
    """Every threshold of a workspace.

    Attributes:
        base: what holds where nobody set anything: the workspace's policy, else the
            pack's, else Baton's own.
        workspace: set in the console for all flows and intents, or None.
        flows, intents: set in the console for single ones, by name.
        guarded: intents that call for a person.
    """

    base: Thresholds
    workspace: Thresholds | None = None
    flows: Mapping[str, Thresholds] = field(default_factory=dict)
    intents: Mapping[str, Thresholds] = field(default_factory=dict)
    guarded: frozenset[str] = frozenset()

    def in_flow(self, flow: str) -> Bands:
        """Return the thresholds that hold in a flow; one that is not known has none of its own."""
        return Bands(
            rest=self.flows.get(flow) or self.workspace or self.base,
            intents=self.intents,
            guarded=self.guarded,
            highest=self.base,
        )

    def own(self, scope: Scope, name: str) -> Thresholds | None:
        """Return what was set for exactly this, or None where it takes what is above it."""
        match scope:
            case Scope.WORKSPACE:
                return self.workspace
            case Scope.FLOW:
                return self.flows.get(name)
            case Scope.INTENT:
                return self.intents.get(name)

    def holding(self, scope: Scope, name: str) -> Thresholds:
        """Return what holds for a scope as a whole; for an intent, where no flow has its own."""
        if scope is Scope.INTENT:
            return self.in_flow("").of(name)
        return self.in_flow(name if scope is Scope.FLOW else "").rest

    def with_set(self, scope: Scope, name: str, value: Thresholds | None) -> "ConfidencePolicy":
        """Return the policy with one scope set, or with None no longer set, to a value."""
        match scope:
            case Scope.WORKSPACE:
                return replace(self, workspace=value)
            case Scope.FLOW:
                return replace(self, flows=_with_entry(self.flows, name, value))
            case Scope.INTENT:
                return replace(self, intents=_with_entry(self.intents, name, value))


def base_of(policy: Policy) -> Thresholds:
    """Return the thresholds of a policy: Baton's own, the pack's and the workspace's joined."""
    return Thresholds(answer=policy.answer_confidence, floor=policy.floor_confidence)


def problems_with(wanted: Thresholds) -> dict[str, str]:
    """Return what is wrong with thresholds that somebody wants to set, by field."""
    problems: dict[str, str] = {}
    if not MIN_ANSWER <= wanted.answer <= MAX_ANSWER:
        problems["answer"] = (
            f"The answer threshold must lie between {MIN_ANSWER:.0%} and {MAX_ANSWER:.0%}."
        )
    if not MIN_FLOOR <= wanted.floor <= MAX_FLOOR:
        problems["floor"] = f"The floor must lie between {MIN_FLOOR:.0%} and {MAX_FLOOR:.0%}."
    elif not wanted.floor < wanted.answer:
        problems["floor"] = "The floor must lie below the answer threshold."
    return problems


def problem_with_review(review_on: date, *, today: date) -> str:
    """Return what is wrong with a review date, or ""."""
    if review_on <= today:
        return "The review date must lie in the future."
    if review_on > today + MAX_REVIEW_AFTER:
        return f"The review date must lie within {MAX_REVIEW_AFTER.days} days."
    return ""


def _with_entry(
    known: Mapping[str, Thresholds], name: str, value: Thresholds | None
) -> Mapping[str, Thresholds]:
    left = {key: one for key, one in known.items() if key != name}
    return left if value is None else {**left, name: value}
