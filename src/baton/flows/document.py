"""A flow as it is run: parsed from its document, every name checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.rollout import Kind, Reach
from baton.flows import conditions, steps
from baton.flows.charter import Charter, charter_of
from baton.flows.conditions import Names
from baton.flows.fields import MOST_FACT, MOST_NAME, Fields
from baton.flows.scene import Step
from baton.flows.trigger import Goal, Trigger, TriggerKind, goal_of, trigger_of
from baton.flows.values import ValueType
from baton.flows.wording import CHANNELS

_TOLD_BY_CHOICES = {"topic": ValueType.TEXT, "queue": ValueType.TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a flow may do, whatever it says.

    Attributes:
        sends_per_day: what a run says by itself on one day, answers not counted.
        runs_per_contact: its runs of one contact at a time.
    """

    sends_per_day: int = 4
    runs_per_contact: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One version of an automation.

    Attributes:
        trigger: what starts a run; `goal` what ends one early.
        channels: in order of fallback; none means the channel that the contact wrote on.
        locale: the language of its texts.
        facts: what the trigger brings, with its types.
        subject: the fact that tells one run of a contact from another, "" for one at a time.
        names: every fact, brought or saved, in the form that conditions are read with.
    """

    name: str
    title: str
    charter: Charter
    trigger: Trigger
    goal: Goal | None
    channels: tuple[str, ...]
    locale: str
    facts: Mapping[str, ValueType]
    subject: str
    limits: Limits
    start: str
    steps: dict[str, Step]
    names: Names = ()

    @property
    def calls(self) -> tuple[str, ...]:
        """The flows that it goes through as subflows."""
        found = (getattr(step, "flow", "") for step in self.steps.values())
        return tuple(dict.fromkeys(name for name in found if name))


@dataclass(frozen=True, slots=True)
class Library:
    """The versions of flows that runs may be on, and which one of each starts new runs.

    A flow that is switched off is not among the live ones; its runs go on. One of the
    `paused` starts nothing, and its runs stay where they are; what only goes through it as
    a part of another flow goes on. `reaches` tells whom the flows that are being rolled out
    reach; any other reaches everybody.
    """

    flows: Mapping[tuple[str, int], Flow] = field(default_factory=dict)
    live: Mapping[str, int] = field(default_factory=dict)
    paused: frozenset[str] = frozenset()
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    # By kind, since every turn asks for one of them.
    _started: dict[TriggerKind, tuple[tuple[Flow, int], ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Sort the live flows by what starts them; a frozen value is filled in once, here."""
        found = [
            (self.flows[one], one[1]) for one in sorted(self.live.items()) if self.starts(one[0])
        ]
        started = {
            kind: tuple(one for one in found if one[0].trigger.on is kind) for kind in TriggerKind
        }
        object.__setattr__(self, "_started", started)

    def at(self, name: str, version: int) -> Flow | None:
        """Return a version of a flow; None when there is none."""
        return self.flows.get((name, version))

    def starts(self, name: str) -> bool:
        """Return whether a flow starts anything now, be it in shadow."""
        reach = self.reaches.get(name)
        return name not in self.paused and (reach is None or reach.starts)

    def gives_up(self, name: str) -> bool:
        """Return whether the runs of a flow go no further, since it was taken back."""
        reach = self.reaches.get(name)
        return reach is not None and reach.gives_up

    def started_by(self, kind: TriggerKind) -> tuple[tuple[Flow, int], ...]:
        """Return the live flows that a kind of trigger starts now, by name."""
        return self._started[kind]

    @property
    def answering(self) -> tuple[Flow, int] | None:
        """The flow that takes any message of most people, and its version; None without one."""
        found = self._started[TriggerKind.MESSAGE]
        whole = [one for one in found if self._is_whole(one[0].name)]
        return next(iter(self.foremost(whole) or found), None)

    def foremost(self, taking: Sequence[tuple[Flow, int]]) -> tuple[tuple[Flow, int], ...]:
        """Return those of the flows that take somebody for which none of the others stands in.

        One stands in for another by way of a third, too, even while that one takes nobody.
        """
        behind = set[str]().union(*(self._stood_in_for(flow) for flow, _version in taking))
        left = tuple(one for one in taking if one[0].name not in behind)
        return left or tuple(taking)  # a circle, which the check refuses, keeps nobody out

    def _stood_in_for(self, flow: Flow) -> set[str]:
        found: set[str] = set()
        fresh = set(flow.trigger.instead_of)
        while fresh:
            found |= fresh
            live = (self.flows.get((name, self.live.get(name, 0))) for name in fresh)
            fresh = {name for one in live if one for name in one.trigger.instead_of} - found
        return found

    def _is_whole(self, name: str) -> bool:
        reach = self.reaches.get(name)
        return reach is None or reach.kind is Kind.FULL

    def pins_of(self, flow: Flow) -> dict[str, int]:
        """Return the live version of every flow that one may call, directly or not."""
        pins: dict[str, int] = {}
        open_flows = [flow]
        while open_flows:
            for name in open_flows.pop().calls:
                version = self.live.get(name)
                if name not in pins and version is not None:
                    pins[name] = version
                    open_flows.append(self.flows[name, version])
        return pins


