"""A turn that nobody asked for: a run starts or goes on because of an event or the time.

Nothing is said while a person owns the conversation or after an opt-out: a run that
would speak then is ended, so that it does not come back when nobody expects it.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import interpreter, values
from baton.flows.document import Flow, Library
from baton.flows.interpreter import Advance
from baton.flows.run import RunState
from baton.flows.scene import Happened, Input, Scene
from baton.flows.trigger import TriggerKind


class Underway(msgspec.Struct, frozen=True, kw_only=True):
    """A contact's run that waits, as far as starting another one is concerned."""

    flow: str
    subject: str


def starting(
    library: Library, kind: TriggerKind, given: Happened, scene: Scene
) -> Iterator[tuple[Flow, int]]:
    """Yield the live flows that something which happened starts.

    For a schedule or a segment, `given.event` is the flow's name.
    """
    for flow, version in library.started_by(kind):
        trigger = flow.trigger
        named = trigger.event if kind is TriggerKind.EVENT else flow.name
        if named == given.event and admits(flow, trigger.when, _scene_of(flow, scene, given)):
            yield flow, version


def admits(flow: Flow, condition: str, scene: Scene) -> bool:
    """Return whether a condition of a flow's trigger is true here.

    One that cannot be used admits nobody: the check, which the console shows beside the
    trigger, says why. It must not keep a contact's fact from the other flows.
    """
    try:
        return replace(scene, names=flow.names).holds(condition)
    except InvalidInput:
        return False


def facts_of(flow: Flow, given: Mapping[str, Json]) -> dict[str, Json]:
    """Return the facts that a flow declares, as an event brings them.

    Raises InvalidInput naming each that is of another type. One that is not brought is
    left out: conditions on it are false, and `baton check` has asked for a default. The zone
    of what happens elsewhere is always kept, so that its times are told by its clocks.
    """
    problems: dict[str, str] = {}
    found: dict[str, Json] = {}
    for name, kind in flow.facts.items():
        value = given.get(name)
        if value is None:
            continue
        problem = values.problem_with(value, kind)
        if problem:
            problems[name] = problem
        else:
            found[name] = value
    if problems:
        raise InvalidInput(problems)
    zone = given.get(values.ZONE)
    is_elsewhere = isinstance(zone, str) and values.zone_of(zone) is not None
    return {**found, values.ZONE: zone} if is_elsewhere else found


def subject_of(flow: Flow, facts: Mapping[str, Json]) -> str:
    """Return what tells this run of a contact from their others of the flow."""
    return str(facts.get(flow.subject, "")) if flow.subject else ""


def may_start(flow: Flow, subject: str, underway: Iterable[Underway]) -> bool:
    """Return whether a run may start: none for the same subject, and not too many in all."""
    own = [one for one in underway if one.flow == flow.name]
    return len(own) < flow.limits.runs_per_contact and all(one.subject != subject for one in own)


def begin(flow: Flow, version: int, scene: Scene, given: Happened, library: Library) -> Advance:
    """Start a run with what happened; raises InvalidInput for facts of a wrong type."""
    scene = replace(_scene_of(flow, scene, given), variables=facts_of(flow, given.facts))
    return interpreter.start(flow, version, scene, None, library)


def go_on(state: RunState, scene: Scene, given: Input, library: Library) -> Advance | None:
    """Let a waiting run take the time, an event or an action's end; None when it is not for it."""
    flow = library.at(state.flow, state.version)
    if flow is None:
        return None
    return interpreter.resume(flow, state, scene, given, library)


def _scene_of(flow: Flow, scene: Scene, given: Happened) -> Scene:
    return replace(scene, facts={**scene.facts, "event": dict(given.facts)}, names=flow.names)
