"""How connected systems are doing."""

from datetime import datetime

from baton.store import sql


def count_fates(workspace_id: str, since: datetime) -> dict[str, dict[str, int]]:
    """Return by system how many of what it told came to which fate since a moment."""
    counts: dict[str, dict[str, int]] = {}
    for system_id, fate, count in sql.select(_FATES, [workspace_id, since]):
        counts.setdefault(system_id, {})[fate] = count
    return counts


_FATES = """
SELECT d.system_id, d.fate, count(*) FROM store_systemdelivery d
JOIN store_connectedsystem s ON s.id = d.system_id
WHERE s.workspace_id = %s AND d.received_at >= %s GROUP BY d.system_id, d.fate
"""