NO_LIBRARY = Library()


def parse(document: Json) -> Flow:
    """Read a flow document; raises InvalidInput with the path of everything wrong in it."""
    if not isinstance(document, dict):
        raise InvalidInput({"flow": "a flow document must be a mapping"})
    problems: dict[str, str] = {}
    fields = Fields(raw=document, path="", problems=problems)
    flow = head_of(fields)
    fields.finish()
    if problems or flow is None:
        raise InvalidInput(problems)
    _check_targets(flow, problems)
    if problems:
        raise InvalidInput(problems)
    return flow


def head_of(fields: Fields) -> Flow | None:
    """Read every field of a document; None when its trigger or its steps cannot be read."""
    name = fields.word("flow", "Its name.")
    title = fields.text("title", "What people call it.")
    charter = charter_of(fields)
    channels = fields.words("channels", "Channels, in order of fallback.", options=CHANNELS)
    locale = fields.word("locale", "The language of its texts.", default="en")
    trigger = fields.entry("trigger", "What starts it.", trigger_of)
    goal = fields.entry("goal", "What makes the rest needless.", goal_of, is_required=False)
    facts = fields.types("facts", "What the trigger brings, by name and type.")
    subject = fields.word(
        "subject", "The fact that tells its runs apart.", default="", most=MOST_FACT
    )
    if subject and subject not in facts:
        fields.problem("subject", f"is no fact; declared are {', '.join(facts) or 'none'}")
    limits = fields.entry("limits", "How much it may do.", _limits_of, is_required=False)
    start = fields.step("start", "Its first step.")
    found = _parse_steps(fields)
    if trigger is None:
        return None
    return Flow(
        name=name,
        title=title,
        charter=charter,
        trigger=trigger,
        goal=goal,
        channels=channels,
        locale=locale,
        facts=facts,
        subject=subject,
        limits=limits or Limits(),
        start=start,
        steps=found,
        names=conditions.names_of(_all_facts(facts, found)),
    )


def _all_facts(facts: Mapping[str, ValueType], found: Mapping[str, Step]) -> dict[str, ValueType]:
    """Return the brought facts and those that steps save; what is brought keeps its type."""
    saved = {name: kind for step in found.values() for name, kind in step.saves.items()}
    return {**_TOLD_BY_CHOICES, **saved, **facts}


def _limits_of(fields: Fields) -> Limits:
    return Limits(
        sends_per_day=fields.whole(
            "sends_per_day", "Messages of a run on one day.", default=4, least=1
        ),
        runs_per_contact=fields.whole(
            "runs_per_contact", "Runs of one contact at a time.", default=5, least=1
        ),
    )


def _parse_steps(fields: Fields) -> dict[str, Step]:
    parsed: dict[str, Step] = {}
    for name, body in fields.mapping("steps", "What it does, step by step.").items():
        path = f"steps.{name}"
        if not isinstance(body, dict):
            fields.problems[path] = "must be a mapping"
            continue
        fields.bound(path, name, MOST_NAME)
        inner = Fields(raw=body, path=path, problems=fields.problems)
        kind = inner.word("type", "What kind of step it is.", options=tuple(steps.TYPES))
        if kind in steps.TYPES:
            parsed[name] = steps.TYPES[kind].parse(inner)
            inner.finish()
    return parsed


def _check_targets(flow: Flow, problems: dict[str, str]) -> None:
    if flow.start not in flow.steps:
        problems["start"] = f"there is no step {flow.start!r}"
    for name, step in flow.steps.items():
        for way in step.ways:
            if way.to not in flow.steps:
                problems[f"steps.{name}"] = f"goes to {way.to!r}, which does not exist"
    for name in flow.steps.keys() - reachable(flow):
        problems[f"steps.{name}"] = "can never be reached"


def reachable(flow: Flow) -> set[str]:
    """Return the names of the steps that a run can come to."""
    found, frontier = {flow.start}, [flow.start]
    while frontier:
        step = flow.steps.get(frontier.pop())
        for way in step.ways if step else ():
            if way.to not in found:
                found.add(way.to)
                frontier.append(way.to)
    return found
