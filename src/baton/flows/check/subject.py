"""What a check is given: the flow, its document, and what is known around it.

What is not known is None, and rules that need it are silent: a flow can be checked on a
train, and is checked again with everything known before it goes live.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time

from baton.core.json import Json
from baton.core.policy import Policy
from baton.flows.document import Flow
from baton.flows.scene import Step
from baton.flows.trigger import RESOLVED, TriggerKind
from baton.flows.wording import Wording

_OPT_OUT = "Reply STOP to opt out."
_BY_ITSELF = (TriggerKind.EVENT, TriggerKind.SCHEDULE, TriggerKind.SEGMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A template that a channel's provider has approved, in one language.

    `body` is its text, whose places a flow that names it has to fill in; "" is not looked at.
    """

    name: str
    language: str
    body: str = ""
    channel: str = "whatsapp"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When nobody is written to unasked, by the clock of their place; over midnight or not."""

    start: time
    end: time

    def cover(self, at: time) -> bool:
        """Return whether a time of day falls into them."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known around a flow; None where nothing is known.

    Attributes:
        flows: the other flows, by name.
        events: the facts that each known event brings; an empty tuple where they vary.
        actions: the actions of connected systems.
        named_actions: those that other flows call, whether a system offers them or not.
        templates: what providers have approved.
        copy: what somebody of the workspace approved for SMS and email.
        channels: those that are switched on.
        kpis: the names of what is measured.
        quiet_hours: when nobody is written to unasked.
        keywords: words with a fixed meaning besides those of `core.keywords`.
        places: names that texts may use of the business and its places, as "location.phone".
        examples: the longest value known of a name, as "business.name"; lengths count with it.
        opt_out: the sentence below a text that says how to opt out (TP10).
        opt_outs: the same in other languages, by language.
    """

    flows: Mapping[str, Flow] | None = None
    events: Mapping[str, tuple[str, ...]] | None = None
    actions: frozenset[str] | None = None
    named_actions: frozenset[str] = frozenset()
    templates: frozenset[Approved] | None = None
    copy: frozenset[Approved] = frozenset()
    channels: tuple[str, ...] | None = None
    kpis: frozenset[str] | None = None
    quiet_hours: QuietHours | None = None
    keywords: frozenset[str] = frozenset()
    places: frozenset[str] | None = None
    examples: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    opt_out: str = _OPT_OUT
    opt_outs: Mapping[str, str] | None = None


UNKNOWN = Surroundings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A wording of a step, with its place in the document."""

    step: str
    below: tuple[str | int, ...]
    wording: Wording

    @property
    def path(self) -> tuple[str | int, ...]:
        """Return where the wording stands."""
        return ("steps", self.step, *self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A Liquid text or a CEL expression, with the step that it is worked out in.

    `returns` is the type that an expression must give, as `conditions.find_mistake` names
    them; "" is any.
    """

    step: str
    path: tuple[str | int, ...]
    text: str
    returns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the rules look at."""

    raw: Mapping[str, Json]
    flow: Flow
    around: Surroundings

    @property
    def steps(self) -> tuple[tuple[str, Step], ...]:
        """Return the steps with their names, in the document's order."""
        return tuple(self.flow.steps.items())

    @property
    def writes_first(self) -> bool:
        """Return whether it writes to people who did not write to it.

        What follows a resolution belongs to the conversation that was resolved.
        """
        trigger = self.flow.trigger
        return trigger.on in _BY_ITSELF and trigger.event != RESOLVED

    @property
    def is_called_only(self) -> bool:
        """Return whether only other flows start it: they answer for it, and are measured."""
        return self.flow.trigger.on is TriggerKind.CALL

    def said(self) -> Iterator[Said]:
        """Yield every wording that goes to the contact."""
        for name, step in self.steps:
            for below, wording in step.wordings.items():
                yield Said(step=name, below=parts_of(below), wording=wording)

    def texts(self) -> Iterator[Source]:
        """Yield every Liquid text, whoever reads it."""
        for said in self.said():
            for below, text in said.wording.sources.items():
                yield Source(step=said.step, path=(*said.path, *parts_of(below)), text=text)
            yield from self._template_of(said)
        for name, step in self.steps:
            for below, text in step.texts.items():
                yield Source(step=name, path=("steps", name, *parts_of(below)), text=text)

    def _template_of(self, said: Said) -> Iterator[Source]:
        """Yield the approved words that stand for a wording: their places are filled in as well."""
        bodies = {
            one.body
            for one in (self.around.templates or frozenset()) | self.around.copy
            if one.name == said.wording.template and one.body
        }
        for body in sorted(bodies):
            yield Source(step=said.step, path=(*said.path, "template"), text=body)

    def expressions(self) -> Iterator[Source]:
        """Yield every expression of the steps."""
        for name, step in self.steps:
            for below, (text, returns) in step.expressions.items():
                path = ("steps", name, *parts_of(below))
                yield Source(step=name, path=path, text=text, returns=returns)

    def conditions_of_head(self) -> Iterator[Source]:
        """Yield the conditions that start the flow or end it; they are worked out in no step."""
        trigger, goal = self.flow.trigger, self.flow.goal
        head = {
            ("trigger", "when"): trigger.when,
            ("trigger", "segment"): trigger.segment,
            ("goal", "when"): goal.when if goal else "",
        }
        for path, text in head.items():
            if text:
                yield Source(step="", path=path, text=text, returns="BOOL")


def parts_of(below: str) -> tuple[str | int, ...]:
    """Return the parts of a path below a step, as steps name them: "choices.0.label"."""
    parts = below.split(".") if below else []
    return tuple(int(part) if part.isdecimal() else part for part in parts)
