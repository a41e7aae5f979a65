"""Chatwoot: conversations of the API, with their messages."""

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


def knows(fields: Fields) -> bool:
    """Return whether an object is a conversation of Chatwoot."""
    return "messages" in fields.names and bool(
        fields.names & {"inbox_id", "agent_last_seen_at", "contact_inbox"}
    )


def read(fields: Fields) -> PastConversation | str:
    """Return its conversation, or why it is none."""
    said = []
    for one in fields.parts("messages"):
        kind = _KINDS.get(one.word("message_type"), one.word("message_type"))
        is_bot = one.part("sender").word("type") == "agent_bot"
        if kind in (_INCOMING, _OUTGOING) and not one.yes("private") and not is_bot:
            said.append(Message(one.body("content"), kind == _OUTGOING, one.moment("created_at")))
    told = in_order(said)
    words = first_of(told, ours=False)
    if not words:
        return "the contact said nothing"
    status = fields.word("status")
    sender = fields.part("meta", "sender")
    mark = fields.part("csat_survey_response").number("rating")
    return PastConversation(
        line=fields.line,
        words=words,
        answer=first_of(told, ours=True),
        contact=sender.word("id", "identifier", "email") or fields.word("contact_id"),
        channel=fields.part("meta").word("channel").removeprefix("Channel::").casefold(),
        opened_at=fields.moment("created_at") or fields.moment("timestamp"),
        answers=answers_of(told),
        handled=handled_of(told),
        mark=(mark - 1) / _STEPS * 100 if mark and mark <= _BEST else None,
        is_closed=status == "resolved" if status else None,
    )
