"""Which of a workspace's own escalation rules fire in a turn, and on what evidence.

Pure, and asked at every turn: words are compiled once for a rule, conditions once for
their source, and what a rule does not name is not looked up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from baton.core.errors import InvalidInput
from baton.core.escalation import Act, Escalate, Fired, Reason
from baton.core.escalation_rules import MAX_VALUE_MINOR, EscalationRule
from baton.core.json import Json
from baton.core.reading import Entity
from baton.flows import conditions
from baton.flows.conditions import Names
from baton.flows.scene import Said
from baton.flows.standing import Moment
from baton.flows.values import ValueType

NAMES: Names = (
    ("turn.failed_attempts", ValueType.NUMBER),
    ("turn.flow", ValueType.TEXT),
    ("turn.intent", ValueType.TEXT),
    ("turn.recontacts", ValueType.NUMBER),
    ("turn.request_type", ValueType.TEXT),
    ("turn.sentiment", ValueType.DECIMAL),
    ("turn.text", ValueType.TEXT),
    ("turn.value", ValueType.MONEY),
)
"""What a rule's condition may name of the turn, beside `contact.x` and `now`."""

_MAX_EVIDENCE = 120
_MONEY = "money"  # the kind of `core.reading.Entity` that is a sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a rule may know of one turn.

    `value` is the highest sum, in minor units of the workspace's currency, that was said or
    that the run knows; `sentiment` is 0 where a prompt was answered.
    """

    text: str
    intent: str = ""
    request_type: str = ""
    sentiment: float = 0.0
    value: int = 0
    flow: str = ""
    failed_attempts: int = 0
    recontacts: int = 0
    contact: Mapping[str, Json] = field(default_factory=dict)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that fires, and what it fires on."""

    rule: EscalationRule
    evidence: str


def find_mistake(source: str) -> conditions.Mistake | None:
    """Return what is wrong with a rule's condition, None when nothing is."""
    return conditions.find_mistake(source, NAMES)


def find_matches(rules: Sequence[EscalationRule], sight: Sight) -> tuple[Match, ...]:
    """Return the rules that fire, in the order given."""
    folded = sight.text.casefold()
    found = ((rule, _evidence_of(rule, sight, folded)) for rule in rules)
    return tuple(
        Match(rule=rule, evidence="; ".join(parts)[:_MAX_EVIDENCE])
        for rule, parts in found
        if parts is not None
    )


def deciding(matches: Iterable[Match]) -> Escalate | None:
    """Return the most pressing handoff that own rules ask for; None without one."""
    asking = [match for match in matches if match.rule.act is Act.HAND_OVER]
    if not asking:
        return None
    match = max(asking, key=lambda one: one.rule.urgency)
    return Escalate(
        reason=Reason.RULE,
        trigger=match.rule.name,
        evidence=match.evidence,
        version=match.rule.version,
        queue=match.rule.queue,
        urgency=match.rule.urgency,
    )


def logged(matches: Iterable[Match], decided: Escalate | None) -> tuple[Fired, ...]:
    """Return what is logged beside the deciding rule: every own rule that fired."""
    by = (decided.trigger, decided.version) if decided else ("", 0)
    return tuple(
        Fired(
            trigger=one.rule.name,
            act=one.rule.act,
            evidence=one.evidence,
            version=one.rule.version,
        )
        for one in matches
        if (one.rule.name, one.rule.version) != by
    )


def sight_of(said: Said, at: Moment) -> Sight:
    """Return what rules may know of a contact's turn."""
    heard, standing = at.heard, at.standing
    run = standing.run
    is_read = not heard.is_prompt_reply
    return Sight(
        text=said.text,
        intent=heard.intent.name if heard.intent else "",
        request_type=heard.request_type or standing.request_type,
        sentiment=heard.sentiment if is_read else 0.0,
        value=at.value,
        flow=run.root.flow if run else "",
        failed_attempts=standing.failed_attempts,
        recontacts=standing.recontacts,
        contact=standing.contact,
        now=at.now,
    )


def value_of(said: Said, at: Moment) -> int:
    """Return the highest sum that a turn names, or that the run at hand knows (E11)."""
    return max(_sums_said(said, at.setting.policy.currency), _sums_known(at))


