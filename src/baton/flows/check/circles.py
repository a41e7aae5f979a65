"""Whether a run can go round in a circle without ever resting.

A wait of less than a minute is no rest: a run that does nothing else would keep a worker
busy for as long as it lives.

What has to be followed is the step and whether a message is still to be dealt with: a wait
for words does not rest on a message that it is handed.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TypeAlias

from baton.flows.document import Flow
from baton.flows.replies import ReplyKind
from baton.flows.scene import Step
from baton.flows.steps.answer import Answer
from baton.flows.steps.ask import Ask
from baton.flows.steps.do import Do
from baton.flows.steps.set import Set
from baton.flows.steps.subflow import Subflow
from baton.flows.steps.survey import Survey
from baton.flows.steps.wait import Wait
from baton.flows.trigger import TriggerKind

_Spot: TypeAlias = tuple[str, bool]
_REST = timedelta(minutes=1)


def circle_in(flow: Flow, flows: Mapping[str, Flow] | None = None) -> tuple[str, ...]:
    """Return the steps of a circle in which a run never rests, () when there is none."""
    moves = {spot: tuple(_moves(flow, spot, flows or {})) for spot in _spots(flow)}
    seen: set[_Spot] = set()
    for spot in moves:
        circle = _circle_from(spot, moves, seen)
        if circle:
            return tuple(name for name, _ in circle)
    return ()


def _spots(flow: Flow) -> tuple[_Spot, ...]:
    """Return where a run can stand, with a message in hand or without, as the document has it."""
    has_message = flow.trigger.on in (TriggerKind.MESSAGE, TriggerKind.KEYWORD, TriggerKind.CALL)
    found = {(flow.start, has_message)}
    frontier = list(found)
    while frontier:
        for spot in _leads_to(flow, frontier.pop()):
            if spot not in found:
                found.add(spot)
                frontier.append(spot)
    places = {name: place for place, name in enumerate(flow.steps)}
    return tuple(sorted(found, key=lambda spot: (places[spot[0]], spot[1])))


def _leads_to(flow: Flow, spot: _Spot) -> Iterator[_Spot]:
    name, has_message = spot
    step = flow.steps[name]
    for way in step.ways:
        match step:
            case Wait():
                yield way.to, bool(step.on_message) and way == step.ways[-1]
            case Answer() | Do():
                yield way.to, False
            case Ask():
                yield way.to, step.kind is ReplyKind.MESSAGE or way.to == step.otherwise
            case Survey():
                yield way.to, True
                yield way.to, False
            case _:
                yield way.to, has_message


def _moves(flow: Flow, spot: _Spot, flows: Mapping[str, Flow]) -> Iterator[_Spot]:
    """Yield where a run goes on to at once."""
    name, has_message = spot
    step = flow.steps[name]
    match step:
        case Wait() if has_message and step.on_message:
            yield step.on_message, True
        case Wait():
            yield from ((to, False) for to in _at_once(flow, step))
        case Answer() if has_message:
            yield step.answered, False
            yield step.unanswered, False
        case Ask() if step.of and step.of not in _moved_in(flow.steps):
            yield step.on_silence, has_message
        case Ask() | Do() | Survey() | Answer():
            return
        case Subflow() if step.flow not in flows or always_rests(flows[step.flow]):
            return
        case _:
            yield from ((way.to, has_message) for way in step.ways)


def _at_once(flow: Flow, step: Wait) -> Iterator[str]:
    """Yield where a wait leads that is hardly one: it is brief, or its moment has passed already.

    A moment that some step moves on may lie ahead each time.
    """
    is_brief = isinstance(step.span, timedelta) and step.span < _REST and not step.at
    if step.if_past:
        yield step.if_past
    if is_brief or (not step.if_past and step.of and step.of not in _moved_in(flow.steps)):
        yield step.then


def _moved_in(steps: Mapping[str, Step]) -> set[str]:
    return {name for step in steps.values() if isinstance(step, Set) for name in step.values}


def always_rests(flow: Flow) -> bool:
    """Return whether a run rests at least once on every way through a flow."""
    seen: set[_Spot] = {(flow.start, True)}
    frontier = list(seen)
    while frontier:
        spot = frontier.pop()
        if not flow.steps[spot[0]].ways:
            return False
        for following in _moves(flow, spot, {}):
            if following not in seen:
                seen.add(following)
                frontier.append(following)
    return True


def _circle_from(
    start: _Spot, moves: Mapping[_Spot, tuple[_Spot, ...]], seen: set[_Spot]
) -> tuple[_Spot, ...]:
    """Search in depth, with a stack of its own: a flow may be longer than Python's."""
    path: list[_Spot] = []
    stack: list[tuple[_Spot, int]] = [(start, 0)] if start not in seen else []
    while stack:
        spot, place = stack.pop()
        if place == 0:
            seen.add(spot)
            path.append(spot)
        following = moves.get(spot, ())
        if place == len(following):
            path.pop()
            continue
        stack.append((spot, place + 1))
        to = following[place]
        if to in path:
            return tuple(path[path.index(to) :])
        if to not in seen:
            stack.append((to, 0))
    return ()
