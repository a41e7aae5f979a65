"""What people are asked for, and the clocks that run meanwhile."""

from datetime import datetime
from typing import ClassVar

import msgspec


class EscalationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger that fired."""

    table: ClassVar[str] = "store_escalation"
    id: str
    workspace_id: str
    conversation_id: str
    at: datetime
    trigger: str
    evidence: str
    act: str = "hand_over"
    version: int = 0
    verdict: str = ""
    judged_by_id: str | None = None
    judged_at: datetime | None = None


class HandoffRow(msgspec.Struct, frozen=True, kw_only=True):
    """A handoff; its card is sealed."""

    table: ClassVar[str] = "store_handoff"
    id: str
    workspace_id: str
    conversation_id: str
    state: str
    reason: str
    queue: str
    is_async: bool
    amount_minor: int = 0
    card_sealed: bytes
    lacks: str = ""
    offered_at: datetime
    accepted_at: datetime | None = None
    accepted_by_id: str | None = None
    replied_at: datetime | None = None
    is_card_seen: bool | None = None
    is_restated: bool | None = None
    ended_at: datetime | None = None
    outcome: str = ""


class SlaClockRow(msgspec.Struct, frozen=True, kw_only=True):
    """A running promise."""

    table: ClassVar[str] = "store_slaclock"
    id: str
    workspace_id: str
    conversation_id: str
    kind: str
    queue: str = ""
    window_seconds: int = 0
    started_at: datetime
    due_at: datetime
    warned_at: datetime | None = None
    paused_at: datetime | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None


class BreachRow(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was not kept."""

    table: ClassVar[str] = "store_breach"
    id: str
    workspace_id: str
    conversation_id: str
    clock_id: str | None
    reason: str
    queue: str
    assignee_id: str | None
    due_at: datetime
    at: datetime
    ended_at: datetime | None = None


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that one person should know."""

    table: ClassVar[str] = "store_notice"
    id: str
    workspace_id: str
    user_id: str
    kind: str
    conversation_id: str | None
    details: str
    at: datetime
    seen_at: datetime | None = None
    mailed_at: datetime | None = None


class ApprovalRow(msgspec.Struct, frozen=True, kw_only=True):
    """Money or an exception that somebody proposed; see `store.models.Approval`."""

    table: ClassVar[str] = "store_approval"
    id: str
    workspace_id: str
    conversation_id: str
    kind: str
    amount_minor: int
    currency: str
    reason: str
    subject_sealed: bytes
    note_sealed: bytes
    proposed_by: str
    proposed_at: datetime
    run_id: str | None = None
    call_number: int = 0
    state: str
    asked: str
    due_at: datetime | None = None
    decided_by_id: str | None = None
    decided_at: datetime | None = None
    answer_sealed: bytes = b""
    carried_out_by_id: str | None = None
    reference_sealed: bytes = b""
    problem: str = ""
    ended_at: datetime | None = None
    return_id: str = ""
