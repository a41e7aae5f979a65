"""A workspace's return policy, in versions: the newest decides, and none is ever changed."""

from dataclasses import dataclass
from datetime import datetime

from baton.core import return_policy
from baton.core.errors import Conflict, InvalidInput
from baton.core.return_policy import ReturnPolicy
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import ReturnRules

MAX_REASON = 300
_LANE = "return-rules"  # in which a workspace's versions are numbered


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A version of the policy; 0 is what holds before anybody wrote one."""

    version: int
    policy: ReturnPolicy
    at: datetime | None = None
    by: str = ""
    reason: str = ""


def current(workspace_id: str) -> Written:
    """Return the version in force."""
    newest = ReturnRules.objects.filter(workspace_id=workspace_id).order_by("-version").first()
    return _written(newest) if newest else Written(version=0, policy=return_policy.DEFAULT)


def list_versions(workspace_id: str, *, most: int = 20) -> tuple[Written, ...]:
    """Return the versions, newest first."""
    found = ReturnRules.objects.filter(workspace_id=workspace_id).order_by("-version")[:most]
    return tuple(_written(row) for row in found)


def publish(  # noqa: PLR0913 - what, over which version, by whom and why
    house: House,
    workspace_id: str,
    policy: ReturnPolicy,
    *,
    over: int,
    by: str,
    reason: str,
) -> int:
    """Put a policy in force as the version after `over`, and return its number.

    Raises Conflict where another version came meanwhile, InvalidInput without a reason.
    """
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise InvalidInput({"reason": f"Say why, in {MAX_REASON} characters at most."})
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, _LANE)
        ledger = Ledger(house, house.clock.now())
        if current(workspace_id).version != over:
            message = "A colleague changed the rules meanwhile. Look at them again."
            raise Conflict(message)
        row = ReturnRules.objects.create(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            version=over + 1,
            document=return_policy.render_policy(policy),
            published_at=ledger.now,
            published_by=by,
            reason=reason,
        )
        ledger.audit(
            workspace_id, by, "return_rules_published", f"return_rules:{row.version}", reason=reason
        )
        ledger.flush()
    return row.version


def _written(row: ReturnRules) -> Written:
    return Written(
        version=row.version,
        policy=return_policy.parse_policy(row.document),
        at=row.published_at,
        by=row.published_by,
        reason=row.reason,
    )
