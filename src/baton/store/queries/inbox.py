"""The inbox's lists: one query a page, one for all counts, whatever the number of conversations.

A page begins after a `Place`, never at an offset, so that a list that moves
while somebody reads it neither repeats nor skips a conversation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

from django.db import connection

from baton.store import sql

PAGE_SIZE = 50
MAX_COUNTED = 1_000
"""What is resolved is counted so far; at it, there may be any number more."""


class Folder(StrEnum):
    """A view of a workspace's conversations."""

    MINE = "mine"
    QUEUE = "queue"  # waits for people who are there
    PROMISED = "promised"  # waits on a promise
    TEAM = "team"  # a colleague has it
    BOT = "bot"
    FLAGGED = "flagged"
    REVIEW = "review"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ends: the sort key of its last row."""

    score: int
    moment: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What conversations are looked for by: an id's ends, a trigger, request types or queues."""

    id_part: str
    cause: str
    request_types: tuple[str, ...]
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Which conversations are open to a person; `user_id` is "" for all who see everything."""

    user_id: str = ""
    closed: tuple[str, ...] = ()  # queues of which only what is one's own is listed
    locations: tuple[str, ...] = ()  # whose contacts are listed, beside one's own; none is all


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which conversations a list holds; a search looks through all folders."""

    workspace_id: str
    user_id: str
    sight: Sight
    folder: Folder
    queue: str = ""
    search: Search | None = None

    @property
    def is_by_urgency(self) -> bool:
        """Return whether the list is sorted by urgency and clock, not by the newest word."""
        return self.search is None and self.folder in (Folder.QUEUE, Folder.PROMISED)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One conversation in a list; `score` is its urgency at the moment of the query."""

    id: str
    contact_id: str
    channel: str
    status: str
    handled_by: str
    assignee_id: str | None
    queue: str
    request_type: str
    urgency: int
    urgency_cause: str
    is_flagged: bool
    needs_review: bool
    last_message_at: datetime
    waiting_since: datetime | None
    snoozed_until: datetime | None
    resolution_code: str
    name_sealed: bytes
    assignee_name: str | None
    clock_kind: str | None
    clock_started_at: datetime | None
    due_at: datetime | None
    score: int

    def place(self, wanted: Filter) -> Place:
        """Return where this row stands in a list."""
        if wanted.is_by_urgency:
            return Place(score=self.score, moment=self.due_at or _NEVER, id=self.id)
        return Place(score=0, moment=self.last_message_at, id=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many conversations stand alike."""

    status: str
    owner: str
    queue: str
    assignee_id: str | None
    is_flagged: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many conversations stand in each folder, wait in each queue, and are with each person.

    Nobody looks yet: what people have is all the team's.
    """

    folders: dict[Folder, int]
    queues: dict[str, int]
    held: dict[str, int]

    def seen_by(self, user_id: str) -> dict[Folder, int]:
        """Return the folders as one person sees them: what is with them is theirs."""
        own = self.held.get(user_id, 0)
        team = self.folders[Folder.TEAM] - own
        return {**self.folders, Folder.MINE: own, Folder.TEAM: team}


def list_page(wanted: Filter, *, now: datetime, after: Place | None = None) -> tuple[InboxRow, ...]:
    """Return up to `PAGE_SIZE` conversations, and one more if there are more."""
    where, parameters = _conditions(wanted)
    if wanted.is_by_urgency:
        gone = _GONE[connection.vendor]
        statement = _BY_URGENCY.format(
            where=where, gone=gone, after=_AFTER_URGENCY if after else ""
        )
        parameters = [now, now, _NEVER, *parameters]
        parameters += [after.score, after.score, *_moment_of(after)] if after else []
    else:
        statement = _BY_NEWEST.format(where=where, after=_AFTER_NEWEST if after else "")
        parameters += _moment_of(after) if after else []
    names = [field.name for field in fields(InboxRow)]
    found = sql.select(statement, [*parameters, PAGE_SIZE + 1])
    return tuple(InboxRow(**dict(zip(names, row, strict=True))) for row in found)


def standings(workspace_id: str, sight: Sight | None = None) -> tuple[Standing, ...]:
    """Count a workspace's conversations by where they stand, in one query; those in sight."""
    parts, more = _open_to(sight) if sight else ([], [])
    mine = [workspace_id, *more]
    statement = _TALLY.format(mine=" AND ".join(["c.workspace_id = %s", *parts]))
    rows = sql.select(statement, [*mine, *mine, MAX_COUNTED, *mine])
    return tuple(
        Standing(
            status=status,
            owner=owner,
            queue=queue,
            assignee_id=assignee_id,
            is_flagged=bool(is_flagged),
            count=count,
        )
        for status, owner, queue, assignee_id, is_flagged, count in rows
    )


