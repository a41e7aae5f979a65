"""What KPIs are counted from."""

from datetime import datetime
from typing import ClassVar

import msgspec


class EpisodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One matter, from its first word to its close; see `store.models.Episode`."""

    table: ClassVar[str] = "store_episode"
    fixed: ClassVar[frozenset[str]] = frozenset({"workspace_id", "conversation_id", "number"})
    id: str
    workspace_id: str
    conversation_id: str
    number: int
    began_at: datetime
    channel: str
    inbox_id: str
    intent: str
    triage: str
    opened_by: str
    flow: str = ""
    version: int = 0
    step: str = ""
    stage: str = ""
    variants: str = ""
    location_id: str = ""
    segment: str = ""
    pack: str = ""
    queue: str = ""
    agent_id: str = ""
    handoffs: int = 0
    touches: int = 0
    ended_at: datetime | None = None
    ended_by: str = ""
    code: str = ""
    is_confirmed: bool = False
    returned_after: int | None = None
    waited: int | None = None
    handled: int = 0
    bot_turns: int = 0
    failed_turns: int = 0
    answered_after: int | None = None
    resolved_after: int | None = None
    csat_asked: bool = False
    csat: float | None = None
    csat_after: int | None = None
    tags: str = ""
    reason: str = ""
    complexity: int | None = None
    emotion: int | None = None
    frequency: int | None = None
    value: int | None = None


class StretchRow(msgspec.Struct, frozen=True, kw_only=True):
    """One human stretch; see `store.models.Stretch`."""

    table: ClassVar[str] = "store_stretch"
    fixed: ClassVar[frozenset[str]] = frozenset({"workspace_id", "conversation_id"})
    id: str
    workspace_id: str
    conversation_id: str
    episode_id: str
    nth: int
    began_at: datetime
    channel: str
    inbox_id: str
    intent: str
    triage: str
    flow: str
    version: int
    step: str
    stage: str
    variants: str
    location_id: str
    segment: str
    pack: str
    queue: str
    agent_id: str
    handoffs: int
    touches: int
    ended_at: datetime | None
    returned_after: int | None
    waited: int | None
    handled: int
    state: str
    reason: str
    is_card_seen: bool | None
    is_restated: bool | None
