"""Files and the messages that they belong to."""

from baton.store import sql
from baton.store.rows import ConversationRow


def bind(
    conversation: ConversationRow, message_id: str, attachment_id: str, name_sealed: bytes
) -> bool:
    """Give a file from the conversation's address to a message, once; return whether it was."""
    place = [conversation.contact_id, conversation.id, message_id, name_sealed]
    owner = [conversation.workspace_id, conversation.address_lane]
    return sql.execute(_BIND, [*place, attachment_id, *owner]) == 1


def move(message_id: str, to_message_id: str) -> None:
    """Let the files of a message go with another one."""
    sql.execute(_MOVE, [to_message_id, message_id])


_MOVE = "UPDATE store_attachment SET message_id = %s WHERE message_id = %s"
_BIND = """
UPDATE store_attachment
SET contact_id = %s, conversation_id = %s, message_id = %s, name_sealed = %s
WHERE id = %s AND workspace_id = %s AND lane = %s AND message_id IS NULL
"""
