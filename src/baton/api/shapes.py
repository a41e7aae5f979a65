"""What the API answers with."""

from datetime import datetime

from ninja import Schema
from pydantic import Field


class Problem(Schema):
    """What was wrong with a request."""

    code: str
    message: str


class Refusal(Schema):
    """Every answer that is no success."""

    error: Problem


class KeyShape(Schema):
    """The key that asks, and what it may do."""

    name: str
    workspace_id: str
    scopes: list[str]
    locations: list[str] = Field(
        description="the places that it is bound to, by id; empty for all of them"
    )


class ConversationShape(Schema):
    """How a conversation stands; nothing of what was said, and nobody's name."""

    id: str
    contact_id: str
    channel: str
    status: str = Field(description="open, snoozed or resolved")
    handled_by: str = Field(description="bot, queue, agent or async")
    queue: str
    request_type: str
    triage: str = Field(description="automate, hybrid or human; empty before the first turn")
    first_message_at: datetime
    last_message_at: datetime
    resolved_at: datetime | None
    resolution_code: str


class ConversationPage(Schema):
    """A page of conversations in the order they began; `following` asks for the next one."""

    items: list[ConversationShape]
    following: str | None


class KpiShape(Schema):
    """One KPI over the days that were asked for."""

    name: str
    title: str
    value: float | None = Field(description="in its unit; null without rows")
    low: float | None = Field(description="the lower end of where the true value lies")
    high: float | None
    unit: str
    count: int
    among: int
    is_enough: bool = Field(description="whether there are rows enough for a verdict")


class EntryShape(Schema):
    """One entry of the audit trail; its details hold tokens, never raw identifiers."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: str = Field(description="canonical JSON, exactly as hashed")
    previous_hash: str
    hash: str


class EntryPage(Schema):
    """Entries in order; ask again with `after` as the last `seq`."""

    items: list[EntryShape]


class NoteIn(Schema):
    """A note for the people of a conversation; the same `key` leaves it once."""

    text: str = Field(min_length=1, max_length=4_000)
    key: str = Field(min_length=1, max_length=100, description="of the sender's own, for retries")


class EventIn(Schema):
    """What happened to a contact, as flows and consents know it; the same `key` tells it once."""

    event: str = Field(pattern="^[a-z][a-z0-9_]{0,59}$")
    facts: dict[str, bool | int | float | str] = Field(default_factory=dict, max_length=50)
    key: str = Field(min_length=1, max_length=100, description="of the sender's own, for retries")


class Taken(Schema):
    """It is kept; what follows of it follows in the contact's order."""

    taken: bool = True
