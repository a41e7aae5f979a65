"""What one role decides, and others where nobody has it.

Operations take a flow back, and let one go on that stopped (X38, PL12). An admin says who works
here; in a house without one, whoever leads does.
"""

from baton.core import roles
from baton.core.errors import Forbidden
from baton.core.roles import Action, Role
from baton.store.models import User


def may_roll_back(user: User) -> bool:
    """Return whether a person decides on rollbacks; managers do where nobody is of operations."""
    role = Role(user.role)
    if roles.may(role, Action.ROLL_BACK):
        return True
    is_theirs = roles.may(role, Action.RUN_PILOT) and role is not Role.OWNER
    return is_theirs and not _with_right(user.workspace_id, Action.ROLL_BACK)


def require_roll_back(user: User) -> None:
    """Raise Forbidden unless a person decides on rollbacks."""
    if not may_roll_back(user):
        raise Forbidden(Action.ROLL_BACK.value, user.role)


def may_manage_access(user: User) -> bool:
    """Return whether a person gives out accounts, roles and keys: admins; without one, leads."""
    role = Role(user.role)
    if roles.may(role, Action.MANAGE_ACCESS):
        return True
    return role in _LEADING and not _with_right(user.workspace_id, Action.MANAGE_ACCESS)


def require_manage_access(user: User) -> None:
    """Raise Forbidden unless a person gives out accounts, roles and keys."""
    if not may_manage_access(user):
        raise Forbidden(Action.MANAGE_ACCESS.value, user.role)


_LEADING = (Role.MANAGER, Role.OPERATIONS)


def _with_right(workspace_id: str, action: Action) -> bool:
    wanted = [role.value for role in Role if roles.may(role, action)]
    return User.objects.filter(workspace_id=workspace_id, is_active=True, role__in=wanted).exists()
