"""Notices: what one person should know, kept until they have seen it."""

from collections.abc import Iterable
from enum import StrEnum

from baton.core import routing
from baton.core.roles import Role
from baton.services.ledger import Ledger
from baton.store.models import User
from baton.store.rows import NoticeRow

_ANSWERING = (Role.AGENT.value, Role.SENIOR.value, Role.MANAGER.value)
_LEADING = (Role.MANAGER.value,)
_OWNING = (Role.OPERATIONS.value,)


class Kind(StrEnum):
    """What a notice tells."""

    CLOCK_WARNED = "clock_warned"
    CLOCK_BREACHED = "clock_breached"
    DAILY_CHECK = "daily_check"  # to a manager: what the check found
    ESCALATION_ORPHANED = "escalation_orphaned"  # to whoever owns the automation


def tell(  # noqa: PLR0913 - who is told what, of what
    ledger: Ledger,
    workspace_id: str,
    user_ids: Iterable[str],
    kind: Kind,
    *,
    details: str,
    conversation_id: str | None = None,
) -> None:
    """Keep a notice for each of some people."""
    for user_id in user_ids:
        ledger.add(
            NoticeRow(
                id=ledger.next_id(),
                workspace_id=workspace_id,
                user_id=user_id,
                kind=kind.value,
                conversation_id=conversation_id,
                details=details,
                at=ledger.now,
            )
        )


def serving(workspace_id: str, queue: str) -> tuple[str, ...]:
    """Return who is on duty for a queue."""
    people = User.objects.filter(
        workspace_id=workspace_id, is_active=True, is_available=True, role__in=_ANSWERING
    ).order_by("id")
    return tuple(
        user_id
        for user_id, skills in people.values_list("id", "skills")
        if queue in (routing.GENERAL, *skills)
    )


def leading(workspace_id: str) -> tuple[str, ...]:
    """Return the managers of a workspace, on duty or not."""
    return _with_roles(workspace_id, _LEADING)


def owning(workspace_id: str) -> tuple[str, ...]:
    """Return who answers for the automation: the people of operations (PE7)."""
    return _with_roles(workspace_id, _OWNING)


def _with_roles(workspace_id: str, roles: tuple[str, ...]) -> tuple[str, ...]:
    people = User.objects.filter(workspace_id=workspace_id, is_active=True, role__in=roles)
    return tuple(people.order_by("id").values_list("id", flat=True))
