"""Words of the domain as people read them in the console."""

from baton.store.queries.inbox import Folder

FOLDERS = {
    Folder.MINE: "Mine",
    Folder.QUEUE: "Queue",
    Folder.PROMISED: "Promised",
    Folder.TEAM: "With colleagues",
    Folder.BOT: "Bot",
    Folder.FLAGGED: "Flagged",
    Folder.REVIEW: "To review",
    Folder.SNOOZED: "Snoozed",
    Folder.RESOLVED: "Resolved",
}
EMPTY = {
    Folder.MINE: "You have no conversations. Take the next one from the queue.",
    Folder.QUEUE: "Nobody is waiting. New conversations appear here by themselves.",
    Folder.PROMISED: "No promises are running. When nobody is free, conversations wait here.",
    Folder.TEAM: "None of your colleagues has a conversation at the moment.",
    Folder.BOT: "The bot is not talking to anybody at the moment.",
    Folder.FLAGGED: "Nothing is flagged. Upset words in a live conversation show up here.",
    Folder.REVIEW: "Every doubtful answer has been reviewed.",
    Folder.SNOOZED: "Nothing is snoozed.",
    Folder.RESOLVED: "Nothing has been resolved yet.",
}
CODES = {
    "answered": "Answered",
    "booked": "Booked or moved",
    "refunded": "Refunded",
    "cancelled": "Cancelled",
    "retained": "Stayed with us",
    "no_action": "No action needed",
    "confirmed": "Confirmed by the contact",
}
SNOOZES = {
    "hour": "In 1 hour",
    "tomorrow": "Tomorrow, 9:00",
    "week": "Next Monday, 9:00",
    "reply": "Until they reply",
}
CAUSES = {
    "waiting": "waiting",
    "sentiment": "upset",
    "repeat_contact": "came back",
    "breached": "overdue",
    "clock": "clock running out",
    "person": "asked for a person",
    "leaving": "wants to leave",
    "red_flag": "medical red flag",
}
REASONS = {
    "hard_stop": "Hard stop",
    "requested": "Asked for a person",
    "not_helpful": "Answer did not help",
    "sensitive": "Sensitive request",
    "strong_sentiment": "Upset",
    "failed_attempts": "Not understood twice",
    "repeating": "Going in circles",
    "opted_out": "Opted out",
    "flow": "Flow asks for a person",
    "in_flow": "By the flow",
    "stepped_in": "Agent stepped in",
}
DELIVERIES = {
    "queued": "Queued",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "failed": "Failed",
    "refused": "Not sent",
    "unknown": "Unclear",
    "received": "",
    "none": "",
}
AUTHORS = {"contact": "Contact", "bot": "Bot", "agent": "Agent", "system": "Baton"}
CLOCKS = {"first_response": "First response", "async_promise": "Promised answer"}


def plain(name: str) -> str:
    """Return a name of the domain as words: "billing_dispute" as "billing dispute"."""
    return name.replace("_", " ")
