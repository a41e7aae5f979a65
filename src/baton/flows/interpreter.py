"""Runs a flow: (state, input, scene) -> (state, effects), pure and bounded.

A turn takes steps until one waits or stops. It may take no more steps than the
policy allows; a flow that would go on for ever hands over instead. A step whose texts
or values cannot be worked out ends the run with a report, and hands over as well: a
person sees the matter, and nobody waits for words that will not come.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from baton.core.errors import InvalidInput
from baton.core.escalation import Reason
from baton.core.json import Json
from baton.flows import values
from baton.flows.document import NO_LIBRARY, Flow, Library
from baton.flows.effects import (
    AddToDigest,
    AskSurvey,
    CallAction,
    Effect,
    HoldBack,
    MakeOffer,
    OfferHandoff,
    ReachGoal,
    ReportProblem,
    SendText,
    SetTimer,
)
from baton.flows.run import Caller, RunState
from baton.flows.scene import (
    ActionEnded,
    Awaits,
    Call,
    Go,
    Happened,
    Input,
    Outcome,
    Said,
    Scene,
    Stay,
    Stop,
    TimeUp,
    Waiting,
)
from baton.flows.values import ValueType

DAILY_LIMIT = "sends_per_day"
"""Why a message was held back: the flow's own limit of a day was reached."""

ANSWERS = frozenset({Awaits.MESSAGE, Awaits.CHOICE, Awaits.REPLY, Awaits.RATING})
"""What a run waits for that the contact is to say."""
_UNTIL_TOMORROW = Stay(waiting=Waiting(awaits=Awaits.DAY), wake_after=timedelta(days=1))
BY_WORDS = (AskSurvey, MakeOffer)
"""What happens by being said: where the words were held back, it did not happen."""


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn of a run came to; `state` is None when the run is over."""

    state: RunState | None
    effects: tuple[Effect, ...]
    steps: tuple[str, ...]


def start(
    flow: Flow, version: int, scene: Scene, said: Said | None, library: Library = NO_LIBRARY
) -> Advance:
    """Begin a run at the flow's first step, with the message that started it, if any.

    `scene.variables` are the facts that the trigger brought.
    """
    scene = _in_its_zone(scene)
    place = _Place(flow=flow, version=version, step=flow.start)
    course = _Course(library=library, pins=library.pins_of(flow), is_answer=said is not None)
    return _walk(course, place, scene, said)


def resume(
    flow: Flow, state: RunState, scene: Scene, given: Input, library: Library = NO_LIBRARY
) -> Advance | None:
    """Go on from where a run waits; None when what was given is not for it.

    The flow is the state's own, in the state's version.
    """
    scene = _in_its_zone(
        replace(
            scene,
            variables=state.variables,
            waiting=state.waiting,
            calls=state.calls,
            names=flow.names,
        )
    )
    if isinstance(given, Happened):
        scene = replace(scene, facts={**scene.facts, "event": dict(given.facts)})
    place = _Place(flow=flow, version=state.version, step=state.step, callers=state.callers)
    course = _Course(
        library=library,
        pins=state.pins,
        is_answer=isinstance(given, Said) or (isinstance(given, ActionEnded) and state.is_owed),
        sent_on=state.sent_on,
        sent=state.sent,
    )
    is_unasked = state.waiting.awaits is Awaits.DAY
    try:
        reached = _goal_of(state, flow, scene, given, library)
        outcome = None if reached or is_unasked else flow.steps[state.step].resume(scene, given)
    except InvalidInput as error:
        return _failed(place, (), (), error)
    if reached:
        return Advance(state=None, effects=(reached,), steps=(state.step,))
    if is_unasked:
        return _walk(course, place, scene, None) if isinstance(given, TimeUp) else None
    said = given if isinstance(given, Said) else None
    return None if outcome is None else _walk(course, place, scene, said, outcome)


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a version of a flow, and the flows that called it."""

    flow: Flow
    version: int
    step: str
    callers: tuple[Caller, ...] = ()


