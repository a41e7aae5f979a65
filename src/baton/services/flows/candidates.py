"""Candidates: changes of a workspace that are tried on its past before anybody puts them live.

A candidate is a document: limits of the policy, thresholds of confidence, escalation rules of the
workspace's own, flows, and examples of intents. What it does not name stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from baton.core import confidence, escalation_rules
from baton.core.confidence import ConfidencePolicy, Scope, Thresholds
from baton.core.errors import InvalidInput
from baton.core.escalation import Act
from baton.core.escalation_rules import EscalationRule
from baton.core.json import Json
from baton.core.pack import Intent, Pack
from baton.core.policy import with_overrides
from baton.flows import conditions, document
from baton.flows.document import Flow, Library
from baton.flows.standing import Setting
from baton.services.writing import documents

_FIRST_OWN = 1_000_000
"""Versions of candidates' flows: above any that a workspace comes to."""

MAX_EXAMPLES = 5_000
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ThresholdPart(_Part):
    """Thresholds of an intent, of a flow, or of everything."""

    intent: _Name | None = None
    flow: _Name | None = None
    answer: float
    floor: float


class RulePart(_Part):
    """An escalation rule of the workspace's own; all its conditions must hold."""

    name: _Name
    act: Act = Act.HAND_OVER
    queue: str = ""
    urgency: Annotated[int, Field(ge=0, le=100)] = 0
    words: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    request_types: tuple[str, ...] = ()
    sentiment_at_most: Annotated[float, Field(ge=-1, le=1)] | None = None
    value_at_least: Annotated[int, Field(ge=0)] | None = None
    when: Annotated[str, Field(max_length=1_000)] = ""


class Candidate(_Part):
    """A change to be tried."""

    candidate: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w-]*$", max_length=60)]
    policy: dict[str, bool | int | float | str] = {}
    thresholds: tuple[ThresholdPart, ...] = ()
    rules: tuple[RulePart, ...] = ()
    without_rules: tuple[_Name, ...] = ()
    flows: dict[_Name, dict[str, JsonValue]] = {}
    without_flows: tuple[_Name, ...] = ()
    examples: dict[_Name, tuple[str, ...]] = {}

    @property
    def is_read_anew(self) -> bool:
        """Whether messages mean something else to it, so that they are read again."""
        return bool(self.examples)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A candidate as it is tried: its name and the setting that it makes."""

    name: str
    setting: Setting
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


AS_IT_IS = "as it is"


def parse(source: str, *, file: str) -> Candidate:
    """Read a candidate's YAML; raises InvalidDocument with every problem found."""
    return documents.parse_document(Candidate, documents.read(source, file=file))


def applied(candidate: Candidate, setting: Setting) -> Tried:
    """Return the setting with a candidate's changes; raises InvalidInput for what cannot be."""
    policy = with_overrides(setting.policy, dict(candidate.policy))
    changed = msgspec.structs.replace(
        setting,
        policy=policy,
        confidence=_confidence(candidate, setting, policy_base=confidence.base_of(policy)),
        rules=_rules(candidate, setting.rules),
        library=_library(candidate, setting.library),
        pack=taught(setting.pack, candidate.examples),
    )
    return Tried(name=candidate.candidate, setting=changed, examples=dict(candidate.examples))


def for_replay(setting: Setting) -> Setting:
    """Return a setting as a replay takes it: every flow serves everybody, and nothing is tried."""
    known = setting.library
    return msgspec.structs.replace(
        setting, trials=(), library=Library(flows=known.flows, live=known.live)
    )


def taught(pack: Pack, examples: Mapping[str, tuple[str, ...]]) -> Pack:
    """Return a pack whose intents have further examples; raises InvalidInput for no intent."""
    if not examples:
        return pack
    if unknown := sorted(set(examples) - {one.name for one in pack.intents}):
        raise InvalidInput({"examples": f"There is no intent {unknown[0]!r}."})
    if sum(map(len, examples.values())) > MAX_EXAMPLES:
        raise InvalidInput({"examples": f"At most {MAX_EXAMPLES} examples are tried at once."})
    return replace(pack, intents=tuple(_with_more(one, examples) for one in pack.intents))


def _with_more(intent: Intent, examples: Mapping[str, tuple[str, ...]]) -> Intent:
    more = examples.get(intent.name, ())
    return replace(intent, examples=tuple(dict.fromkeys((*intent.examples, *more))))


def _confidence(
    candidate: Candidate, setting: Setting, *, policy_base: Thresholds
) -> ConfidencePolicy:
    # Guarded intents stay as they are: no candidate makes Baton deaf to them.
    found = replace(setting.confidence, base=policy_base)
    for one in candidate.thresholds:
        wanted = Thresholds(answer=one.answer, floor=one.floor)
        if problems := confidence.problems_with(wanted):
            raise InvalidInput(problems)
        scope = Scope.INTENT if one.intent else Scope.FLOW if one.flow else Scope.WORKSPACE
        found = found.with_set(scope, one.intent or one.flow or "", wanted)
    return found


def _rules(candidate: Candidate, known: tuple[EscalationRule, ...]) -> tuple[EscalationRule, ...]:
    gone = {*candidate.without_rules, *(one.name for one in candidate.rules)}
    kept = [one for one in known if one.name not in gone]
    return (*kept, *(_rule(one) for one in candidate.rules))


def _rule(part: RulePart) -> EscalationRule:
    rule = EscalationRule(
        name=part.name,
        title=part.name.replace("_", " "),
        act=part.act,
        queue=part.queue,
        urgency=part.urgency,
        words=part.words,
        intents=part.intents,
        request_types=part.request_types,
        sentiment_at_most=part.sentiment_at_most,
        value_at_least=part.value_at_least,
        when=part.when,
    )
    if escalation_rules.find_built_in(rule.name):
        raise InvalidInput({"rules": f"{rule.name} is built in: set its limits under policy."})
    if not rule.has_condition:
        raise InvalidInput({"rules": f"{rule.name} says nothing of when it fires."})
    if rule.when and (mistake := conditions.find_mistake(rule.when, ())):
        raise InvalidInput({"rules": f"{rule.name}: {mistake.words}"})
    return rule


def _library(candidate: Candidate, known: Library) -> Library:
    flows: dict[tuple[str, int], Flow] = dict(known.flows)
    live = {n: v for n, v in known.live.items() if n not in candidate.without_flows}
    for name, written in candidate.flows.items():
        body: dict[str, Json] = {**msgspec.to_builtins(written), "flow": name}
        flows[name, _FIRST_OWN] = document.parse(body)
        live[name] = _FIRST_OWN
    return Library(flows=flows, live=live)
