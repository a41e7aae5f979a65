"""How each inbox of a workspace is doing."""

from dataclasses import dataclass
from datetime import UTC, datetime

from baton.store import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What went through an inbox: when something last came in and went out, what went wrong.

    `failed` counts messages of today that did not arrive, `unclear` those that nobody
    knows about, `waiting` those that should have left by now.
    """

    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    failed: int = 0
    unclear: int = 0
    waiting: int = 0


def list_traffic(
    workspace_id: str, *, since: datetime, today: datetime, stuck: datetime
) -> dict[str, Traffic]:
    """Return the traffic of each inbox, of conversations with a word after `since`.

    Counted are messages written since `today`, and as waiting those written before `stuck`.
    """
    rows = sql.select(_TRAFFIC, [today, today, stuck, workspace_id, since])
    return {
        inbox_id: Traffic(
            last_in_at=_moment(last_in),
            last_out_at=_moment(last_out),
            failed=failed,
            unclear=unclear,
            waiting=waiting,
        )
        for inbox_id, last_in, last_out, failed, unclear, waiting in rows
    }


def find_settings(inbox_id: str, channel: str) -> bytes | None:
    """Return an inbox's settings as they are sealed, b"" while nothing is connected, or None."""
    return next((bytes(row[0]) for row in sql.select(_SETTINGS, [inbox_id, channel])), None)


def _moment(value: datetime | str | None) -> datetime | None:
    """Read what an aggregate leaves as text on SQLite."""
    if not isinstance(value, str):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


_SETTINGS = "SELECT settings_sealed FROM store_inbox WHERE id = %s AND channel = %s"
_TRAFFIC = """
SELECT m.inbox_id,
       MAX(CASE WHEN m.author = 'contact' THEN m.created_at END),
       MAX(CASE WHEN m.delivery IN ('sent', 'delivered', 'read') THEN m.created_at END),
       COUNT(CASE WHEN m.delivery = 'failed' AND m.created_at >= %s THEN 1 END),
       COUNT(CASE WHEN m.delivery = 'unknown' AND m.created_at >= %s THEN 1 END),
       COUNT(CASE WHEN m.delivery IN ('queued', 'sending') AND m.created_at < %s THEN 1 END)
FROM store_conversation c JOIN store_message m ON m.conversation_id = c.id
WHERE c.workspace_id = %s AND c.last_message_at >= %s
GROUP BY m.inbox_id
"""
