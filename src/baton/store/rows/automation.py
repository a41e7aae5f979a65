"""Flows on their way, and the trail of all that was done."""

from datetime import datetime
from typing import ClassVar

import msgspec


class RunRow(msgspec.Struct, frozen=True):
    """A run; its state is sealed."""

    table: ClassVar[str] = "store_run"
    fixed: ClassVar[frozenset[str]] = frozenset(
        {
            "workspace_id",
            "contact_id",
            "flow",
            "subject",
            "is_proactive",
            "is_shadow",
            "started_at",
        }
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
    is_shadow: bool = False


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


class ShadowDraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a flow in shadow would have done; its words are sealed."""

    table: ClassVar[str] = "store_shadowdraft"
    id: str
    workspace_id: str
    conversation_id: str
    flow: str
    version: int
    text_sealed: bytes
    at: datetime
    trigger: str = ""
    does: str = ""
    verdict: str = ""
    judged_by_id: str | None = None
    judged_at: datetime | None = None


class OfferMadeRow(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that a flow made."""

    table: ClassVar[str] = "store_offermade"
    id: str
    workspace_id: str
    contact_id: str
    flow: str
    offer: str
    cost_minor: int | None
    worth_minor: int | None
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
