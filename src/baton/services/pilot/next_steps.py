"""What is to be done next with a rollout, in one sentence."""

from collections.abc import Sequence

from baton.core.rollout import Plan, Stage
from baton.services.pilot import rollouts
from baton.services.pilot.stage_gates import GateLine
from baton.services.workspace import reaching
from baton.store.models import Rollout


def told(
    row: Rollout | None,
    plan: Plan | None,
    following: Stage | None,
    gates: Sequence[GateLine],
    *,
    is_paused: bool,
) -> str:
    """Return what is next; `following` is the stage behind the one that runs."""
    if is_paused:
        return "It is paused: find the cause, then resume it or take it back."
    if row is None or row.state == reaching.COMPLETED:
        return "It serves everybody. Begin a rollout to prove a change of it on a share."
    if row.state != reaching.RUNNING:
        return "It is off. Mend what harmed, then take it up again at the least share."
    if plan is None:
        return "This Baton does not know its plan: nobody is served."
    if broken := next((one.text for one in gates if one.is_broken), ""):
        return f"A gate does not hold: {broken}. Set it back or pause it, and mend that first."
    return _onward(row, plan, following, gates)


def _onward(row: Rollout, plan: Plan, following: Stage | None, gates: Sequence[GateLine]) -> str:
    if following is None:
        ending = "complete it" if plan.may_scale else "stop it, or begin a longer plan"
        return f"The last stage: {ending}."
    left = [one.value for one in rollouts.left_for(row, plan, following)]
    if left:
        named = ", ".join(left).replace("_", " ")
        return f"Before {following.title.lower()}, answer for: {named}."
    if unmet := next((one.text for one in gates if not one.is_met), ""):
        return f"Wait for: {unmet}."
    return f"All that {following.title.lower()} takes is there: move it on."
