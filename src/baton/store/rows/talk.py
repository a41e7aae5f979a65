"""What is said, and what is made of it."""

from datetime import datetime
from typing import ClassVar

import msgspec


class ConversationRow(msgspec.Struct, frozen=True):
    """A conversation; see `store.models.Conversation`."""

    table: ClassVar[str] = "store_conversation"
    fixed: ClassVar[frozenset[str]] = frozenset(
        {"workspace_id", "contact_id", "lane", "first_message_at", "location_id", "segment", "tags"}
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
    location_id: str = ""
    segment: str = ""
    tags: str = ""


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
    contact_id: str = ""
    flow: str = ""
    follows_id: str | None = None
    words_sealed: bytes = b""
