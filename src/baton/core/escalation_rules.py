"""Escalation rules that a workspace sets: its own, and the limits of those that Baton brings.

Rules are data, each version kept with who, when and why. A rule of the workspace's own
names conditions, all of which must hold, and either flags a conversation for people to
step in or hands it over. Confidence is no condition (E13), and no rule here can take a
hard stop away: those stand in `core.hard_stops` and are asked first.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from baton.core.escalation import AT_RISK, LOW_RATING, UPSET, Act
from baton.core.hard_stops import HardStop
from baton.core.json import Json
from baton.core.policy import Policy, with_overrides

MAX_NAME, MAX_TITLE, MAX_WORD, MAX_WORDS, MAX_CHOICES = 40, 80, 60, 50, 40
MAX_RULES = 100
"""Rules of its own that a workspace may have in force: each is asked at every turn."""

MAX_VALUE_MINOR = 10**12
MAX_URGENCY = 100
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """A rule of the workspace's own; every condition that is given must hold.

    Attributes:
        name: its key in the log, lower case; `title` is what people read.
        act: whether it flags the conversation or hands it over.
        queue, urgency: of a handoff: where to ("" as the matter goes) and how pressing it is
            at least, 0 to 100.
        words: words or phrases of which one is said; a star at the end takes any ending.
        intents, request_types, memberships: of which one is that of the turn or contact.
        sentiment_at_most: -1 to 1; the turn's is this low or lower (E10).
        value_at_least: minor units; a sum that was said, or that the run knows, is as high (E11).
        when: one more condition in CEL, over `turn.*` and `contact.*`; "" for none.
    """

    name: str
    title: str
    version: int = 0
    act: Act = Act.FLAG
    queue: str = ""
    urgency: int = 0
    words: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    request_types: tuple[str, ...] = ()
    memberships: tuple[str, ...] = ()
    sentiment_at_most: float | None = None
    value_at_least: int | None = None
    when: str = ""

    @property
    def has_condition(self) -> bool:
        """Whether it says anything at all about when it fires."""
        given = (self.words, self.intents, self.request_types, self.memberships, self.when)
        return any(given) or self.sentiment_at_most is not None or self.value_at_least is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number of the policy that a built-in rule goes by, and between what it may be set."""

    field: str
    label: str
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """A rule that Baton brings: people may set its limits, and not take it away."""

    name: str
    title: str
    about: str
    act: Act = Act.HAND_OVER
    limits: tuple[Limit, ...] = field(default=())


BUILT_IN: tuple[BuiltIn, ...] = (
    BuiltIn(
        name="failed_attempts",
        title="Not understood",
        about="The bot could not understand the contact so often in one conversation.",
        limits=(Limit(field="max_failed_attempts", label="Attempts", least=1, most=2),),
    ),
    BuiltIn(
        name="sentiment",
        title="Upset words",
        about="Strong words at once; milder ones twice running, or beside a failed attempt.",
        limits=(
            Limit(field="strong_sentiment", label="Strong from", least=-0.95, most=-0.3),
            Limit(field="mild_sentiment", label="Mild from", least=-0.8, most=-0.1),
        ),
    ),
    BuiltIn(
        name="bot_turns",
        title="Too many bot replies",
        about="The bot has answered so often in one conversation.",
        limits=(Limit(field="max_bot_turns", label="Replies", least=2, most=40),),
    ),
    BuiltIn(
        name="not_helpful",
        title="The answer did not help",
        about="The contact says so.",
    ),
    BuiltIn(
        name="triage",
        title="A request for people",
        about="Triage says that a person decides it; the pack's file holds the axes.",
    ),
    BuiltIn(
        name="identical_reply",
        title="The same reply again",
        about="The bot would say word for word what it said before.",
    ),
    BuiltIn(
        name=UPSET,
        title="Mildly upset",
        about="Mild negative words, once: seen live, the bot goes on.",
        act=Act.FLAG,
    ),
    BuiltIn(
        name=AT_RISK,
        title="May leave",
        about="Whoever is at risk of leaving answers an automated flow: seen live, it goes on.",
        act=Act.FLAG,
    ),
    BuiltIn(
        name=LOW_RATING,
        title="Low rating",
        about="The contact gave one of the lowest ratings.",
        act=Act.FLAG,
    ),
)
"""What escalates besides hard stops, in every workspace (E2, E3, E24, E26, E36, T8, T10, X34)."""

_TAKEN = frozenset(
    {
        *(rule.name for rule in BUILT_IN),
        *(stop.value for stop in HardStop),
        *(
            "no_flow",
            "not_in_rollout",
            "rolled_back",
            "flow_paused",
            "step_failed",
            "step_limit",
            "opted_out",
            "stepped_in",
        ),
        "unreadable",
    }
)
"""Names that stand in the log for something of Baton's own."""


