"""What a new contact is to do first, by the goal of the flow that brings them there (ON22).

A first booking, the first use of a product, the first session of an app: the goal of the flow
that is measured by how many it activates says which.
"""

from msgspec.structs import replace

from baton.flows import outreach
from baton.flows.document import Flow, Library
from baton.flows.scene import Happened, Scene
from baton.flows.trigger import Goal, TriggerKind

METRIC = "activation_rate"
"""The business metric of a flow whose goal is somebody's first value."""
_BOOKED = "booking_created"


def aim_of(library: Library, given: Happened, scene: Scene) -> str | None:
    """Return what is the first value for whom something begins; None where no flow begins by it.

    "" is any booking or visit, which is told of without a flow. Whether a rollout reaches the
    contact makes no difference: those without the flow are measured by what those with it are.
    """
    for flow, _version in library.started_by(TriggerKind.EVENT):
        goal = _activating(flow)
        if goal is None or flow.trigger.event != given.event:
            continue
        if _holds(flow, flow.trigger.when, given, scene):
            return "" if goal.event == _BOOKED and not goal.when else goal.event
    return None


def is_value(library: Library, given: Happened, scene: Scene) -> bool:
    """Return whether what happened is the first value by any version of such a flow."""
    for flow in library.flows.values():
        goal = _activating(flow)
        is_meant = goal is not None and goal.event == given.event
        if goal is not None and is_meant and _holds(flow, goal.when, given, scene):
            return True
    return False


def _activating(flow: Flow) -> Goal | None:
    return flow.goal if flow.charter.metric == METRIC else None


def _holds(flow: Flow, condition: str, given: Happened, scene: Scene) -> bool:
    told = replace(scene, facts={**scene.facts, "event": dict(given.facts)})
    return outreach.admits(flow, condition, told)
