"""Freshdesk: tickets of the account export (`helpdesk_ticket`), or of the tickets API."""

from itertools import chain

from baton.connectors.files.past.fields import Fields, opening
from baton.connectors.files.past.messages import (
    Message,
    answers_of,
    first_of,
    handled_of,
    in_order,
)
from baton.core.past import PastConversation

_OVER = frozenset({"4", "5", "resolved", "closed"})
_SOURCES = {"1": "email", "2": "portal", "3": "phone", "7": "chat", "9": "widget", "10": "email"}
_OWN = frozenset({"description_text", "responder_id", "display_id", "fr_escalated"})


def knows(fields: Fields) -> bool:
    """Return whether an object is a ticket of Freshdesk."""
    return "helpdesk_ticket" in fields.names or bool(fields.names & _OWN)


def read(fields: Fields) -> PastConversation | str:
    """Return a ticket's conversation, or why it is none."""
    if "helpdesk_ticket" in fields.names:
        fields = fields.part("helpdesk_ticket")
    if fields.yes("spam"):
        return "is marked as spam"
    notes = (one.part("helpdesk_note") for one in fields.parts("notes"))
    bare = (one for one in fields.parts("notes") if "helpdesk_note" not in one.names)
    said = in_order(
        [
            Message(
                one.body("body_text", "body", "body_html"),
                not one.yes("incoming"),
                one.moment("created_at"),
            )
            for one in chain(notes, bare, fields.parts("conversations"))
            if one.given and not one.yes("private")
        ]
    )
    asked = fields.body("description_text", "description", "description_html")
    words = opening(fields.body("subject"), asked or first_of(said, ours=False))
    if not words:
        return "has no words"
    status = (fields.word("status_name") or fields.word("status")).casefold()
    return PastConversation(
        line=fields.line,
        words=words,
        answer=first_of(said, ours=True),
        contact=fields.word("requester_id") or fields.part("requester").word("id", "email"),
        channel=_SOURCES.get(fields.word("source"), fields.word("source_name")),
        opened_at=fields.moment("created_at"),
        answers=answers_of(said) if said else None,
        handled=handled_of(said),
        is_closed=status in _OVER if status else None,
        reopened=1 if fields.part("stats").moment("reopened_at") else None,
    )
