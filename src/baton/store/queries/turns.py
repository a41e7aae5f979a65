"""What a batch of turns needs to know, each in one query for the whole batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar

import msgspec

from baton.core import hours, roles, routing
from baton.core.policy import Policy
from baton.core.roles import Role
from baton.core.routing import OnDuty, Staffing
from baton.store import sql
from baton.store.rows import ContactRow, ConversationRow, Row, RunRow

RowRead = TypeVar("RowRead", ContactRow, ConversationRow, RunRow)

_SERVING = tuple(role.value for role in roles.SERVING)
_names = msgspec.json.Decoder(list[str])
_week = msgspec.json.Decoder(dict[str, list[list[str]]])


class LaneSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A contact with their newest conversation and all their runs that wait, newest first."""

    contact: ContactRow
    conversation: ConversationRow | None
    runs: tuple[RunRow, ...] = ()

    @property
    def attached(self) -> RunRow | None:
        """The run that spoke last in the conversation, if it waits."""
        wanted = self.conversation.run_id if self.conversation else None
        return next((run for run in self.runs if run.id == wanted), None)


def list_lanes(lanes: Sequence[str]) -> dict[str, LaneSnapshot]:
    """Return the snapshot of each known lane; a lane that nobody is known by is absent."""
    if not lanes:
        return {}
    among, listed = sql.among(lanes)
    found = sql.select(_LANES.format(among=among), listed)
    return {snapshot.contact.lane: snapshot for snapshot in _with_runs(found)}


def find_conversation(conversation_id: str) -> LaneSnapshot | None:
    """Return one conversation with its contact and run, even if it is not their newest."""
    return next(iter(_with_runs(sql.select(_CONVERSATION, [conversation_id]))), None)


def newest_at(contact_id: str, address_lane: str) -> ConversationRow | None:
    """Return a contact's newest conversation at one of their addresses, or None."""
    found = sql.select(_NEWEST_AT, [contact_id, address_lane])
    return next((_row(ConversationRow, row) for row in found), None)


def staffing_of(
    workspace_id: str,
    *,
    policy: Policy,
    zone: tzinfo,
    now: datetime,
    priorities: Mapping[str, int],
) -> Staffing:
    """Return who is there in a workspace, what they hold, and who waits in which queue.

    Whose console gave no sign of life for the policy's `away_after` is not there, nor who has
    working hours of their own, by the clock of the place, and these are over.
    """
    held: dict[str, int] = {}
    waiting: dict[str, int] = {}
    handle_times: dict[str, timedelta] = {}
    for owner, assignee, queue, count in sql.select(_LOAD, [workspace_id, workspace_id]):
        if owner == "agent" and assignee:
            held[assignee] = held.get(assignee, 0) + count
        elif owner == "queue":
            waiting[queue] = waiting.get(queue, 0) + count
        elif owner == "pace":
            handle_times[queue] = timedelta(seconds=count)
    people = sql.select(_ON_DUTY, [workspace_id, now - policy.away_after, *_SERVING])
    agents = tuple(
        OnDuty(
            user_id=user_id,
            skills=routing.skills_of(_names.decode(skills), Role(role)),
            open_conversations=held.get(user_id, 0),
            capacity=capacity,
            authority_minor=roles.limit_minor(authority, Role(role), policy),
            languages=frozenset(_names.decode(languages)),
            locations=frozenset(_names.decode(locations)),
        )
        for user_id, role, skills, capacity, authority, languages, week, locations in people
        if not (own := _week.decode(week)) or hours.parse_hours(own, zone=str(zone)).is_open(now)
    )
    return Staffing(
        agents=agents, waiting=waiting, handle_times=handle_times, priorities=priorities
    )


def held_by(workspace_id: str) -> dict[str, int]:
    """Return how many open conversations each person has."""
    held: dict[str, int] = {}
    for owner, assignee, _queue, count in sql.select(_LOAD, [workspace_id, workspace_id]):
        if owner == "agent" and assignee:
            held[assignee] = held.get(assignee, 0) + count
    return held


