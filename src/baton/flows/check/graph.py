"""The ways of a flow, with what is sure after each.

Two questions are asked of the graph. What is known for certain in a step, whichever way
led there? And how long may the contact have been silent by then, at most?
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from baton.core import whatsapp
from baton.core.policy import Policy
from baton.flows.check.named import sure_names
from baton.flows.check.subject import Subject, Surroundings
from baton.flows.document import Flow
from baton.flows.occasion import Occasion
from baton.flows.scene import Step, Way
from baton.flows.steps.answer import Answer
from baton.flows.steps.ask import Ask
from baton.flows.steps.branch import Branch
from baton.flows.steps.do import Do
from baton.flows.steps.end import End
from baton.flows.steps.set import Set
from baton.flows.steps.subflow import Subflow
from baton.flows.steps.survey import Survey
from baton.flows.steps.wait import Wait
from baton.flows.trigger import TriggerKind

EVENT = "event"
"""Stands among the known names while an event is at hand."""

FOREVER = timedelta.max
WINDOW = whatsapp.WINDOW
"""So long after the contact's last words WhatsApp takes any text, and then only templates."""

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A way that a run may take.

    Attributes:
        gains: the names that are known behind it for certain.
        has_event: whether an event is at hand behind it; None is as before.
        silence: how much longer nobody may have spoken behind it.
        is_spoken: whether the contact has just spoken.
    """

    source: str
    to: str
    gains: frozenset[str] = frozenset()
    has_event: bool | None = None
    silence: timedelta = timedelta(0)
    is_spoken: bool = False


def edges_of(subject: Subject) -> tuple[Edge, ...]:
    """Return every way of a flow."""
    flow, around = subject.flow, subject.around
    edges = [edge for name, step in flow.steps.items() for edge in _edges_from(name, step, around)]
    return tuple(_with_speech(edge, edges, flow) for edge in edges)


def known_in(subject: Subject, at_start: frozenset[str] | None = None) -> dict[str, frozenset[str]]:
    """Return the names that are known for certain on entering each step, as "run.price".

    `at_start` are those known before the first; None for what the trigger brings.
    """
    flow = subject.flow
    found = {flow.start: _known_at_start(subject) if at_start is None else at_start}
    edges = edges_of(subject)
    has_changed = True
    while has_changed:
        has_changed = False
        for edge in edges:
            if edge.source not in found:
                continue
            after = _after(found[edge.source], edge)
            before = found.get(edge.to)
            found[edge.to] = after if before is None else before & after
            has_changed = has_changed or found[edge.to] != before
    return found


def silence_in(subject: Subject) -> dict[str, timedelta]:
    """Return how long the contact may have said nothing on entering each step, at most."""
    flow = subject.flow
    found = {flow.start: FOREVER if subject.writes_first else timedelta(0)}
    edges = edges_of(subject)
    rounds, has_changed = 0, True
    while has_changed:
        rounds, has_changed = rounds + 1, False
        for edge in edges:
            if edge.source not in found:
                continue
            before = found.get(edge.to, timedelta(-1))
            after = timedelta(0) if edge.is_spoken else _sum(found[edge.source], edge.silence)
            if after > before:
                # Still longer after so many rounds: a circle of silence, which has no longest.
                found[edge.to] = after if rounds <= len(flow.steps) else FOREVER
                has_changed = True
    return found


def reachable_from(flow: Flow, start: str) -> Iterator[str]:
    """Yield a step and all that a run may come to from there."""
    seen, frontier = {start}, [start]
    while frontier:
        name = frontier.pop()
        yield name
        for way in flow.steps[name].ways:
            if way.to not in seen:
                seen.add(way.to)
                frontier.append(way.to)


def at_once_from(flow: Flow, start: str) -> frozenset[str]:
    """Return the steps that a run may come to from one in the same turn."""
    seen, frontier = {start}, [start]
    while frontier:
        for way in flow.steps[frontier.pop()].ways:
            if not way.waits and way.to not in seen:
                seen.add(way.to)
                frontier.append(way.to)
    return frozenset(seen)


def _with_speech(edge: Edge, edges: list[Edge], flow: Flow) -> Edge:
    """Return an edge, told that who has given a rating has spoken.

    A survey has one way for ratings and for silence; a branch behind it tells them apart.
    """
    names = {one.source for one in edges if one.to == edge.source}
    before = [flow.steps[name] for name in names]
    kept = {f"run.{step.save}" for step in before if isinstance(step, Survey) and step.save}
    is_told_apart = len(before) == 1 and edge.source != flow.start and bool(kept & edge.gains)
    return replace(edge, is_spoken=True) if is_told_apart else edge


def _after(known: frozenset[str], edge: Edge) -> frozenset[str]:
    kept = known if edge.has_event is None else known - {EVENT}
    return kept | edge.gains | ({EVENT} if edge.has_event else frozenset())


def _sum(first: timedelta, second: timedelta) -> timedelta:
    return FOREVER if FOREVER in (first, second) else min(first + second, FOREVER)


def _known_at_start(subject: Subject) -> frozenset[str]:
    trigger, facts = subject.flow.trigger, subject.flow.facts
    asked = sure_names(trigger.when) | sure_names(trigger.segment)
    known = {name for name in asked if not name.startswith("run.")}
    if trigger.on is TriggerKind.CALL:
        known |= {f"run.{name}" for name in (*facts, "topic", "queue")}
    if trigger.on is TriggerKind.KEYWORD and "words" in facts:
        known.add("run.words")  # what they said, to act by
    if trigger.on is TriggerKind.EVENT:
        events = subject.around.events or {}
        brought = events.get(trigger.event) or tuple(facts)
        known |= {EVENT, *(f"run.{name}" for name in facts if name in brought)}
    return frozenset(known)


def _edges_from(name: str, step: Step, around: Surroundings) -> Iterator[Edge]:
    match step:
        case Wait():
            yield from _edges_of_wait(name, step, around.policy)
        case Ask():
            yield from _edges_of_ask(name, step)
        case Branch():
            for way, case in zip(step.ways, (*step.cases, None), strict=True):
                yield Edge(source=name, to=way.to, gains=sure_names(case.when if case else ""))
        case Set():
            gains = frozenset(f"run.{one}" for one in step.values)
            yield Edge(source=name, to=step.then, gains=gains)
        case _:
            yield from (_plain_edge(name, step, way, around) for way in step.ways)


def _plain_edge(name: str, step: Step, way: Way, around: Surroundings) -> Edge:
    match step:
        case Answer():
            return _resting(name, way, is_spoken=True)
        case Survey():
            return _resting(name, way, silence=step.silence or around.policy.csat_window)
        case Do():
            return _resting(name, way, silence=step.within)
        case Subflow():
            return Edge(source=name, to=way.to, gains=_learned_in(step.flow, around))
        case _:
            return Edge(source=name, to=way.to, gains=_gains(way))


def _learned_in(name: str, around: Surroundings) -> frozenset[str]:
    """Return what is known for certain after another flow; its own subflows are not followed."""
    flow = (around.flows or {}).get(name)
    if flow is None:
        return frozenset()
    inside = Subject(raw={}, flow=flow, around=replace(around, flows=None))
    known = known_in(inside, at_start=frozenset())
    # A handoff ends the caller's run as well: nothing comes back from there.
    ends = [known[name] for name, step in flow.steps.items() if isinstance(step, End)]
    return frozenset.intersection(*ends) - {EVENT} if ends else frozenset()


def _edges_of_ask(name: str, step: Ask) -> Iterator[Edge]:
    span = FOREVER if step.silence is None else step.silence
    spoken = step.ways[: len(step.options) + bool(step.then) + bool(step.otherwise)]
    for way in spoken:
        yield _resting(name, way, is_spoken=True)
    for one in step.occasions:
        yield _happening(name, one, span)
    if step.on_silence:
        yield Edge(source=name, to=step.on_silence, has_event=False, silence=span)


def _happening(name: str, one: Occasion, span: timedelta) -> Edge:
    sure = sure_names(one.when)
    return Edge(source=name, to=one.to, has_event=True, silence=span, gains=sure)


def _edges_of_wait(name: str, step: Wait, policy: Policy) -> Iterator[Edge]:
    span = _span_of(step, policy)
    if step.then:
        yield Edge(source=name, to=step.then, has_event=False, silence=span)
    for one in step.occasions:
        yield _happening(name, one, span)
    if step.if_past:
        yield Edge(source=name, to=step.if_past)
    if step.on_message:
        yield Edge(source=name, to=step.on_message, has_event=False, is_spoken=True)


def _span_of(step: Wait, policy: Policy) -> timedelta:
    if step.of or (step.span is None and not step.at):
        return FOREVER
    span = step.span or timedelta(0)
    longest: timedelta = getattr(policy, span) if isinstance(span, str) else span
    return longest + (_A_DAY if step.at else timedelta(0))


def _resting(
    name: str, way: Way, *, silence: timedelta = timedelta(0), is_spoken: bool = False
) -> Edge:
    return Edge(
        source=name,
        to=way.to,
        gains=_gains(way),
        has_event=False,
        silence=silence,
        is_spoken=is_spoken,
    )


def _gains(way: Way) -> frozenset[str]:
    return frozenset(f"run.{one}" for one in way.saves)
