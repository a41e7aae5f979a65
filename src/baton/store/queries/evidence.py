"""What episodes are folded from, a page of conversations at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from baton.store import sql
from baton.store.models import (
    Assignment,
    AuditEntry,
    Conversation,
    EvidenceMark,
    Experiment,
    Exposure,
    Handoff,
    Merge,
    Message,
    Rollout,
    RolloutMark,
    SurveyResponse,
    Turn,
)

MARKS = ("resolved", "reopened", "undone")
"""What the audit trail calls the bounds of an episode."""

_ABOUT = "conversation:"
_JOINS = ("merged", "unmerged")
_WHO = "contact:"
_MOVES = ("begun", "taken_up", "moved", "moved_despite", "completed", "stopped", "rolled_back")
"""What moves a rollout; all else on its time line is said of where it stands."""


def list_touched(
    workspace_id: str, *, after: int, limit: int
) -> tuple[tuple[str, ...], int | None]:
    """Return conversations that entries of the trail are about, and the last of these entries.

    At most `limit` entries behind `after` are read, in the chain's order; None without any.
    """
    found = AuditEntry.objects.filter(workspace_id=workspace_id, seq__gt=after).order_by("seq")
    rows = list(found.values_list("seq", "subject", "action")[:limit])
    touched = {about[len(_ABOUT) :] for _, about, _ in rows if about.startswith(_ABOUT)}
    # What two who are one were dealt is told of all that they talked about.
    joined = {about[len(_WHO) :] for _, about, action in rows if action in _JOINS}
    if joined:
        theirs = Conversation.objects.filter(workspace_id=workspace_id, contact_id__in=joined)
        touched |= set(theirs.values_list("id", flat=True))
    return tuple(sorted(touched)), rows[-1][0] if rows else None


def list_ids(workspace_id: str, *, after: str, limit: int) -> tuple[str, ...]:
    """Return the next conversations of a workspace, by id."""
    found = Conversation.objects.filter(workspace_id=workspace_id, id__gt=after)
    return tuple(found.order_by("id").values_list("id", flat=True)[:limit])


def list_behind(limit: int) -> tuple[str, ...]:
    """Return workspaces whose trail has entries that were not folded yet."""
    return tuple(one for (one,) in sql.select(_BEHIND, [limit]))


def list_noted(limit: int) -> tuple[str, ...]:
    """Return workspaces of which some row changed that is counted where it stands."""
    found = EvidenceMark.objects.order_by("workspace_id").values_list("workspace_id", flat=True)
    return tuple(found.distinct()[:limit])


def heads(workspace_id: str) -> int:
    """Return the last entry of a workspace's trail."""
    [(seq,)] = sql.select("SELECT audit_seq FROM store_workspace WHERE id = %s", [workspace_id])
    return int(seq)


def conversations(ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what is known of conversations beside what happened in them."""
    found = Conversation.objects.filter(id__in=ids)
    return list(
        found.values_list(
            "id", "workspace_id", "first_message_at", "channel", "inbox_id", "request_type",
            "triage", "opened_by", "is_confirmed", "location_id", "segment", "contact_id",
            "tags", "complexity", "emotion", "frequency", "value",
        )
    )  # fmt: skip


def pack_of(workspace_id: str) -> str:
    """Return a workspace's pack."""
    [(pack,)] = sql.select("SELECT pack FROM store_workspace WHERE id = %s", [workspace_id])
    return str(pack)


def stages(workspace_id: str) -> list[tuple[str, datetime, str, str]]:
    """Return what moved rollouts, in order: flow, moment, what it was, and the stage then."""
    marks = RolloutMark.objects.filter(workspace_id=workspace_id, kind__in=_MOVES).order_by("id")
    rows = list(marks.values_list("rollout_id", "at", "kind", "stage"))
    flows = dict(Rollout.objects.filter(id__in={row[0] for row in rows}).values_list("id", "flow"))
    return [(flows[row[0]], *row[1:]) for row in rows if row[0] in flows]


def dealt(contacts: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Return the arms that contacts were dealt, themselves or as somebody who is part of them.

    By conversation, with its contact; the last column is when the experiment on a limit ended.
    """
    parts: dict[str, list[str]] = {}
    for conversation_id, contact_id in contacts.items():
        parts.setdefault(contact_id, []).append(conversation_id)
    whole = _parts_of(parts)
    found = Exposure.objects.filter(contact_id__in=[*parts, *whole]).order_by("id")
    rows = list(found.values_list("contact_id", "workspace_id", "at", "flow", "split", "variant"))
    ended = Experiment.objects.filter(
        workspace_id__in={row[1] for row in rows if not row[3]}, flow=""
    )
    ends = dict(ended.values_list("name", "ended_at")) if rows else {}
    return [
        (conversation_id, *row[2:], None if row[3] else ends.get(row[4]))
        for row in rows
        for conversation_id in parts[whole.get(row[0], row[0])]
    ]


def _parts_of(contacts: Iterable[str]) -> dict[str, str]:
    """Return who is part of contacts by now, and of whom; also as part of another part."""
    whole: dict[str, str] = {}
    asked = {one: one for one in contacts}
    while asked:
        merges = Merge.objects.filter(contact_id__in=list(asked), undone_at=None)
        rows = merges.values_list("other_id", "contact_id")
        asked = {other: asked[one] for other, one in rows if other not in whole}
        whole |= asked
    return whole


def deeds(workspace_id: str, ids: Sequence[str]) -> list[tuple[str, int, datetime, str, str, str]]:
    """Return the bounds of episodes: conversation, place, moment, action, actor and details."""
    found = AuditEntry.objects.filter(
        workspace_id=workspace_id, subject__in=[f"{_ABOUT}{one}" for one in ids], action__in=MARKS
    )
    rows = found.values_list("subject", "seq", "at", "action", "actor", "details")
    return [(row[0][len(_ABOUT) :], *row[1:]) for row in rows]


def turns(ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the bot's turns."""
    found = Turn.objects.filter(conversation_id__in=ids)
    return list(
        found.values_list("conversation_id", "id", "at", "flow", "version", "step", "is_unanswered")
    )


def handoffs(ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return handoffs."""
    found = Handoff.objects.filter(conversation_id__in=ids)
    return list(
        found.values_list(
            "conversation_id", "id", "offered_at", "ended_at", "state", "reason", "queue",
            "is_card_seen", "is_restated",
        )
    )  # fmt: skip


def assignments(handoff_ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return who had handoffs."""
    found = Assignment.objects.filter(handoff_id__in=handoff_ids)
    return list(
        found.values_list("conversation_id", "id", "handoff_id", "user_id", "began_at", "ended_at")
    )


def marks(ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the CSAT surveys that were asked."""
    found = SurveyResponse.objects.filter(conversation_id__in=ids, kind="csat")
    return list(found.values_list("conversation_id", "id", "asked_at", "answered_at", "score"))


def answers(ids: Sequence[str]) -> list[tuple[str, datetime]]:
    """Return when contacts were answered: by words of the bot or a person that went out."""
    found = Message.objects.filter(
        conversation_id__in=ids, author__in=("bot", "agent"), is_note=False, is_unprompted=False
    ).exclude(delivery__in=("refused", "held"))
    return list(found.values_list("conversation_id", "created_at"))


_BEHIND = """
SELECT w.id FROM store_workspace w LEFT JOIN store_evidenceplace p ON p.workspace_id = w.id
WHERE w.audit_seq > COALESCE(p.seq, 0) ORDER BY w.id LIMIT %s
"""
