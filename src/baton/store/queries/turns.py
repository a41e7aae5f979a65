"""What a batch of turns needs to know, each in one query for the whole batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from baton.core.routing import OnDuty, Staffing
from baton.store import sql
from baton.store.models import User
from baton.store.rows import ContactRow, ConversationRow, Row, RunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSnapshot:
    """A contact with their newest conversation and the run that waits in it."""

    contact: ContactRow
    conversation: ConversationRow | None
    run: RunRow | None


def list_lanes(lanes: Sequence[str]) -> dict[str, LaneSnapshot]:
    """Return the snapshot of each known lane; a lane that nobody is known by is absent."""
    if not lanes:
        return {}
    found = [
        _snapshot(row) for row in sql.select(_LANES.format(places=sql.places(len(lanes))), lanes)
    ]
    return {snapshot.contact.lane: snapshot for snapshot in found}


def find_conversation(conversation_id: str) -> LaneSnapshot | None:
    """Return one conversation with its contact and run, even if it is not their newest."""
    return next((_snapshot(row) for row in sql.select(_CONVERSATION, [conversation_id])), None)


def staffing_of(workspace_id: str) -> Staffing:
    """Return who is available in a workspace, what they hold, and who waits in which queue."""
    held: dict[str, int] = {}
    waiting: dict[str, int] = {}
    for owner, assignee, queue, count in sql.select(_LOAD, [workspace_id]):
        if owner == "agent" and assignee:
            held[assignee] = held.get(assignee, 0) + count
        elif owner == "queue":
            waiting[queue] = waiting.get(queue, 0) + count
    people = User.objects.filter(
        workspace_id=workspace_id,
        is_active=True,
        is_available=True,
        role__in=["agent", "senior", "manager"],
    ).values_list("id", "skills")
    agents = tuple(
        OnDuty(user_id=user_id, skills=frozenset(skills), open_conversations=held.get(user_id, 0))
        for user_id, skills in people
    )
    return Staffing(agents=agents, waiting=waiting)


def last_words_of(conversation_id: str, limit: int) -> list[tuple[str, bytes]]:
    """Return the contact's newest messages as (id, sealed body), newest first."""
    return cast("list[tuple[str, bytes]]", sql.select(_LAST_WORDS, [conversation_id, limit]))


def last_actions_of(conversation_id: str, limit: int) -> list[str]:
    """Return what the bot last did, oldest first."""
    return [row[0] for row in reversed(sql.select(_LAST_ACTIONS, [conversation_id, limit]))]


def _snapshot(row: tuple[object, ...]) -> LaneSnapshot:
    contact, rest = row[:_CONTACT_WIDTH], row[_CONTACT_WIDTH:]
    conversation, run = rest[:_CONVERSATION_WIDTH], rest[_CONVERSATION_WIDTH:]
    return LaneSnapshot(
        contact=_row(ContactRow, contact),
        conversation=_row(ConversationRow, conversation) if conversation[0] else None,
        run=_row(RunRow, run) if run[0] else None,
    )


def _row(kind: type[sql.RowType], values: tuple[object, ...]) -> sql.RowType:
    # The columns were selected by these very names and in this order.
    return kind(**dict(zip(sql.columns_of(kind), values, strict=True)))  # type: ignore[arg-type]


def _columns(alias: str, kind: type[Row]) -> str:
    return ", ".join(f'{alias}."{name}"' for name in sql.columns_of(kind))


_CONTACT_WIDTH = len(sql.columns_of(ContactRow))
_CONVERSATION_WIDTH = len(sql.columns_of(ConversationRow))
_ALL = f"{_columns('p', ContactRow)}, {_columns('c', ConversationRow)}, {_columns('r', RunRow)}"
_LANES = f"""
SELECT {_ALL}
FROM store_contact p
LEFT JOIN store_conversation c ON c.id = p.conversation_id
LEFT JOIN store_run r ON r.id = c.run_id
WHERE p.lane IN ({{places}})
"""
_CONVERSATION = f"""
SELECT {_ALL}
FROM store_conversation c
JOIN store_contact p ON p.id = c.contact_id
LEFT JOIN store_run r ON r.id = c.run_id
WHERE c.id = %s
"""
_LOAD = """
SELECT handled_by, assignee_id, queue, count(*) FROM store_conversation
WHERE workspace_id = %s AND status = 'open' AND handled_by IN ('queue', 'agent')
GROUP BY handled_by, assignee_id, queue
"""
_LAST_WORDS = """
SELECT id, body_sealed FROM store_message
WHERE conversation_id = %s AND author = 'contact'
ORDER BY id DESC LIMIT %s
"""
_LAST_ACTIONS = """
SELECT action FROM store_turn WHERE conversation_id = %s ORDER BY id DESC LIMIT %s
"""
