"""Rows of the hot path, as frozen values: what a batch reads and writes in sets.

Field names are column names; `tests/store` holds them against the models.
JSON columns carry their text, sealed columns their bytes. They are msgspec's
structs, because a turn changes its conversation several times and copies of
wide rows are what it would spend its time on (docs/adr). What is `fixed` is
never written again, which spares the indexes that it stands in.

Those that a batch reads take their columns by place as well, in a tenth of the time that
as many names take; so what has no default comes first in them.
"""

from datetime import datetime
from typing import ClassVar

import msgspec


class ContactRow(msgspec.Struct, frozen=True):
    """A contact; `opted_out` joins channels with commas."""

    table: ClassVar[str] = "store_contact"
    fixed: ClassVar[frozenset[str]] = frozenset({"workspace_id", "lane", "created_at"})
    id: str
    workspace_id: str
    lane: str
    created_at: datetime
    external_id: str = ""
    name_sealed: bytes = b""
    is_identified: bool = False
    membership: str = ""
    timezone: str = ""
    timezone_from: str = ""
    language: str = ""
    language_from: str = ""
    conversation_id: str | None = None
    opted_out: str = ""
    marks: str = "{}"
    preferred_channel: str = ""
    merged_into_id: str | None = None
    is_joined: bool = False


class AddressRow(msgspec.Struct, frozen=True, kw_only=True):
    """A contact's handle on a channel, by token."""

    table: ClassVar[str] = "store_address"
    id: str
    workspace_id: str
    contact_id: str
    channel: str
    token: str
    inbox_id: str
    lane: str
    verified_at: datetime | None = None


class ConsentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A change of permission."""

    table: ClassVar[str] = "store_consent"
    id: str
    workspace_id: str
    contact_id: str
    channel: str
    purpose: str
    is_granted: bool
    is_pending: bool = False
    request_id: str | None = None
    source: str
    wording: str = ""
    evidence: str = ""
    at: datetime
    recorded_at: datetime


class VaultRow(msgspec.Struct, frozen=True, kw_only=True):
    """A raw identifier, sealed, behind its token."""

    table: ClassVar[str] = "store_vaultentry"
    id: str
    workspace_id: str
    kind: str
    token: str
    value_sealed: bytes


class ConversationRow(msgspec.Struct, frozen=True):
    """A conversation; see `store.models.Conversation`."""

    table: ClassVar[str] = "store_conversation"
    fixed: ClassVar[frozenset[str]] = frozenset(
        {"workspace_id", "contact_id", "lane", "first_message_at"}
    )
    id: str
    workspace_id: str
    contact_id: str
    inbox_id: str
    lane: str
    address_lane: str
    channel: str
    first_message_at: datetime
    last_message_at: datetime
    status: str = "open"
    handled_by: str = "bot"
    assignee_id: str | None = None
    queue: str = ""
    run_id: str | None = None
    opened_by: str = "contact"
    request_type: str = ""
    triage: str = ""
    complexity: int | None = None
    emotion: int | None = None
    frequency: int | None = None
    value: int | None = None
    urgency: int = 0
    urgency_cause: str = ""
    is_flagged: bool = False
    flags: str = ""
    needs_review: bool = False
    failed_attempts: int = 0
    bot_turns: int = 0
    is_answered: bool = False
    negative_turns: int = 0
    last_reply_hash: str = ""
    last_articles: str = ""
    waiting_since: datetime | None = None
    handed_over_at: datetime | None = None
    human_ended_at: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolution_code: str = ""
    is_confirmed: bool = False
    recontacts: int = 0
    reopened_at: datetime | None = None
    recontacted_after: int | None = None


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message or note."""

    table: ClassVar[str] = "store_message"
    id: str
    workspace_id: str
    conversation_id: str
    contact_id: str
    author: str
    user_id: str | None = None
    is_note: bool = False
    client_id: str = ""
    body_sealed: bytes
    choices: str = "[]"
    delivery: str
    delivery_reason: str = ""
    purpose: str = "service"
    is_unprompted: bool = False
    held_until: datetime | None = None
    useful_until: datetime | None = None
    channel: str
    inbox_id: str
    onward: str = ""
    onward_sealed: bytes = b""
    address_lane: str = ""
    instead_of_id: str | None = None
    stand_in_sealed: bytes = b""
    template: str = ""
    flow: str = ""
    created_at: datetime


class AttachmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A file that its provider still holds."""

    table: ClassVar[str] = "store_attachment"
    id: str
    workspace_id: str
    lane: str
    contact_id: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    kind: str
    media_type: str = ""
    size: int = 0
    name_sealed: bytes = b""
    digest: str = ""
    state: str
    reason: str = ""
    reference_sealed: bytes = b""
    created_at: datetime


class LetterRow(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an email; see `store.models.Letter`."""

    table: ClassVar[str] = "store_letter"
    id: str
    workspace_id: str
    conversation_id: str
    head_sealed: bytes
    is_inbound: bool
    is_automatic: bool = False
    is_from_stranger: bool = False
    is_disproved: bool = False


