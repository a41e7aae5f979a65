"""What episodes are folded from, a page of conversations at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from baton.store import sql
from baton.store.models import (
    Assignment,
    AuditEntry,
    Conversation,
    Handoff,
    Message,
    SurveyResponse,
    Turn,
)

MARKS = ("resolved", "reopened", "undone")
"""What the audit trail calls the bounds of an episode."""

_ABOUT = "conversation:"


def list_touched(
    workspace_id: str, *, after: int, limit: int
) -> tuple[tuple[str, ...], int | None]:
    """Return conversations that entries of the trail are about, and the last of these entries.

    At most `limit` entries behind `after` are read, in the chain's order; None without any.
    """
    found = AuditEntry.objects.filter(workspace_id=workspace_id, seq__gt=after).order_by("seq")
    rows = list(found.values_list("seq", "subject")[:limit])
    touched = {about[len(_ABOUT) :] for _, about in rows if about.startswith(_ABOUT)}
    return tuple(sorted(touched)), rows[-1][0] if rows else None


def list_ids(workspace_id: str, *, after: str, limit: int) -> tuple[str, ...]:
    """Return the next conversations of a workspace, by id."""
    found = Conversation.objects.filter(workspace_id=workspace_id, id__gt=after)
    return tuple(found.order_by("id").values_list("id", flat=True)[:limit])


def list_behind(limit: int) -> tuple[str, ...]:
    """Return workspaces whose trail has entries that were not folded yet."""
    return tuple(one for (one,) in sql.select(_BEHIND, [limit]))


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
            "triage", "opened_by", "is_confirmed",
        )
    )  # fmt: skip


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