class _Course(msgspec.Struct, kw_only=True):
    """One turn as it is walked: what it may call, and what it has said today."""

    library: Library
    pins: Mapping[str, int]
    is_answer: bool
    sent_on: str = ""
    sent: int = 0
    effects: list[Effect] = []
    taken: list[str] = []

    def keep(self, effects: tuple[Effect, ...], place: "_Place", scene: Scene) -> bool:
        """Keep effects, less what the limit of a day holds back; return whether it held any."""
        if not effects:
            return False
        kept = [_stamped(one, place.flow, scene) for one in effects]
        is_held = False
        if not self.is_answer:
            for number, one in enumerate(kept):
                if isinstance(one, SendText) and not self._may_say_more(place, scene):
                    kept[number] = HoldBack(reason=DAILY_LIMIT)
                    is_held = True
        self.effects += [one for one in kept if not (is_held and isinstance(one, BY_WORDS))]
        return is_held

    def _limit_at(self, place: "_Place") -> int:
        """Return the least limit of the flow and of those that called it."""
        if not place.callers:
            return place.flow.limits.sends_per_day
        callers = [self.library.at(caller.flow, caller.version) for caller in place.callers]
        flows = (place.flow, *filter(None, callers))
        return min([flow.limits.sends_per_day for flow in flows])

    def _may_say_more(self, place: "_Place", scene: Scene) -> bool:
        """Count one more message of the day; False where the limit is reached."""
        today = (scene.day or scene.now.date()).isoformat()
        if self.sent_on != today:
            self.sent_on, self.sent = today, 0
        if self.sent >= self._limit_at(place):
            return False
        self.sent += 1
        return True


def _stamped(effect: Effect, flow: Flow, scene: Scene) -> Effect:
    """Return an effect with why its flow writes, and until when that is of use."""
    match effect:
        case SendText():
            until = _next_moment(flow, scene)
            return replace(
                effect,
                purpose=flow.charter.purpose,
                useful_until=until,
                channels=effect.channels or flow.channels,
            )
        case AddToDigest():
            return replace(effect, purpose=flow.charter.purpose)
        case _:
            return effect


def _next_moment(flow: Flow, scene: Scene) -> datetime | None:
    """Return the next of the moments that the trigger told of, None without one to come."""
    known, found = scene.variables, None
    for name, kind in flow.facts.items():
        if kind is not ValueType.TIME:
            continue
        at = values.time_of(known.get(name))
        if at is not None and at > scene.now and (found is None or at < found):
            found = at
    return found


def _walk(
    course: _Course,
    place: _Place,
    scene: Scene,
    said: Said | None,
    outcome: Outcome | None = None,
) -> Advance:
    """Take steps until one waits or stops, or until they are too many."""
    while True:
        scene = _seen_in(place.flow, scene)
        course.taken.append(_name_of(place))
        try:
            outcome = outcome or place.flow.steps[place.step].enter(scene, said)
        except InvalidInput as error:
            return _failed(place, tuple(course.effects), tuple(course.taken), error)
        is_held = not isinstance(outcome, Call) and course.keep(outcome.effects, place, scene)
        if isinstance(outcome, Stay):
            # Nobody answers a question that was not asked: it waits to be asked tomorrow.
            is_unasked = is_held and outcome.waiting.awaits in ANSWERS
            return _stay(course, place, scene, _UNTIL_TOMORROW if is_unasked else outcome)
        if isinstance(outcome, Go):
            said = said if outcome.passes_on else None
            scene = _knowing(scene, outcome.variables)
        following = _following(course, place, outcome)
        if not isinstance(following, _Place):
            return following or _over(course)
        if len(course.taken) >= scene.policy.max_steps_per_turn:
            return _over(course, OfferHandoff(reason=Reason.REPEATING, trigger="step_limit"))
        place, outcome = following, None


# A scene is copied only where it changes: most steps of most turns change nothing in it.


