"""What is done with rollouts in a story, each through the service that the console calls."""

from baton.config.stories.pilot_parts import PilotAct, Pilots
from baton.config.stories.world import World
from baton.core import rollout
from baton.services.flows import flow_pauses
from baton.services.pilot import rollouts, taking_back
from baton.services.pilot.rollouts import Beginning, Move
from baton.store.models import User


def act(world: World, pilots: Pilots) -> None:
    """Let somebody move a rollout; raises BatonError when they are refused."""
    house, flow, why = world.house, pilots.flow, pilots.text
    user = User.objects.get(id=world.users[pilots.who].id)
    match pilots.act:
        case PilotAct.BEGIN:
            rollouts.begin(house, user, flow, Beginning(plan=pilots.plan, reason=why))
        case PilotAct.ANSWER:
            _answer(world, user, pilots)
        case PilotAct.MOVE:
            wanted = Move(
                stage=pilots.stage, share=pilots.share, reason=why, is_despite=pilots.despite
            )
            rollouts.move(house, user, flow, wanted)
        case PilotAct.TAKE_BACK:
            taking_back.take_back(house, user, flow, reason=why)
        case PilotAct.TAKE_UP:
            rollouts.take_up(house, user, flow, why)
        case PilotAct.PAUSE:
            flow_pauses.pause_as(house, user, flow, reason=why)
        case PilotAct.RESUME:
            flow_pauses.resume_as(house, user, flow, reason=why)
    world.run_idle()


def _answer(world: World, user: User, pilots: Pilots) -> None:
    """Answer for all that the stages up to one need."""
    row = rollouts.running_of(world.workspace_id, pilots.flow)
    for check in rollout.plan_of(row.plan).needed_for(pilots.stage):
        rollouts.answer(world.house, user, pilots.flow, check, pilots.text)