class ShortLinkRow(msgspec.Struct, frozen=True, kw_only=True):
    """A short link of a message."""

    table: ClassVar[str] = "store_shortlink"
    id: str
    workspace_id: str
    contact_id: str
    message_id: str
    lane: str
    token: str
    target_sealed: bytes
    clicks: int = 0
    first_opened_at: datetime | None = None
    created_at: datetime


class TurnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A decision of the bot."""

    table: ClassVar[str] = "store_turn"
    id: str
    workspace_id: str
    conversation_id: str
    at: datetime
    intent: str = ""
    confidence: float | None = None
    sentiment: float = 0.0
    decision: str
    reason: str
    action: str
    flow: str = ""
    step: str = ""
    version: int = 0
    path: str = ""
    is_unanswered: bool = False


class ArticleUseRow(msgspec.Struct, frozen=True, kw_only=True):
    """What an article did in a conversation."""

    table: ClassVar[str] = "store_articleuse"
    id: str
    workspace_id: str
    article: str
    version: int
    conversation_id: str
    turn_id: str
    outcome: str
    at: datetime


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


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A turn to be looked at."""

    table: ClassVar[str] = "store_review"
    id: str
    workspace_id: str
    conversation_id: str
    turn_id: str
    reason: str
    at: datetime
    verdict: str = ""
    reviewed_by_id: str | None = None
    reviewed_at: datetime | None = None
    read: str = "{}"


class RunRow(msgspec.Struct, frozen=True):
    """A run; its state is sealed."""

    table: ClassVar[str] = "store_run"
    fixed: ClassVar[frozenset[str]] = frozenset(
        {"workspace_id", "contact_id", "flow", "subject", "is_proactive", "started_at"}
    )
    id: str
    workspace_id: str
    conversation_id: str
    contact_id: str
    flow: str
    version: int
    step: str
    status: str
    state_sealed: bytes
    started_at: datetime
    updated_at: datetime
    inside: str = ""
    inside_version: int = 0
    subject: str = ""
    is_proactive: bool = False
    awaits: str = ""
    events: str = ""


class ReportedEventRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event's name, once it has come in."""

    table: ClassVar[str] = "store_reportedevent"
    id: str
    workspace_id: str
    name: str
    first_at: datetime


class HeldFactRow(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that waits until its flow is resumed."""

    table: ClassVar[str] = "store_heldfact"
    id: str
    workspace_id: str
    flow: str
    lane: str
    kind: str
    body: bytes
    at: datetime


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something for people to do."""

    table: ClassVar[str] = "store_task"
    id: str
    workspace_id: str
    contact_id: str
    conversation_id: str
    flow: str
    queue: str
    title_sealed: bytes
    created_at: datetime
    due_at: datetime
    warned_at: datetime | None = None
    overdue_at: datetime | None = None
    done_at: datetime | None = None
    done_by_id: str | None = None
    outcome: str = ""


class ExposureRow(msgspec.Struct, frozen=True, kw_only=True):
    """A contact who saw a variant; the first time counts."""

    table: ClassVar[str] = "store_exposure"
    id: str
    workspace_id: str
    contact_id: str
    flow: str
    version: int
    split: str
    variant: str
    at: datetime


class DigestLineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line that waits for its digest."""

    table: ClassVar[str] = "store_digestline"
    id: str
    workspace_id: str
    contact_id: str
    digest: str
    opening_sealed: bytes
    line_sealed: bytes
    purpose: str
    due_at: datetime


class SurveyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A survey asked."""

    table: ClassVar[str] = "store_surveyresponse"
    id: str
    workspace_id: str
    conversation_id: str
    kind: str
    asked_at: datetime
    answered_at: datetime | None = None
    rating: int | None = None
    score: float | None = None


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """A link of the audit chain; the database numbers it."""

    table: ClassVar[str] = "store_auditentry"
    workspace_id: str
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: str
    previous_hash: str
    hash: str


class ChurnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A contact's score; see `store.models.ChurnScore`."""

    table: ClassVar[str] = "store_churnscore"
    fixed: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    id: str
    workspace_id: str
    points: int
    signs: str
    is_at_risk: bool
    is_high_value: bool
    value_minor: int
    since: datetime
    scored_at: datetime


Kept = ContactRow | ConversationRow | RunRow
"""Rows that change: kept under their id, and replaced."""

Row = (
    ContactRow
    | AddressRow
    | ConsentRow
    | VaultRow
    | ConversationRow
    | MessageRow
    | AttachmentRow
    | LetterRow
    | ShortLinkRow
    | TurnRow
    | ArticleUseRow
    | EscalationRow
    | HandoffRow
    | SlaClockRow
    | BreachRow
    | NoticeRow
    | ApprovalRow
    | ReviewRow
    | RunRow
    | TaskRow
    | ExposureRow
    | DigestLineRow
    | HeldFactRow
    | ReportedEventRow
    | SurveyRow
    | AuditRow
    | ChurnRow
)
