"""Runs a flow: (state, input, scene) -> (state, effects), pure and bounded.

A turn takes steps until one waits or stops. It may take no more steps than the
policy allows; a flow that would go on for ever hands over instead.
"""

from dataclasses import dataclass, replace

from baton.core.escalation import Reason
from baton.flows.document import Flow
from baton.flows.effects import Effect, OfferHandoff, SetTimer
from baton.flows.run import RunState
from baton.flows.scene import Go, Input, Outcome, Said, Scene, Stay, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """What one turn of a run came to; `state` is None when the run is over."""

    state: RunState | None
    effects: tuple[Effect, ...]
    steps: tuple[str, ...]


def start(flow: Flow, version: int, scene: Scene, said: Said | None) -> Advance:
    """Begin a run at the flow's first step, with the message that started it, if any."""
    outcome = flow.steps[flow.start].enter(scene, said)
    return _advance(_Course(flow=flow, version=version), flow.start, outcome, scene, said)


def resume(flow: Flow, state: RunState, scene: Scene, given: Input) -> Advance:
    """Go on from where a run waits."""
    scene = replace(scene, variables=state.variables)
    outcome = flow.steps[state.step].resume(scene, given)
    said = given if isinstance(given, Said) else None
    course = _Course(flow=flow, version=state.version)
    return _advance(course, state.step, outcome, scene, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """The version of a flow that a run is on."""

    flow: Flow
    version: int


def _advance(
    course: _Course, at: str, outcome: Outcome, scene: Scene, said: Said | None
) -> Advance:
    """Take steps until one waits or stops, or until they are too many."""
    effects: list[Effect] = []
    steps = [at]
    while True:
        effects.extend(outcome.effects)
        match outcome:
            case Stop():
                return Advance(state=None, effects=tuple(effects), steps=tuple(steps))
            case Stay():
                if outcome.wake_after is not None:
                    effects.append(SetTimer(after=outcome.wake_after))
                state = RunState(
                    flow=course.flow.name,
                    version=course.version,
                    step=steps[-1],
                    waiting=outcome.waiting,
                    variables=scene.variables,
                )
                return Advance(state=state, effects=tuple(effects), steps=tuple(steps))
            case Go():
                if len(steps) >= scene.policy.max_steps_per_turn:
                    offer = OfferHandoff(reason=Reason.REPEATING, trigger="step_limit")
                    return Advance(state=None, effects=(*effects, offer), steps=tuple(steps))
                scene = replace(scene, variables=scene.variables | outcome.variables)
                said = said if outcome.passes_on else None
                steps.append(outcome.to)
                outcome = course.flow.steps[outcome.to].enter(scene, said)
