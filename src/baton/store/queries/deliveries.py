"""A message's fate at its provider: what is known, and what has become known."""

from dataclasses import dataclass
from datetime import datetime

from baton.store import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a message: its fate, and the provider's name for it, "" so far."""

    delivery: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where a contact is reached."""

    token: str
    value_sealed: bytes


def find_recipient(workspace_id: str, address_lane: str) -> Recipient | None:
    """Return the address at which a conversation is held, or None."""
    for token, value_sealed in sql.select(_RECIPIENT, [workspace_id, address_lane]):
        return Recipient(token=token, value_sealed=value_sealed)
    return None


def find_by_receipt(workspace_id: str, receipt: str) -> str | None:
    """Return the message that a provider's name stands for, or None."""
    return next((row[0] for row in sql.select(_BY_RECEIPT, [workspace_id, receipt])), None)


def hold(workspace_id: str, message_id: str, now: datetime) -> Known | None:
    """Return what is known of a message, and keep others from changing it meanwhile.

    Who sends and who hears a receipt both come here first, so that neither writes over
    what the other has just learned. None when the workspace has no such message.
    """
    sql.execute(_HOLD, [now, message_id, workspace_id])
    for delivery, receipt in sql.select(_KNOWN, [message_id, workspace_id]):
        return Known(delivery=delivery, receipt=receipt)
    return None


def note_receipt(message_id: str, receipt: str, code: str) -> None:
    """Keep the provider's name for a message and its word for a failure."""
    sql.execute(_NOTE_RECEIPT, [receipt, code, message_id])


def note_cost(message_id: str, parts: int, cost: int, currency: str) -> None:
    """Keep in how many parts a message went, and what they cost in millionths."""
    sql.execute(_NOTE_COST, [parts, cost, currency, message_id])


_RECIPIENT = """
SELECT a.token, v.value_sealed
FROM store_address a
JOIN store_vaultentry v ON v.workspace_id = a.workspace_id AND v.token = a.token
WHERE a.workspace_id = %s AND a.lane = %s
"""
_BY_RECEIPT = "SELECT id FROM store_delivery WHERE workspace_id = %s AND receipt = %s"
# The row of a message is made by whoever speaks first, and locked by whoever speaks.
_HOLD = """
INSERT INTO store_delivery
    (id, workspace_id, inbox_id, receipt, code, parts, cost, currency, changed_at)
SELECT m.id, m.workspace_id, m.inbox_id, '', '', 0, 0, '', %s
FROM store_message m
WHERE m.id = %s AND m.workspace_id = %s AND m.author <> 'contact'
ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at
"""
_KNOWN = """
SELECT m.delivery, d.receipt FROM store_delivery d JOIN store_message m ON m.id = d.id
WHERE d.id = %s AND d.workspace_id = %s
"""
_NOTE_RECEIPT = "UPDATE store_delivery SET receipt = %s, code = %s WHERE id = %s"
_NOTE_COST = "UPDATE store_delivery SET parts = %s, cost = %s, currency = %s WHERE id = %s"
