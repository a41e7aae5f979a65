"""Who may take a flow back, and let one go on that stopped: operations decide (X38, PL12)."""

from baton.core import roles
from baton.core.errors import Forbidden
from baton.core.roles import Action, Role
from baton.store.models import User


def may_roll_back(user: User) -> bool:
    """Return whether a person decides on rollbacks; managers do where nobody is of operations."""
    role = Role(user.role)
    if roles.may(role, Action.ROLL_BACK):
        return True
    return roles.may(role, Action.RUN_PILOT) and not _deciding(user.workspace_id)


def require_roll_back(user: User) -> None:
    """Raise Forbidden unless a person decides on rollbacks."""
    if not may_roll_back(user):
        raise Forbidden(Action.ROLL_BACK.value, user.role)


def _deciding(workspace_id: str) -> bool:
    wanted = [role.value for role in Role if roles.may(role, Action.ROLL_BACK)]
    return User.objects.filter(workspace_id=workspace_id, is_active=True, role__in=wanted).exists()
