"""Where a contact can be reached: their addresses behind inboxes that are connected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from baton.store import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A message that may go on another way, with what was to be said there.

    `is_replaced` says that it has done so already, `has_answer` that the contact wrote on its
    channel since.
    """

    message_id: str
    conversation_id: str
    author: str
    user_id: str | None
    channel: str
    delivery: str
    reason: str
    purpose: str
    choices: str
    onward_sealed: bytes
    held_until: datetime | None
    flow: str
    is_replaced: bool
    has_answer: bool


def list_ways(contact_ids: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Return by contact inbox and address lane by channel for each on which they can be reached.

    Of several addresses on one channel the newest counts; one whose inbox was disconnected
    goes through another of the workspace's on that channel.
    """
    found: dict[str, dict[str, tuple[str, str]]] = {}
    among, listed = sql.among(contact_ids)
    for contact_id, channel, inbox_id, lane in sql.select(_WAYS.format(among=among), listed):
        found.setdefault(contact_id, {}).setdefault(channel, (inbox_id, lane))
    return found


def find_way_to(contact_id: str, address_lane: str) -> tuple[str, str] | None:
    """Return inbox and lane by which one address of a contact is reached, None if it is not."""
    found = sql.select(_WAY_TO, [contact_id, address_lane])
    return next(((inbox_id, lane) for _contact, _channel, inbox_id, lane in found), None)


def find_inbox(workspace_id: str, channel: str) -> str | None:
    """Return the oldest inbox of a channel that is connected, or None."""
    return next((row[0] for row in sql.select(_CONNECTED, [workspace_id, channel])), None)


def find_onward(workspace_id: str, message_id: str) -> Onward | None:
    """Return a message that was given further channels, or None."""
    for row in sql.select(_ONWARD, [message_id, workspace_id]):
        return Onward(
            message_id=message_id,
            conversation_id=row[0],
            author=row[1],
            channel=row[2],
            delivery=row[3],
            reason=row[4],
            purpose=row[5],
            choices=row[6],
            onward_sealed=bytes(row[7]),
            held_until=row[8],
            flow=row[9],
            is_replaced=bool(row[10]),
            has_answer=bool(row[11]),
            user_id=row[12],
        )
    return None


_IS_CONNECTED = "(i.channel = 'webchat' OR LENGTH(i.settings_sealed) > 0)"
_WAYS = f"""
SELECT a.contact_id, a.channel, i.id, a.lane
FROM store_address a
JOIN store_inbox i ON i.workspace_id = a.workspace_id AND i.channel = a.channel
WHERE a.contact_id {{among}} AND {_IS_CONNECTED}
ORDER BY a.id DESC, CASE WHEN i.id = a.inbox_id THEN 0 ELSE 1 END, i.id
"""
_WAY_TO = f"""
SELECT a.contact_id, a.channel, i.id, a.lane
FROM store_address a
JOIN store_inbox i ON i.workspace_id = a.workspace_id AND i.channel = a.channel
WHERE a.contact_id = %s AND a.lane = %s AND {_IS_CONNECTED}
ORDER BY a.id DESC, CASE WHEN i.id = a.inbox_id THEN 0 ELSE 1 END, i.id
"""
_CONNECTED = f"""
SELECT i.id FROM store_inbox i
WHERE i.workspace_id = %s AND i.channel = %s AND {_IS_CONNECTED} ORDER BY i.id LIMIT 1
"""
_ONWARD = """
SELECT m.conversation_id, m.author, m.channel, m.delivery, m.delivery_reason, m.purpose,
       m.choices, m.onward_sealed, m.held_until, m.flow,
       EXISTS (SELECT 1 FROM store_message n WHERE n.instead_of_id = m.id),
       EXISTS (SELECT 1 FROM store_message n WHERE n.contact_id = m.contact_id
               AND n.id > m.id AND n.author = 'contact' AND n.channel = m.channel),
       m.user_id
FROM store_message m WHERE m.id = %s AND m.workspace_id = %s AND m.onward <> ''
"""
