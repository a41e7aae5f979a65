"""People, and what is known of them."""

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
    location_id: str = ""
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
