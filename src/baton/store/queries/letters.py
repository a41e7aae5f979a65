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
    address_lane: str
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
    for workspace_id, address_lane, channel, inbox_id in sql.select(_ADDRESSEE, [message_id]):
        return Addressee(
            workspace_id=workspace_id,
            address_lane=address_lane,
            channel=channel,
            inbox_id=inbox_id,
        )
    return None


def is_fact_known(workspace_id: str, dedupe_key: str) -> bool:
    """Return whether a fact has arrived before, under any channel's way in."""
    return bool(sql.select(_KNOWN, [workspace_id, dedupe_key]))


def _head(row: tuple[str, bytes]) -> Head:
    return Head(message_id=row[0], head_sealed=bytes(row[1]))


# What takes another's place on the next channel is about the same.
_HEAD = """
SELECT l.id, l.head_sealed FROM store_message m
JOIN store_letter l ON l.id = m.id OR l.id = m.instead_of_id
WHERE m.id = %s ORDER BY l.id DESC LIMIT 1
"""
_HEARD = """
SELECT id, head_sealed FROM store_letter
WHERE conversation_id = %s AND is_inbound AND NOT is_automatic ORDER BY id DESC LIMIT %s
"""
_KNOWN = "SELECT 1 FROM runtime_event WHERE workspace_id = %s AND dedupe_key = %s"
_ADDRESSEE = """
SELECT workspace_id, address_lane, channel, inbox_id FROM store_message
WHERE id = %s AND author <> 'contact' AND NOT is_note
"""
