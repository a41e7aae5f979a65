"""What a key of the API may do: each word opens some addresses, and no more."""

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a key may do."""

    CONVERSATIONS = "conversations:read"
    REPORTS = "reports:read"
    AUDIT = "audit:read"
    NOTES = "notes:write"
    EVENTS = "events:write"


ABOUT = {
    Scope.CONVERSATIONS: "how conversations stand: no name, no address, no word of anybody",
    Scope.REPORTS: "KPIs with their intervals",
    Scope.NOTES: "notes for people in a conversation; nothing is sent",
    Scope.EVENTS: "what happened to a contact: consents, marks, whatever flows wait for",
    Scope.AUDIT: "the audit trail, for a store of security events",
}
"""What each opens, in words."""
