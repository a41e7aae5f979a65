"""What is done with rollouts in a story, each through the service that the console calls."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeAlias

from baton.config.stories.pilot_parts import PilotAct, Pilots
from baton.config.stories.world import World
from baton.core import rollout
from baton.services.desk import baselines
from baton.services.desk.baselines import Brought
from baton.services.flows import flow_pauses
from baton.services.pilot import rollouts, taking_back, watch
from baton.services.pilot.rollouts import Beginning, Move
from baton.store.models import User


def act(world: World, pilots: Pilots) -> None:
    """Let somebody move a rollout; raises BatonError when they are refused."""
    _ACTS[pilots.act](world, User.objects.get(id=world.users[pilots.who].id), pilots)
    world.run_idle()


def _answer(world: World, user: User, pilots: Pilots) -> None:
    """Answer for all that the stages up to one need."""
    row = rollouts.running_of(world.workspace_id, pilots.flow)
    for check in rollout.plan_of(row.plan).needed_for(pilots.stage):
        rollouts.answer(world.house, user, pilots.flow, check, pilots.text)


def _move(world: World, user: User, pilots: Pilots) -> None:
    wanted = Move(
        stage=pilots.stage, share=pilots.share, reason=pilots.text, is_despite=pilots.despite
    )
    rollouts.move(world.house, user, pilots.flow, wanted)


_BEFORE = timedelta(days=28)
"""The while that a figure from before Baton is of."""

_Deed: TypeAlias = Callable[[World, User, Pilots], object]
_ACTS: Mapping[PilotAct, _Deed] = {
    PilotAct.BEGIN: lambda world, user, one: rollouts.begin(
        world.house, user, one.flow, Beginning(plan=one.plan, reason=one.text)
    ),
    PilotAct.ANSWER: _answer,
    PilotAct.MOVE: _move,
    PilotAct.TAKE_BACK: lambda world, user, one: taking_back.take_back(
        world.house, user, one.flow, reason=one.text
    ),
    PilotAct.TAKE_UP: lambda world, user, one: rollouts.take_up(
        world.house, user, one.flow, one.text
    ),
    PilotAct.PAUSE: lambda world, user, one: flow_pauses.pause_as(
        world.house, user, one.flow, reason=one.text
    ),
    PilotAct.RESUME: lambda world, user, one: flow_pauses.resume_as(
        world.house, user, one.flow, reason=one.text
    ),
    PilotAct.BASELINE: lambda world, user, one: baselines.bring(
        world.house,
        user,
        Brought(
            kpi=one.kpi or "",
            flow=one.flow,
            value=one.value or 0.0,
            since=world.now - _BEFORE,
            until=world.now,
            reason=one.text,
        ),
    ),
    PilotAct.LOOK: lambda world, _user, _one: watch.look(world.house, world.workspace_id),
}
