"""Decides turns that nobody's words ask for: a time has come, something happened, an action ended.

Pure like `flows.turn`, whose rules hold here as well: the bot speaks only where it may.
"""

from datetime import datetime

from msgspec.structs import replace

from baton.core import ownership
from baton.flows import outreach
from baton.flows.alike import Alike
from baton.flows.document import Flow
from baton.flows.effects import LeaveNote, SetTimer
from baton.flows.interpreter import Advance
from baton.flows.scene import ActionEnded, Happened, Input, TimeUp
from baton.flows.standing import Setting, Standing, scene_of, silence
from baton.flows.turn import Decision, Turn, draft_of, flowed, given_over


def wake(standing: Standing, setting: Setting, *, now: datetime) -> Turn:
    """Decide what a silence leads to: the waiting run goes on, if the bot may speak."""
    run = standing.run
    if run is None or not ownership.may_bot_speak(standing.owner):
        return Turn(
            decision=Decision.SILENT,
            reason="nothing_waits",
            run=None,
            action="let the silence pass",
        )
    return go_on(TimeUp(), standing, setting, now=now) or Turn(
        decision=Decision.SILENT,
        reason="nothing_waits",
        run=run,
        action="let the silence pass",
    )


def let_time_pass(
    standing: Standing, setting: Setting, *, now: datetime, alike: Alike
) -> Turn | None:
    """Let the moment that a run waits for come, `alike` for all runs that are the same."""
    return alike.turn_of(standing, setting, lambda one: go_on(TimeUp(), one, setting, now=now))


def go_on(given: Input, standing: Standing, setting: Setting, *, now: datetime) -> Turn | None:
    """Let the waiting run take the time, an event or an action's end; None when not for it."""
    run = standing.run
    if run is None:
        return None
    advance = outreach.go_on(run, scene_of(standing, setting, now), given, setting.library)
    flow = setting.library.at(run.flow, run.version)
    if advance is None or flow is None:
        return None
    turn = flowed(advance, flow, run.version, silence(standing, setting, now))
    is_awaited = isinstance(given, ActionEnded)  # they asked for it, and want to know
    return _by_itself(turn, flow, standing, is_awaited=is_awaited)


def given_up(standing: Standing, setting: Setting, *, now: datetime) -> Turn:
    """Hand over what a flow that was taken back still owes an answer to."""
    return given_over("rolled_back", silence(standing, setting, now))


def begin(  # noqa: PLR0913 - what happened, to whom, where and when
    flow: Flow,
    version: int,
    given: Happened,
    standing: Standing,
    setting: Setting,
    *,
    now: datetime,
) -> Turn:
    """Start a run with something that happened; raises InvalidInput for facts of a wrong type."""
    scene = scene_of(standing, setting, now)
    advance = outreach.begin(flow, version, scene, given, setting.library)
    turn = flowed(advance, flow, version, silence(standing, setting, now))
    return _by_itself(turn, flow, standing, is_awaited=False)


def begin_in_shadow(  # noqa: PLR0913 - as `begin`
    flow: Flow,
    version: int,
    given: Happened,
    standing: Standing,
    setting: Setting,
    *,
    now: datetime,
) -> Turn:
    """Start a run that says and does nothing; what it would have done is its draft (PL5)."""
    scene = scene_of(standing, setting, now)
    return _in_shadow(outreach.begin(flow, version, scene, given, setting.library), flow, version)


def go_on_in_shadow(
    given: Input, standing: Standing, setting: Setting, *, now: datetime
) -> Turn | None:
    """Let a run in shadow take the time or an event; None when it is not for it."""
    run = standing.run
    flow = setting.library.at(run.flow, run.version) if run else None
    if run is None or flow is None:
        return None
    advance = outreach.go_on(run, scene_of(standing, setting, now), given, setting.library)
    return _in_shadow(advance, flow, run.version) if advance else None


def _in_shadow(advance: Advance, flow: Flow, version: int) -> Turn:
    """Return a turn of which drafts and the wake-up are left.

    Nobody answers what was not said, and no action ends that was not called: a run that waits
    for nothing else is over.
    """
    draft, state = draft_of(advance, flow, version), advance.state
    timers = tuple(e for e in advance.effects if isinstance(e, SetTimer))
    goes_on = state is not None and not draft.does and (timers or state.waiting.events)
    return Turn(
        decision=Decision.SILENT,
        reason="in_shadow",
        action="kept what it would have done",
        run=state if goes_on else None,
        effects=timers if goes_on else (),
        drafts=(draft,) if draft.text or draft.trigger or draft.does else (),
        flow=flow.name,
        version=version,
    )


def _by_itself(turn: Turn, flow: Flow, standing: Standing, *, is_awaited: bool) -> Turn:
    """Hand over without a word to somebody who wrote nothing; tell whoever has it already."""
    if turn.handoff is None:
        return turn
    if not ownership.may_bot_speak(standing.owner):
        told = turn.handoff.context or turn.handoff.escalate.trigger.replace("_", " ")
        note = LeaveNote(text=f"{flow.title}: {told}")
        return replace(
            turn,
            decision=Decision.FLOWED,
            reason="person_owns",
            handoff=None,
            reply=None,
            effects=(*turn.effects, note),
        )
    return turn if is_awaited or not flow.trigger.is_proactive else replace(turn, reply=None)
