"""A turn that nobody asked for: a run starts or goes on because of an event or the time.

Nothing is said while a person owns the conversation or after an opt-out: a run that
would speak then is ended, so that it does not come back when nobody expects it.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.rollout import Admission
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
    library: Library,
    kind: TriggerKind,
    given: Happened,
    scene: Scene,
    *,
    admitted: Admission = Admission.SERVED,
) -> Iterator[tuple[Flow, int]]:
    """Yield the live flows that something which happened starts, and that take them so.

    For a schedule or a segment, `given.event` is the flow's name.
    """
    found = [
        (flow, version)
        for flow, version in library.started_by(kind)
        if (flow.trigger.event if kind is TriggerKind.EVENT else flow.name) == given.event
        and admits(flow, flow.trigger.when, told := _scene_of(flow, scene, given))
        and admission_of(flow, told, library) is admitted
    ]
    yield from library.foremost(found) if admitted is Admission.SERVED else found


def admission_of(flow: Flow, scene: Scene, library: Library) -> Admission:
    """Return how a flow takes the contact of a scene, by its rollout (PL22)."""
    reach = library.reaches.get(flow.name)
    if reach is None:
        return Admission.SERVED
    bounds = reach.bounds
    is_within = bounds.fit(
        channel=scene.channel,
        locations=_told(scene, _PLACES) or (scene.location_id,),
        products=_told(scene, _PRODUCTS),
    )
    if not is_within or not admits(flow, bounds.segment, scene):
        return Admission.LEFT
    return reach.admission_of(scene.draw, flow.name)


_PLACES = ("location", "location_id")
_PRODUCTS = ("sku", "skus")
"""What an event calls the place, and the things, that it is about."""


def _told(scene: Scene, names: Iterable[str]) -> tuple[str, ...]:
    event = scene.facts.get("event")
    found = [event.get(name) for name in names] if isinstance(event, Mapping) else []
    listed = [one if isinstance(one, list) else [one] for one in found if one]
    return tuple(str(one) for several in listed for one in several)


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
