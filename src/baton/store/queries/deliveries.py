"""A message's fate at its provider: what is known, and what has become known."""

from collections.abc import Sequence
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


def list_recipients(address_lanes: Sequence[str]) -> dict[tuple[str, str], Recipient]:
    """Return the addresses at which conversations are held, by workspace and lane."""
    among, lanes = sql.among(address_lanes)
    rows = sql.select(_RECIPIENTS.format(among=among), lanes)
    return {
        (workspace_id, lane): Recipient(token=token, value_sealed=value_sealed)
        for workspace_id, lane, token, value_sealed in rows
    }


def find_by_receipt(workspace_id: str, receipt: str) -> str | None:
    """Return the message that a provider's name stands for, or None."""
    return next((row[0] for row in sql.select(_BY_RECEIPT, [workspace_id, receipt])), None)


def list_lost(kind: str, delivery: str, *, limit: int) -> list[str]:
    """Return messages that stand as being sent although their sender gave no word, oldest first."""
    return [row[0] for row in sql.select(_LOST, [kind, delivery, limit])]


def hold(workspace_id: str, message_ids: Sequence[str], now: datetime) -> dict[str, Known]:
    """Return what is known of messages, and keep others from changing it meanwhile.

    Who sends and who hears a receipt both come here first, so that neither writes over
    what the other has just learned; each names all its messages at once, so that neither
    waits for the other in a ring. What is none of the workspace's messages is missing.
    """
    among, ids = sql.among(message_ids)
    sql.execute(_HOLD.format(among=among), [now, *ids, workspace_id])
    rows = sql.select(_KNOWN.format(among=among), [*ids, workspace_id])
    return {
        message_id: Known(delivery=delivery, receipt=receipt)
        for message_id, delivery, receipt in rows
    }


def note_receipts(receipts: Sequence[tuple[str, str, str]]) -> None:
    """Keep by message the provider's name for it and its word for a failure.

    Each is told as (receipt, code, message).
    """
    sql.execute_for(_NOTE_RECEIPTS, _RECEIPT, receipts)


def note_taken(taken: Sequence[tuple[str, int, int, str, str]]) -> None:
    """Keep of messages that were taken the provider's name for each, and what it costs.

    Each is told as (receipt, parts, cost, currency, message), the cost in millionths.
    """
    sql.execute_for(_NOTE_TAKEN, _TAKEN, taken)


def note_costs(costs: Sequence[tuple[int, int, str, str]]) -> None:
    """Keep in how many parts messages went, and what they cost in millionths.

    Each is told as (parts, cost, currency, message).
    """
    sql.execute_for(_NOTE_COSTS, _COST, costs)


_RECIPIENTS = """
SELECT a.workspace_id, a.lane, a.token, v.value_sealed
FROM store_address a
JOIN store_vaultentry v ON v.workspace_id = a.workspace_id AND v.token = a.token
WHERE a.workspace_id IN (SELECT w.id FROM store_workspace w) AND a.lane {among}
"""
_BY_RECEIPT = "SELECT id FROM store_delivery WHERE workspace_id = %s AND receipt = %s"
# The row of a message is made by whoever speaks first, and locked by whoever speaks.
_HOLD = """
INSERT INTO store_delivery
    (id, workspace_id, inbox_id, receipt, code, parts, cost, currency, changed_at)
SELECT m.id, m.workspace_id, m.inbox_id, '', '', 0, 0, '', %s
FROM store_message m
WHERE m.id {among} AND m.workspace_id = %s AND m.author <> 'contact'
ORDER BY m.id
ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at
"""
_KNOWN = """
SELECT m.id, m.delivery, d.receipt FROM store_delivery d JOIN store_message m ON m.id = d.id
WHERE d.id {among} AND d.workspace_id = %s
"""
_RECEIPT = {"receipt": "text", "code": "text", "message_id": "text"}
_NOTE_RECEIPTS = """
UPDATE store_delivery AS d SET receipt = g.receipt, code = g.code
FROM {given} WHERE d.id = g.message_id
"""
_COST = {"parts": "int", "cost": "bigint", "currency": "text", "message_id": "text"}
_NOTE_COSTS = """
UPDATE store_delivery AS d SET parts = g.parts, cost = g.cost, currency = g.currency
FROM {given} WHERE d.id = g.message_id
"""
_TAKEN = {"receipt": "text", **_COST}
_NOTE_TAKEN = """
UPDATE store_delivery AS d SET
    receipt = g.receipt, code = '', parts = g.parts, cost = g.cost, currency = g.currency
FROM {given} WHERE d.id = g.message_id
"""
_LOST = """
SELECT m.id FROM runtime_effect e JOIN store_message m ON m.id = e.effect_id
WHERE e.state = 'unknown' AND e.kind = %s AND m.delivery = %s ORDER BY e.seq LIMIT %s
"""
