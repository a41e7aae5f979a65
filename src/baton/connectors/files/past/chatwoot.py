"""Chatwoot: conversations of the API, with their messages.

Its list of conversations holds the last message of each alone; all of them stand in each one's own
list of messages. The mark stands in the message that asked for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from baton.connectors.files.past.fields import Fields
from baton.connectors.files.past.messages import (
    Message,
    answers_of,
    first_of,
    handled_of,
    in_order,
)
from baton.core.past import PastConversation

_INCOMING, _OUTGOING = "0", "1"
_KINDS = {"incoming": _INCOMING, "outgoing": _OUTGOING}
_BEST, _STEPS = 5, 4
_AT_ONCE = timedelta(minutes=2)
"""Whoever opens a conversation says something within it."""


def knows(fields: Fields) -> bool:
    """Return whether an object is a conversation of Chatwoot."""
    return "messages" in fields.names and bool(
        fields.names & {"inbox_id", "agent_last_seen_at", "contact_inbox"}
    )


def read(fields: Fields) -> PastConversation | str:
    """Return its conversation, or why it is none."""
    said, mark = [], fields.part("csat_survey_response").number("rating")
    for one in fields.parts("messages"):
        marked = one.part("content_attributes", "submitted_values", "csat_survey_response")
        mark = marked.number("rating") or mark
        kind = _KINDS.get(one.word("message_type"), one.word("message_type"))
        is_bot = one.part("sender").word("type") == "agent_bot"
        if kind in (_INCOMING, _OUTGOING) and not one.yes("private") and not is_bot:
            said.append(Message(one.body("content"), kind == _OUTGOING, one.moment("created_at")))
    told = in_order(said)
    words = first_of(told, ours=False)
    if not words:
        return "the contact said nothing"
    opened_at = fields.moment("created_at") or fields.moment("timestamp")
    if _is_last_alone(said, opened_at):
        return "holds its last message alone; export the messages of each conversation"
    status = fields.word("status")
    sender = fields.part("meta", "sender")
    return PastConversation(
        line=fields.line,
        words=words,
        answer=first_of(told, ours=True),
        contact=sender.word("id", "identifier", "email") or fields.word("contact_id"),
        channel=fields.part("meta").word("channel").removeprefix("Channel::").casefold(),
        opened_at=opened_at,
        answers=answers_of(told),
        handled=handled_of(told),
        mark=(mark - 1) / _STEPS * 100 if mark and mark <= _BEST else None,
        is_closed=status == "resolved" if status else None,
    )


def _is_last_alone(said: Sequence[Message], opened_at: datetime | None) -> bool:
    if len(said) != 1 or opened_at is None or said[0].at is None:
        return False
    return said[0].at - opened_at > _AT_ONCE
