"""Heads of emails: what a message of ours answers, and what an answer of theirs is to."""

from dataclasses import dataclass

from baton.store import sql

_THREAD = 12  # of the newest: more names than a header has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of one email, still sealed."""

    message_id: str
    head_sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whose message one of ours is."""

    workspace_id: str
    contact_id: str
    lane: str
    channel: str
    inbox_id: str


def find_head(message_id: str) -> Head | None:
    """Return a message's own head, or None."""
    return next((_head(row) for row in sql.select(_HEAD, [message_id])), None)


def list_heard(conversation_id: str) -> tuple[Head, ...]:
    """Return the heads of the newest emails that came in with a conversation, oldest first."""
    rows = [_head(row) for row in sql.select(_HEARD, [conversation_id, _THREAD])]
    return tuple(reversed(rows))


def find_addressee(message_id: str) -> Addressee | None:
    """Return whom a message of ours was written to, or None."""
    for workspace_id, contact_id, lane, channel, inbox_id in sql.select(_ADDRESSEE, [message_id]):
        return Addressee(
            workspace_id=workspace_id,
            contact_id=contact_id,
            lane=lane,
            channel=channel,
            inbox_id=inbox_id,
        )
    return None


def _head(row: tuple[str, bytes]) -> Head:
    return Head(message_id=row[0], head_sealed=bytes(row[1]))


_HEAD = "SELECT id, head_sealed FROM store_letter WHERE id = %s"
_HEARD = """
SELECT id, head_sealed FROM store_letter
WHERE conversation_id = %s AND is_inbound AND NOT is_automatic ORDER BY id DESC LIMIT %s
"""
_ADDRESSEE = """
SELECT m.workspace_id, m.contact_id, c.lane, c.channel, c.inbox_id
FROM store_message m JOIN store_conversation c ON c.id = m.conversation_id
WHERE m.id = %s AND m.author <> 'contact' AND NOT m.is_note
"""
