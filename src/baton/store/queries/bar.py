"""What the bar of every page counts for its reader, in one query."""

from dataclasses import dataclass

from baton.core.approvals import State
from baton.store import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Notices that a person has not seen, and approvals that wait for somebody in their role."""

    unseen: int
    up_to_them: int


def count_waiting(user_id: str, workspace_id: str, asked: str) -> Waiting:
    """Count what waits for a person whom approvals reach as the role `asked`."""
    [(unseen, up_to_them)] = sql.select(
        _WAITING, [user_id, workspace_id, State.PROPOSED.value, asked]
    )
    return Waiting(unseen=unseen, up_to_them=up_to_them)


_WAITING = """
SELECT
  (SELECT count(*) FROM store_notice WHERE user_id = %s AND seen_at IS NULL),
  (SELECT count(*) FROM store_approval WHERE workspace_id = %s AND state = %s AND asked = %s)
"""