def tally(counted: Iterable[Standing]) -> Tally:
    """Return how many stand in each folder, wait in each queue, and are with each person."""
    folders = dict.fromkeys(Folder, 0)
    queues: dict[str, int] = {}
    held: dict[str, int] = {}
    for one in counted:
        for folder in _folders_of(one):
            folders[folder] += one.count
        if one.status == "open" and one.owner in ("queue", "async"):
            queues[one.queue] = queues.get(one.queue, 0) + one.count
        if one.status == "open" and one.owner == "agent" and one.assignee_id:
            held[one.assignee_id] = held.get(one.assignee_id, 0) + one.count
    return Tally(folders=folders, queues=queues, held=held)


def _folders_of(one: Standing) -> Iterable[Folder]:
    if one.status != "open":
        yield Folder(one.status)
        return
    if one.is_flagged:
        yield Folder.FLAGGED
    yield {
        "agent": Folder.TEAM, "queue": Folder.QUEUE, "async": Folder.PROMISED, "bot": Folder.BOT,
    }[one.owner]  # fmt: skip


def _conditions(wanted: Filter) -> tuple[str, list[object]]:
    parts = ["c.workspace_id = %s"]
    parameters: list[object] = [wanted.workspace_id]
    if wanted.search is not None:
        condition, more = _search_condition(wanted.search)
        parts.append(condition)
        parameters += more
    else:
        parts.append(_FOLDERS[wanted.folder])
        if wanted.folder in (Folder.MINE, Folder.TEAM):
            parameters.append(wanted.user_id)
    if wanted.queue:
        parts.append("c.queue = %s")
        parameters.append(wanted.queue)
    opened, more = _open_to(wanted.sight)
    return " AND ".join([*parts, *opened]), [*parameters, *more]


def _open_to(sight: Sight) -> tuple[list[str], list[object]]:
    parts: list[str] = []
    parameters: list[object] = []
    if sight.closed:
        places = sql.places(len(sight.closed))
        parts.append(f"(c.queue NOT IN ({places}) OR c.assignee_id = %s)")
        parameters += [*sight.closed, sight.user_id]
    if sight.locations:
        parts.append(_AT_PLACES.format(places=sql.places(len(sight.locations))))
        parameters += [*sight.locations, sight.user_id]
    return parts, parameters


def _search_condition(search: Search) -> tuple[str, list[object]]:
    parts = ["c.urgency_cause = %s"]
    parameters: list[object] = [search.cause]
    if search.id_part:
        # Ids are letters and digits (core.ids), so a pattern has no wild cards of its own.
        parts.append("c.id LIKE %s OR c.id LIKE %s")
        parameters += [f"{search.id_part}%", f"%{search.id_part}"]
    for column, names in (("request_type", search.request_types), ("queue", search.queues)):
        if names:
            parts.append(f"c.{column} IN ({sql.places(len(names))})")
            parameters += names
    return f"({' OR '.join(parts)})", parameters


def _moment_of(place: Place) -> list[object]:
    return [place.moment, place.moment, place.id]


