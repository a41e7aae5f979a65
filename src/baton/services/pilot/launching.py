"""Publishing a flow into a rollout, so that it serves nobody before a stage lets it (PL1)."""

from baton.core.roles import Action
from baton.services import inbox
from baton.services.flows import flow_publishing
from baton.services.house import House
from baton.services.pilot import rollouts
from baton.services.pilot.rollouts import Beginning
from baton.store.models import User


def publish_into(  # noqa: PLR0913 - as flow_publishing.publish, and the plan
    house: House, user: User, name: str, *, plan: str, reason: str, seen: str, newest: int
) -> int:
    """Publish a draft and begin its rollout by a plan, in one step; return its version.

    Raises as `flow_publishing.publish` and `rollouts.begin` do; nothing of it stands then.
    """
    inbox.require(user, Action.RUN_PILOT)
    with house.engine.transaction():
        version = flow_publishing.publish(
            house, user, name, reason=reason, seen=seen, newest=newest
        )
        rollouts.begin(house, user, name, Beginning(plan=plan, reason=reason))
    return version
