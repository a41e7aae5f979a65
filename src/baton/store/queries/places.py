"""What every page of the console asks of its workspace: two plain look-ups by key.

Fifty open consoles ask them at once when something changes; the ORM takes longer to word such
a question than a database to answer it.
"""

from baton.store import sql


def standing_of(workspace_id: str) -> tuple[str, int] | None:
    """Return a workspace's pack and how long its audit chain is, None for no workspace."""
    found = sql.select(_STANDING, [workspace_id])
    return (found[0][0], found[0][1]) if found else None


def first_zone(workspace_id: str) -> str:
    """Return the zone of a workspace's first location, "" where it has none."""
    found = sql.select(_FIRST_ZONE, [workspace_id])
    return str(found[0][0]) if found else ""


_STANDING = "SELECT pack, audit_seq FROM store_workspace WHERE id = %s"
_FIRST_ZONE = "SELECT timezone FROM store_location WHERE workspace_id = %s ORDER BY id LIMIT 1"