_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_AT_PLACES = """(EXISTS (
    SELECT 1 FROM store_contact h WHERE h.id = c.contact_id AND h.location_id IN ('', {places})
) OR c.assignee_id = %s)"""
_FOLDERS = {
    Folder.MINE: "c.status = 'open' AND c.handled_by = 'agent' AND c.assignee_id = %s",
    Folder.QUEUE: "c.status = 'open' AND c.handled_by = 'queue'",
    Folder.PROMISED: "c.status = 'open' AND c.handled_by = 'async'",
    Folder.TEAM: "c.status = 'open' AND c.handled_by = 'agent' AND c.assignee_id <> %s",
    # Where the bot alone has spoken, nobody waits and nothing is to be read.
    Folder.BOT: "c.status = 'open' AND c.handled_by = 'bot' AND c.opened_by <> 'bot'",
    Folder.FLAGGED: "c.status = 'open' AND c.is_flagged",
    Folder.REVIEW: "c.needs_review",
    Folder.SNOOZED: "c.status = 'snoozed'",
    Folder.RESOLVED: "c.status = 'resolved' AND NOT (c.opened_by = 'bot' AND c.handled_by = 'bot')",
}
# The share of a promise's window that is gone: the one thing that both databases say differently.
_GONE = {
    "sqlite": (
        "(julianday(%s) - julianday(k.started_at))"
        " / nullif(julianday(k.due_at) - julianday(k.started_at), 0)"
    ),
    "postgresql": (
        "extract(epoch FROM %s - k.started_at)"
        " / nullif(extract(epoch FROM k.due_at - k.started_at), 0)"
    ),
}
_COLUMNS = """
c.id, c.contact_id, c.channel, c.status, c.handled_by, c.assignee_id, c.queue, c.request_type,
c.urgency, c.urgency_cause, c.is_flagged, c.needs_review, c.last_message_at, c.waiting_since,
c.snoozed_until, c.resolution_code, p.name_sealed, u.name AS assignee_name, k.kind AS clock_kind,
k.started_at AS clock_started_at, k.due_at
"""
# The clock that is due first, by an index that holds those that run alone.
_CLOCK_OF_C = """(
    SELECT id FROM store_slaclock
    WHERE conversation_id = c.id AND met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL
    ORDER BY due_at LIMIT 1
)"""
_NAMES = """
JOIN store_contact p ON p.id = c.contact_id
LEFT JOIN store_user u ON u.id = c.assignee_id
"""
# The score is `core.urgency.with_clock`, told to the database so that it can sort by it;
# tests/web hold the two against each other. All that waits is scored from narrow indexes, and
# only the page that is shown is read whole.
_BY_URGENCY = f"""
WITH clocked AS (
    SELECT c.id, c.urgency, k.id AS clock_id, {{gone}} AS gone,
           CASE WHEN k.due_at <= %s THEN 1 ELSE 0 END AS is_over,
           coalesce(k.due_at, %s) AS due_key
    FROM store_conversation c LEFT JOIN store_slaclock k ON k.id = {_CLOCK_OF_C}
    WHERE {{where}}
), scored AS (
    SELECT id, clock_id, due_key, CAST(CASE
        WHEN is_over = 1 THEN 100
        WHEN gone > 0 AND round(gone * gone * 90) > urgency THEN round(gone * gone * 90)
        ELSE urgency
    END AS integer) AS score FROM clocked
), page AS (
    SELECT id, clock_id, due_key, score FROM scored
    {{after}} ORDER BY score DESC, due_key, id LIMIT %s
)
SELECT {_COLUMNS}, page.score FROM page
JOIN store_conversation c ON c.id = page.id {_NAMES}
LEFT JOIN store_slaclock k ON k.id = page.clock_id
ORDER BY page.score DESC, page.due_key, page.id
"""
_AFTER_URGENCY = "WHERE score < %s OR (score = %s AND (due_key > %s OR (due_key = %s AND id > %s)))"
_BY_NEWEST = f"""
SELECT {_COLUMNS}, c.urgency AS score
FROM store_conversation c {_NAMES} LEFT JOIN store_slaclock k ON k.id = {_CLOCK_OF_C}
WHERE {{where}} {{after}}
ORDER BY c.last_message_at DESC, c.id DESC LIMIT %s
"""
_AFTER_NEWEST = "AND (c.last_message_at < %s OR (c.last_message_at = %s AND c.id < %s))"
# Whoever has it is told apart outside, so that all who look at the inbox share one answer.
# What is resolved grows for ever: beyond `MAX_COUNTED` it is not counted on.
_TALLY = """
SELECT status, handled_by, queue, assignee_id, CASE WHEN is_flagged THEN 1 ELSE 0 END, count(*)
FROM store_conversation c WHERE {mine} AND status IN ('open', 'snoozed')
  AND NOT (opened_by = 'bot' AND handled_by = 'bot')
GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT 'resolved', '', '', NULL, 0, count(*) FROM (
    SELECT 1 FROM store_conversation c WHERE {mine} AND status = 'resolved'
      AND NOT (opened_by = 'bot' AND handled_by = 'bot') LIMIT %s
) settled
UNION ALL
SELECT 'review', '', '', NULL, 0, count(*)
FROM store_conversation c WHERE {mine} AND needs_review
"""
