"""Every table, for Django and for the queries beside them."""

from baton.store.models.audit import AuditEntry
from baton.store.models.automation import CannedResponse, FlowVersion, Run
from baton.store.models.conversation import (
    Conversation,
    Escalation,
    Handoff,
    Message,
    Review,
    SlaClock,
    SurveyResponse,
    Turn,
)
from baton.store.models.installation import Installation
from baton.store.models.people import (
    Address,
    Consent,
    Contact,
    Inbox,
    Location,
    User,
    VaultEntry,
    Workspace,
)
from baton.store.models.runtime import (
    RuntimeAttempt,
    RuntimeEffect,
    RuntimeEvent,
    RuntimeLane,
    RuntimeLease,
    RuntimeTimer,
)

__all__ = [
    "Address",
    "AuditEntry",
    "CannedResponse",
    "Consent",
    "Contact",
    "Conversation",
    "Escalation",
    "FlowVersion",
    "Handoff",
    "Inbox",
    "Installation",
    "Location",
    "Message",
    "Review",
    "Run",
    "RuntimeAttempt",
    "RuntimeEffect",
    "RuntimeEvent",
    "RuntimeLane",
    "RuntimeLease",
    "RuntimeTimer",
    "SlaClock",
    "SurveyResponse",
    "Turn",
    "User",
    "VaultEntry",
    "Workspace",
]