def sum_of(entities: Iterable[Entity], currency: str) -> int:
    """Return the highest sum, in minor units, that was named in a currency; 0 without one.

    People write any number of digits; beyond what a rule may ask for, more says nothing.
    """
    named = (one.value.partition(" ") for one in entities if one.kind == _MONEY)
    highest = max((_minor(amount) for amount, _, unit in named if unit == currency), default=0)
    return min(highest, MAX_VALUE_MINOR)


def _sums_said(said: Said, currency: str) -> int:
    readings = said.messages or said.readings
    return sum_of((entity for reading in readings for entity in reading.entities), currency)


def _minor(amount: str) -> int:
    # Of a currency without cents, the entity's value has no decimals either.
    return int(Decimal(amount).scaleb(2 if "." in amount else 0))


def _sums_known(at: Moment) -> int:
    run = at.standing.run
    flow = at.setting.library.at(run.flow, run.version) if run else None
    if run is None or flow is None:
        return 0
    kept = (run.variables.get(n) for n, kind in flow.facts.items() if kind is ValueType.MONEY)
    highest = max((one for one in kept if isinstance(one, int)), default=0)
    return min(highest, MAX_VALUE_MINOR)


def _evidence_of(rule: EscalationRule, sight: Sight, folded: str) -> tuple[str, ...] | None:
    """Return what each condition of a rule found; None as soon as one does not hold."""
    found: list[str] = []
    for told in _findings(rule, sight, folded):
        if told is None:
            return None
        found.append(told)
    return tuple(found) if found else None


def _findings(rule: EscalationRule, sight: Sight, folded: str) -> Iterator[str | None]:
    """Yield what each given condition rests on, None for one that does not hold; dear ones last."""
    if rule.intents:
        yield f"intent {sight.intent}" if sight.intent in rule.intents else None
    if rule.request_types:
        is_one = sight.request_type in rule.request_types
        yield f"request {sight.request_type}" if is_one else None
    if rule.sentiment_at_most is not None:
        is_low = sight.sentiment <= rule.sentiment_at_most
        yield f"sentiment {sight.sentiment:.2f}" if is_low else None
    if rule.value_at_least is not None:
        is_high = sight.value >= rule.value_at_least
        yield f"value {sight.value / 100:.2f}" if is_high else None
    if rule.words:
        yield _said(rule.words, sight.text, folded)
    if rule.memberships:
        yield _membership(rule.memberships, sight)
    if rule.when:
        yield "condition" if _holds(rule.when, sight) else None


def _said(words: tuple[str, ...], text: str, folded: str) -> str | None:
    # Most messages hold none of the words: a plain look is many times cheaper than the pattern.
    if not any(begin in folded for begin in _begins_of(words)):
        return None
    said = _pattern_of(words).search(text)
    return " ".join(said[0].split()) if said else None


def _membership(wanted: Sequence[str], sight: Sight) -> str | None:
    held = str(sight.contact.get("membership") or "")
    is_one = held.casefold() in {one.casefold() for one in wanted}
    return f"membership {held}" if is_one else None


def _holds(source: str, sight: Sight) -> bool:
    facts: dict[str, object] = {
        "contact": sight.contact,
        "turn": {
            "failed_attempts": sight.failed_attempts,
            "flow": sight.flow,
            "intent": sight.intent,
            "recontacts": sight.recontacts,
            "request_type": sight.request_type,
            "sentiment": sight.sentiment,
            "text": sight.text,
            "value": sight.value,
        },
    }
    try:
        return conditions.holds(
            source, NAMES, conditions.environment(source, NAMES, {}, facts, sight.now)
        )
    except InvalidInput:
        return False  # nobody's message waits for a condition that this Baton cannot read


@lru_cache(maxsize=1_024)
def _pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of some words: whole ones, whatever the case and the blanks."""
    return re.compile("|".join(_one(word) for word in words), re.IGNORECASE)


@lru_cache(maxsize=1_024)
def _begins_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first part of each word or phrase, folded, as it stands in a folded text."""
    stems = (word.strip().removesuffix("*").split() for word in words)
    return tuple(stem[0].casefold() if stem else "" for stem in stems)


def _one(word: str) -> str:
    stem = word.strip().removesuffix("*")
    parts = r"\s+".join(re.escape(part) for part in stem.split())
    return rf"(?<!\w){parts}" + ("" if word.strip().endswith("*") else r"(?!\w)")
