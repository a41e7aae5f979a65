"""What a visitor's own window shows: their conversation as they may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from baton.store import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A message that its contact may see; `agent` is the writer's full name, if a person."""

    message_id: str
    client_id: str
    author: str
    agent: str
    body_sealed: bytes
    choices: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadState:
    """Who has the contact's newest conversation, and where it stands."""

    conversation_id: str
    handled_by: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A contact's lane as one channel shows it: what goes elsewhere is read elsewhere."""

    workspace_id: str
    lane: str
    channel: str


def list_after(window: Window, after: str, limit: int) -> tuple[FeedRow, ...]:
    """Return the oldest visible messages behind a message, in order."""
    rows = sql.select(_VISIBLE_AFTER, [*_of(window), after, limit])
    return tuple(_feed_row(row) for row in rows)


def list_newest(window: Window, limit: int) -> tuple[FeedRow, ...]:
    """Return the newest visible messages, in order."""
    rows = sql.select(_VISIBLE_NEWEST, [*_of(window), limit])
    return tuple(_feed_row(row) for row in reversed(rows))


def find_oldest_queued(window: Window, since: datetime) -> str | None:
    """Return the id of the oldest message that is still to be sent, or None.

    A message written before `since` is taken for stuck and no longer counts, unless it is
    held for a time of day: it will be sent, and is then to be shown.
    """
    found = sql.select(_OLDEST_QUEUED, [*_of(window), since])
    return next((row[0] for row in found), None)


def _of(window: Window) -> tuple[str, str, str]:
    return window.workspace_id, window.lane, window.channel


def find_state(workspace_id: str, lane: str) -> ThreadState | None:
    """Return the state of the contact's newest conversation, or None before the first word."""
    for conversation_id, handled_by, status in sql.select(_STATE, [workspace_id, lane]):
        return ThreadState(conversation_id=conversation_id, handled_by=handled_by, status=status)
    return None


def _feed_row(row: tuple[Any, ...]) -> FeedRow:
    return FeedRow(
        message_id=row[0],
        client_id=row[1],
        author=row[2],
        agent=row[3] or "",
        body_sealed=row[4],
        choices=row[5],
        created_at=row[6],
    )


# Notes stay inside, and so does whatever was not sent: refused, failed or still queued.
_VISIBLE = """
SELECT m.id, m.client_id, m.author, u.name, m.body_sealed, m.choices, m.created_at
FROM store_contact p
JOIN store_message m ON m.contact_id = p.id
LEFT JOIN store_user u ON u.id = m.user_id
WHERE p.workspace_id = %s AND p.lane = %s AND m.channel = %s AND NOT m.is_note
  AND m.author IN ('contact', 'bot', 'agent')
  AND m.delivery IN ('received', 'sent', 'delivered', 'read')
"""
_VISIBLE_AFTER = f"{_VISIBLE} AND m.id > %s ORDER BY m.id LIMIT %s"
_VISIBLE_NEWEST = f"{_VISIBLE} ORDER BY m.id DESC LIMIT %s"
_OLDEST_QUEUED = """
SELECT m.id FROM store_contact p
JOIN store_message m ON m.contact_id = p.id
WHERE p.workspace_id = %s AND p.lane = %s AND m.channel = %s
  AND (m.delivery = 'held' OR m.delivery = 'queued' AND m.created_at >= %s)
ORDER BY m.id LIMIT 1
"""
_STATE = """
SELECT c.id, c.handled_by, c.status FROM store_contact p
JOIN store_conversation c ON c.id = p.conversation_id
WHERE p.workspace_id = %s AND p.lane = %s
"""
