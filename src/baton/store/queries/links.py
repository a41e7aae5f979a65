"""Short links: found by their token, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from baton.store import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A short link with what a click has to tell."""

    id: str
    workspace_id: str
    lane: str
    message_id: str
    channel: str
    flow: str
    target_sealed: bytes


def find(token: str) -> LinkRow | None:
    """Return the link of a token, or None."""
    for row in sql.select(_NAMED, [token]):
        return LinkRow(
            id=row[0],
            workspace_id=row[1],
            lane=row[2],
            message_id=row[3],
            channel=row[4],
            flow=row[5],
            target_sealed=bytes(row[6]),
        )
    return None


def count(link_id: str, workspace_id: str, now: datetime) -> None:
    """Count that somebody opened a link."""
    sql.execute(_COUNT, [now, link_id, workspace_id])


def clicks_of(message_ids: Sequence[str]) -> dict[str, int]:
    """Return how often the links of messages were opened; those that never were are missing."""
    if not message_ids:
        return {}
    rows = sql.select(_CLICKS.format(ids=sql.places(len(message_ids))), message_ids)
    return {message_id: int(clicks) for message_id, clicks in rows}


_NAMED = """
SELECT l.id, l.workspace_id, l.lane, l.message_id, m.channel, m.flow, l.target_sealed
FROM store_shortlink l JOIN store_message m ON m.id = l.message_id WHERE l.token = %s
"""
_COUNT = """
UPDATE store_shortlink
SET clicks = clicks + 1, first_opened_at = COALESCE(first_opened_at, %s)
WHERE id = %s AND workspace_id = %s
"""
_CLICKS = """
SELECT message_id, SUM(clicks) FROM store_shortlink
WHERE message_id IN ({ids}) AND clicks > 0 GROUP BY message_id
"""