def list_last_words(
    conversation_ids: Sequence[str], limit: int
) -> dict[str, list[tuple[str, bytes]]]:
    """Return by conversation the contact's newest messages as (id, sealed body), oldest first."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    among, listed = sql.among(conversation_ids)
    statement = _LAST_WORDS.format(among=among)
    for conversation_id, message_id, sealed in sql.select(statement, [limit - 1, *listed]):
        found.setdefault(conversation_id, []).append((message_id, sealed))
    return found


def list_last_actions(conversation_ids: Sequence[str], limit: int) -> dict[str, list[str]]:
    """Return by conversation what the bot last did, oldest first."""
    found: dict[str, list[str]] = {}
    among, listed = sql.among(conversation_ids)
    statement = _LAST_ACTIONS.format(among=among)
    for conversation_id, action in sql.select(statement, [limit - 1, *listed]):
        found.setdefault(conversation_id, []).append(action)
    return found


def _with_runs(rows: Sequence[tuple[object, ...]]) -> list[LaneSnapshot]:
    contacts = [_row(ContactRow, row[:_CONTACT_WIDTH]) for row in rows]
    waiting: dict[str, list[RunRow]] = {}
    if contacts:
        ids = [contact.id for contact in contacts]
        among, listed = sql.among(ids)
        for found in sql.select(_WAITING.format(among=among), listed):
            run = _row(RunRow, found)
            waiting.setdefault(run.contact_id, []).append(run)
    return [
        LaneSnapshot(
            contact=contact,
            conversation=_row(ConversationRow, rest) if rest[0] else None,
            runs=tuple(waiting.get(contact.id, ())),
        )
        for contact, rest in (
            (c, row[_CONTACT_WIDTH:]) for c, row in zip(contacts, rows, strict=True)
        )
    ]


def _row(kind: type[RowRead], values: Sequence[object]) -> RowRead:
    # The columns were selected by these very names and in this order.
    return kind(*values)  # type: ignore[arg-type]


def _columns(alias: str, kind: type[Row]) -> str:
    return ", ".join(f'{alias}."{name}"' for name in sql.columns_of(kind))


_CONTACT_WIDTH = len(sql.columns_of(ContactRow))
_ALL = f"{_columns('p', ContactRow)}, {_columns('c', ConversationRow)}"
# The unique index of lanes begins with the workspace: without one, every contact is looked at.
_LANES = f"""
SELECT {_ALL}
FROM store_contact p
LEFT JOIN store_conversation c ON c.id = p.conversation_id
WHERE p.workspace_id IN (SELECT w.id FROM store_workspace w) AND p.lane {{among}}
"""
_CONVERSATION = f"""
SELECT {_ALL}
FROM store_conversation c
JOIN store_contact p ON p.id = c.contact_id
WHERE c.id = %s
"""
_NEWEST_AT = f"""
SELECT {_columns("c", ConversationRow)} FROM store_conversation c
WHERE c.contact_id = %s AND c.address_lane = %s ORDER BY c.id DESC LIMIT 1
"""
_WAITING = f"""
SELECT {_columns("r", RunRow)} FROM store_run r
WHERE r.contact_id {{among}} AND r.status = 'waiting'
ORDER BY r.updated_at DESC, r.id DESC
"""
_LOAD = """
SELECT handled_by, assignee_id, queue, count(*) FROM store_conversation
WHERE workspace_id = %s AND status = 'open' AND handled_by IN ('queue', 'agent')
GROUP BY handled_by, assignee_id, queue
UNION ALL
SELECT 'pace', NULL, queue, seconds FROM store_queuepace WHERE workspace_id = %s
"""
_ON_DUTY = f"""
SELECT id, role, skills, capacity, authority_minor, languages, hours, locations FROM store_user
WHERE workspace_id = %s AND is_active AND is_available
AND (last_seen_at IS NULL OR last_seen_at > %s) AND role IN ({sql.places(len(_SERVING))})
"""
# Where the newest few begin is looked up first, so that a long talk is not read whole.
_LAST_WORDS = """
WITH newest AS MATERIALIZED (
    SELECT c.id, coalesce((
        SELECT l.id FROM store_message l
        WHERE l.conversation_id = c.id AND l.author = 'contact'
        ORDER BY l.id DESC LIMIT 1 OFFSET %s), '') AS begins
    FROM store_conversation c WHERE c.id {among})
SELECT m.conversation_id, m.id, m.body_sealed FROM newest n
JOIN store_message m ON m.conversation_id = n.id AND m.id >= n.begins
WHERE m.author = 'contact' ORDER BY m.id
"""
_LAST_ACTIONS = """
WITH newest AS MATERIALIZED (
    SELECT c.id, coalesce((
        SELECT l.id FROM store_turn l WHERE l.conversation_id = c.id
        ORDER BY l.id DESC LIMIT 1 OFFSET %s), '') AS begins
    FROM store_conversation c WHERE c.id {among})
SELECT t.conversation_id, t.action FROM newest n
JOIN store_turn t ON t.conversation_id = n.id AND t.id >= n.begins ORDER BY t.id
"""
_RECENT = """
SELECT contact_id, id, channel, queue FROM store_conversation
WHERE contact_id {among} AND last_message_at >= %s ORDER BY last_message_at DESC
"""


def list_recent(
    contact_ids: Sequence[str], since: datetime
) -> dict[str, list[tuple[str, str, str]]]:
    """Return by contact the conversations in which something was said since, the newest first.

    Each as its id, channel and queue.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    among, listed = sql.among(contact_ids)
    for contact_id, *recent in sql.select(_RECENT.format(among=among), [*listed, since]):
        found.setdefault(contact_id, []).append(tuple(recent))
    return found