def find_built_in(name: str) -> BuiltIn | None:
    """Return the built-in rule of a name; None for another."""
    return next((rule for rule in BUILT_IN if rule.name == name), None)


def name_from(title: str, taken: Collection[str]) -> str:
    """Return the key of a new rule: its title's letters, and a number where it is taken."""
    letters = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
    base = letters[: MAX_NAME - 4] if _NAME.fullmatch(letters) else "rule"
    known = _TAKEN.union(taken)
    found = (base, *(f"{base}_{n}" for n in range(2, MAX_RULES * 100)))
    return next(name for name in found if name not in known)


def problems_with(
    rule: EscalationRule,
    *,
    intents: Collection[str],
    request_types: Collection[str],
    queues: Collection[str],
) -> dict[str, str]:
    """Return what is wrong with a rule that somebody wants, by field.

    The last three are what the workspace knows. Its CEL is checked where it is evaluated.
    """
    problems = _problems_with_head(rule, queues) | _problems_with_lists(rule)
    for name, known in (("intents", intents), ("request_types", request_types)):
        if unknown := set(getattr(rule, name)).difference(known):
            problems[name] = f"There is no {', '.join(sorted(unknown))} here."
    if rule.sentiment_at_most is not None and not -1 <= rule.sentiment_at_most < 0:
        problems["sentiment_at_most"] = "Write a number from -1 to below 0."
    if rule.value_at_least is not None and not 0 < rule.value_at_least <= MAX_VALUE_MINOR:
        problems["value_at_least"] = "Write a sum above 0."
    if not rule.has_condition:
        problems["words"] = "Say when it fires: give at least one condition."
    return problems


def _problems_with_head(rule: EscalationRule, queues: Collection[str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not rule.title.strip():
        problems["title"] = "Give it a name that people will read."
    elif len(rule.title) > MAX_TITLE:
        problems["title"] = f"Write at most {MAX_TITLE} characters."
    if rule.queue and rule.queue not in queues:
        problems["queue"] = "There is no such queue."
    if not 0 <= rule.urgency <= MAX_URGENCY:
        problems["urgency"] = f"Write a number from 0 to {MAX_URGENCY}."
    return problems


def _problems_with_lists(rule: EscalationRule) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name, most in (
        ("words", MAX_WORDS),
        ("intents", MAX_CHOICES),
        ("request_types", MAX_CHOICES),
        ("memberships", MAX_CHOICES),
    ):
        given = getattr(rule, name)
        if len(given) > most:
            problems[name] = f"Give at most {most}."
        elif any(len(one) > MAX_WORD for one in given):
            problems[name] = f"Each may have {MAX_WORD} characters at most."
    if any(not re.search(r"\w", word) for word in rule.words):
        problems["words"] = "Each line needs a letter or a digit."
    return problems


def problems_with_limits(
    built_in: BuiltIn, limits: Mapping[str, float], policy: Policy
) -> dict[str, str]:
    """Return what is wrong with the limits that somebody wants of a built-in rule, by field."""
    problems: dict[str, str] = {}
    for limit in built_in.limits:
        wanted = limits.get(limit.field)
        if wanted is None or not limit.least <= wanted <= limit.most:
            problems[limit.field] = f"Write a number from {limit.least:g} to {limit.most:g}."
    if not problems:
        changed = with_limits(policy, limits)
        if changed.strong_sentiment >= changed.mild_sentiment:
            problems["strong_sentiment"] = "Strong words must lie below mild ones."
    return problems


def with_limits(policy: Policy, limits: Mapping[str, float]) -> Policy:
    """Return the policy with the limits of built-in rules; raises InvalidInput for others."""
    return with_overrides(policy, dict(limits))


def render_document(rule: EscalationRule) -> dict[str, Json]:
    """Return what of a rule is kept as a document; the rest are columns of its version."""
    return {
        "act": rule.act.value,
        "queue": rule.queue,
        "urgency": rule.urgency,
        "words": list(rule.words),
        "intents": list(rule.intents),
        "request_types": list(rule.request_types),
        "memberships": list(rule.memberships),
        "sentiment_at_most": rule.sentiment_at_most,
        "value_at_least": rule.value_at_least,
        "when": rule.when,
    }


def parse_document(document: Mapping[str, Json], head: EscalationRule) -> EscalationRule:
    """Read a rule back from `render_document`; its name, title and version are `head`'s."""
    told = dict(document)
    lists = {
        name: tuple(cast("list[str]", told.pop(name, [])))
        for name in ("words", "intents", "request_types", "memberships")
    }
    act = Act(cast("str", told.pop("act")))
    # Only what `render_document` wrote is ever read: the fields have their types.
    return replace(head, act=act, **lists, **told)  # type: ignore[arg-type]
