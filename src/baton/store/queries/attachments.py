"""Files and the messages that they belong to."""

from collections.abc import Sequence

from baton.store import sql
from baton.store.rows import ConversationRow


def bind(
    conversation: ConversationRow, message_id: str, attachment_id: str, name_sealed: bytes
) -> bool:
    """Give a file from the conversation's address to a message, once; return whether it was."""
    place = [conversation.contact_id, conversation.id, message_id, name_sealed]
    owner = [conversation.workspace_id, conversation.address_lane]
    return sql.execute(_BIND, [*place, attachment_id, *owner]) == 1


def count_loose(workspace_id: str, lane: str, ids: Sequence[str]) -> int:
    """Return how many of these files belong to a lane and to no message."""
    if not ids:
        return 0
    [(count,)] = sql.select(_LOOSE.format(places=sql.places(len(ids))), [workspace_id, lane, *ids])
    return int(count)


_BIND = """
UPDATE store_attachment
SET contact_id = %s, conversation_id = %s, message_id = %s, name_sealed = %s
WHERE id = %s AND workspace_id = %s AND lane = %s AND message_id IS NULL
"""
_LOOSE = """
SELECT count(*) FROM store_attachment
WHERE workspace_id = %s AND lane = %s AND message_id IS NULL AND id IN ({places})
"""