def _seen_in(flow: Flow, scene: Scene) -> Scene:
    return scene if scene.names is flow.names else replace(scene, names=flow.names)


def _knowing(scene: Scene, learned: dict[str, Json]) -> Scene:
    return replace(scene, variables={**scene.variables, **learned}) if learned else scene


def _in_its_zone(scene: Scene) -> Scene:
    zone = scene.variables.get(values.ZONE)
    found = values.zone_of(zone) if isinstance(zone, str) else None
    return replace(scene, manner=replace(scene.manner, zone=found)) if found else scene


def _following(course: _Course, place: _Place, outcome: Outcome) -> "_Place | Advance | None":
    """Return where an outcome leads; None when the run is over."""
    match outcome:
        case Go():
            return _Place(
                flow=place.flow, version=place.version, step=outcome.to, callers=place.callers
            )
        case Call():
            return _called(course, place, outcome)
        case Stop() if place.callers and not outcome.is_final:
            return _returned(course, place)
        case _:
            return None


def _called(course: _Course, place: _Place, call: Call) -> "_Place | Advance":
    version = course.pins.get(call.flow, 0)
    flow = course.library.at(call.flow, version)
    if flow is None:
        missing = InvalidInput({"flow": f"there is no flow {call.flow!r} to go through"})
        return _failed(place, tuple(course.effects), tuple(course.taken), missing)
    caller = Caller(flow=place.flow.name, version=place.version, then=call.then)
    return _Place(flow=flow, version=version, step=flow.start, callers=(*place.callers, caller))


def _returned(course: _Course, place: _Place) -> "_Place | None":
    *outer, caller = place.callers
    flow = course.library.at(caller.flow, caller.version)
    if flow is None:  # versions are kept for ever (invariant 13)
        return None
    return _Place(flow=flow, version=caller.version, step=caller.then, callers=tuple(outer))


def _stay(course: _Course, place: _Place, scene: Scene, stay: Stay) -> Advance:
    effects = course.effects
    if stay.wake_after is not None:
        effects.append(SetTimer(after=stay.wake_after))
    state = RunState(
        flow=place.flow.name,
        version=place.version,
        step=place.step,
        waiting=stay.waiting,
        variables=scene.variables,
        callers=place.callers,
        pins=course.pins,
        calls=scene.calls + sum(isinstance(one, CallAction) for one in effects),
        sent_on=course.sent_on,
        sent=course.sent,
        is_owed=course.is_answer and stay.waiting.awaits is Awaits.ACTION,
    )
    return Advance(state=state, effects=tuple(effects), steps=tuple(course.taken))


def _over(course: _Course, *last: Effect) -> Advance:
    return Advance(state=None, effects=(*course.effects, *last), steps=tuple(course.taken))


def _failed(
    place: _Place, effects: tuple[Effect, ...], taken: tuple[str, ...], error: InvalidInput
) -> Advance:
    name = _name_of(place)
    report = ReportProblem(step=name, problems=dict(error.fields))
    offer = OfferHandoff(reason=Reason.FLOW, trigger="step_failed", evidence=name)
    steps = taken if taken and taken[-1] == name else (*taken, name)
    return Advance(state=None, effects=(*effects, report, offer), steps=steps)


def _goal_of(
    state: RunState, flow: Flow, scene: Scene, given: Input, library: Library
) -> ReachGoal | None:
    """Return the goal that an event reaches, of this flow or of one that called it."""
    if not isinstance(given, Happened):
        return None
    callers = (library.at(caller.flow, caller.version) for caller in state.callers)
    for one in (flow, *callers):
        goal = one.goal if one else None
        if one is None or goal is None or goal.event != given.event:
            continue
        if replace(scene, names=one.names).holds(goal.when):
            return ReachGoal(goal=goal.event)
    return None


def _name_of(place: _Place) -> str:
    """Return the step's name, with the flow's before it inside a subflow."""
    return f"{place.flow.name}.{place.step}" if place.callers else place.step
