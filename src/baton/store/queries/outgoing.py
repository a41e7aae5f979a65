"""What the sender needs to know about a message at the moment of sending."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from baton.core.template import StandIn
from baton.store import sql


class OutgoingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message with what decides whether it may leave.

    `onward` are the channels that are left to it; one that `is_replaced` went elsewhere.
    `template` is set once approved words have taken the place of its own.
    """

    message_id: str
    workspace_id: str
    conversation_id: str
    author: str
    body_sealed: bytes
    choices: tuple[tuple[str, str], ...]
    delivery: str
    delivery_reason: str
    channel: str
    lane: str
    handled_by: str
    opted_out: str
    contact_id: str
    timezone: str
    purpose: str
    is_unprompted: bool
    is_paused: bool
    is_suppressed: bool
    inbox_id: str
    onward: tuple[str, ...]
    is_replaced: bool
    address_lane: str
    stand_in_sealed: bytes = b""
    useful_until: datetime | None = None
    template: StandIn | None = None
    language: str = ""


def list_outgoing(message_ids: Sequence[str]) -> dict[str, OutgoingRow]:
    """Return messages ready to be judged and sent, by id; what is gone is missing."""
    among, ids = sql.among(message_ids)
    rows = sql.select(_OUTGOING.format(among=among), ids)
    return {row[0]: _outgoing_row(row) for row in rows}


def last_said_at(contact_id: str, address_lane: str) -> str:
    """Return our newest message that went to an address of a contact, "" for none."""
    return next((row[0] for row in sql.select(_LAST_SAID, [contact_id, address_lane])), "")


def _outgoing_row(row: tuple[Any, ...]) -> OutgoingRow:
    return OutgoingRow(
        message_id=row[0],
        workspace_id=row[1],
        conversation_id=row[2],
        author=row[3],
        body_sealed=row[4],
        choices=_choices_of(row[5]),
        delivery=row[6],
        delivery_reason=row[16],
        channel=row[7],
        lane=row[8],
        handled_by=row[9],
        opted_out=row[10],
        contact_id=row[11],
        timezone=row[12],
        purpose=row[13],
        is_unprompted=bool(row[14]),
        is_paused=bool(row[15]),
        is_suppressed=bool(row[17]),
        inbox_id=row[18],
        onward=tuple(row[19].split(",")) if row[19] else (),
        is_replaced=bool(row[20]),
        address_lane=row[21],
        stand_in_sealed=bytes(row[22]),
        useful_until=row[23],
        language=row[24],
    )


@lru_cache(maxsize=256)  # a flow offers the same choices to all whom it asks
def _choices_of(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((c["key"], c["label"]) for c in json.loads(text))


def mark(message_ids: list[str], delivery: str, reason: str = "") -> None:
    """Record the same fate of messages, which are a list: one id alone would be its letters."""
    among, ids = sql.among(message_ids)
    sql.execute(_MARK.format(among=among), [delivery, reason, *ids])


def mark_held(message_id: str, until: datetime, reason: str) -> None:
    """Record that a message waits, and until when."""
    sql.execute(_MARK_HELD, [reason, until, message_id])


def say_instead(message_id: str, body_sealed: bytes, choices: str, template: str) -> None:
    """Put approved words in the place of a message's own, under their name."""
    sql.execute(_SAY_INSTEAD, [body_sealed, choices, template, message_id])


_OUTGOING = """
SELECT m.id, m.workspace_id, m.conversation_id, m.author, m.body_sealed, m.choices, m.delivery,
       m.channel, c.lane, c.handled_by, p.opted_out, p.id, p.timezone, m.purpose,
       m.is_unprompted, w.paused_at IS NOT NULL, m.delivery_reason,
       EXISTS (SELECT 1 FROM store_suppression s WHERE s.contact_id = m.contact_id
               AND s.channel = m.channel AND s.lifted_at IS NULL),
       m.inbox_id, m.onward,
       EXISTS (SELECT 1 FROM store_message n WHERE n.instead_of_id = m.id),
       m.address_lane, m.stand_in_sealed, m.useful_until, p.language
FROM store_message m
JOIN store_conversation c ON c.id = m.conversation_id
JOIN store_contact p ON p.id = m.contact_id
JOIN store_workspace w ON w.id = m.workspace_id
WHERE m.id {among}
"""
# Whoever was sending it while its person was erased has nothing to say of it any more.
_MARK = """
UPDATE store_message SET delivery = %s, delivery_reason = %s
WHERE id {among} AND delivery_reason <> 'erased'
"""
_MARK_HELD = """
UPDATE store_message SET delivery = 'held', delivery_reason = %s, held_until = %s
WHERE id = %s AND delivery_reason <> 'erased'
"""
_SAY_INSTEAD = """
UPDATE store_message SET body_sealed = %s, choices = %s, template = %s WHERE id = %s
"""
_LAST_SAID = """
SELECT id FROM store_message
WHERE contact_id = %s AND address_lane = %s AND NOT is_note
  AND author IN ('bot', 'agent') AND delivery NOT IN ('refused', 'failed')
ORDER BY id DESC LIMIT 1
"""
