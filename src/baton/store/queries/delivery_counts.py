"""What became of a workspace's messages, counted by channel and flow, and the rows behind it."""

from dataclasses import dataclass
from datetime import datetime

from baton.store import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Messages of one channel and flow that came to the same; `cost` in millionths."""

    channel: str
    flow: str
    delivery: str
    reason: str
    currency: str
    count: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which messages are meant: written since then, and of these values.

    To contacts of some `places`, or of all (P10).
    """

    workspace_id: str
    since: datetime
    channel: str
    flow: str
    delivery: str
    reason: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One message behind a number."""

    id: str
    conversation_id: str
    author: str
    at: datetime


def list_counted(
    workspace_id: str, since: datetime, *, places: tuple[str, ...] = ()
) -> tuple[Counted, ...]:
    """Return what became of the messages of the bot and of people, by channel and flow."""
    theirs, named = _at(places)
    return tuple(
        Counted(
            channel=channel,
            flow=flow,
            delivery=delivery,
            reason=reason,
            currency=currency,
            count=int(count),
            cost=int(cost),
        )
        for channel, flow, delivery, reason, currency, count, cost in sql.select(
            _COUNTED.format(at=theirs), [workspace_id, since, *named]
        )
    )


def list_lines(sought: Sought, *, limit: int, offset: int) -> tuple[MessageLine, ...]:
    """Return the messages that a number counts, the newest first."""
    theirs, named = _at(sought.places)
    values = [sought.workspace_id, sought.since, *named, sought.channel, sought.flow]
    asked = [*values, sought.delivery, sought.reason, limit, offset]
    rows = sql.select(_LINES.format(at=theirs), asked)
    return tuple(
        MessageLine(id=row[0], conversation_id=row[1], author=row[2], at=row[3]) for row in rows
    )


def _at(places: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return what narrows messages to contacts of some places, with its parameters."""
    return (_AT.format(sql.places(len(places))), places) if places else ("", ())


_OUR_OWN = """
m.workspace_id = %s AND m.created_at > %s AND m.author IN ('bot', 'agent') AND NOT m.is_note{at}
"""
_AT = """ AND EXISTS (
  SELECT 1 FROM store_contact p WHERE p.id = m.contact_id AND p.location_id IN ('', {}))"""
_COUNTED = f"""
SELECT m.channel, m.flow, m.delivery, m.delivery_reason, COALESCE(d.currency, ''),
       COUNT(*), COALESCE(SUM(d.cost), 0)
FROM store_message m LEFT JOIN store_delivery d ON d.id = m.id
WHERE {_OUR_OWN}
GROUP BY m.channel, m.flow, m.delivery, m.delivery_reason, COALESCE(d.currency, '')
ORDER BY m.channel, m.flow, m.delivery, m.delivery_reason
"""
_LINES = f"""
SELECT m.id, m.conversation_id, m.author, m.created_at FROM store_message m
WHERE {_OUR_OWN} AND m.channel = %s AND m.flow = %s AND m.delivery = %s AND m.delivery_reason = %s
ORDER BY m.id DESC LIMIT %s OFFSET %s
"""
