"""What a visitor's own window shows: their conversation as they may see it.

It shows what was said at the visitor's own address: who else a contact was found to be is
the staff's to know, and what they said elsewhere is shown to nobody who holds one of their
browsers.
"""

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
    """Who has the newest conversation at an address, and where it stands."""

    conversation_id: str
    handled_by: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What one visitor's browser shows: what goes elsewhere is read elsewhere.

    `lane` is their address in the chat, `push_lane` that of the notifications to the browser.
    """

    workspace_id: str
    lane: str
    push_lane: str


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


def mark_read(window: Window, message_id: str) -> int:
    """Record that what the web chat showed was seen, up to a message; return how much was new."""
    return sql.execute(_MARK_READ, [*_of(window), message_id])


def _of(window: Window) -> tuple[str, str, str]:
    return window.workspace_id, window.lane, window.push_lane


def find_state(workspace_id: str, lane: str) -> ThreadState | None:
    """Return the state of the newest conversation at an address, or of the contact's elsewhere.

    None before the first word.
    """
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
FROM store_address a
JOIN store_message m ON m.contact_id = a.contact_id AND m.address_lane = a.lane
LEFT JOIN store_user u ON u.id = m.user_id
WHERE a.workspace_id = %s AND a.lane IN (%s, %s) AND NOT m.is_note
  AND m.author IN ('contact', 'bot', 'agent')
  AND m.delivery IN ('received', 'sent', 'delivered', 'read')
  AND NOT (m.channel = 'push' AND EXISTS (  -- it says once more what stands here
      SELECT 1 FROM store_message o WHERE o.id = m.instead_of_id AND o.channel = 'webchat'))
"""
_VISIBLE_AFTER = f"{_VISIBLE} AND m.id > %s ORDER BY m.id LIMIT %s"
_VISIBLE_NEWEST = f"{_VISIBLE} ORDER BY m.id DESC LIMIT %s"
_OLDEST_QUEUED = """
SELECT m.id FROM store_address a
JOIN store_message m ON m.contact_id = a.contact_id AND m.address_lane = a.lane
WHERE a.workspace_id = %s AND a.lane IN (%s, %s)
  AND (m.delivery = 'held' OR m.delivery = 'queued' AND m.created_at >= %s)
ORDER BY m.id LIMIT 1
"""
_MARK_READ = """
UPDATE store_message SET delivery = 'read' WHERE id IN (
    SELECT m.id FROM store_address a
    JOIN store_message m ON m.contact_id = a.contact_id AND m.address_lane = a.lane
    WHERE a.workspace_id = %s AND a.lane IN (%s, %s) AND m.id <= %s
      AND m.delivery IN ('sent', 'delivered')
      AND m.channel IN ('webchat', 'push') AND m.author IN ('bot', 'agent'))
"""
_STATE = """
SELECT c.id, c.handled_by, c.status FROM store_address a
JOIN store_conversation c ON c.contact_id = a.contact_id
WHERE a.workspace_id = %s AND a.lane = %s
ORDER BY CASE WHEN c.address_lane = a.lane THEN 0 ELSE 1 END, c.id DESC LIMIT 1
"""
