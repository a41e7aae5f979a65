"""Gorgias: tickets of the API, with their messages."""

from baton.connectors.files.past.fields import Fields, opening
from baton.connectors.files.past.messages import (
    Message,
    answers_of,
    first_of,
    handled_of,
    in_order,
)
from baton.core.past import PastConversation

_BEST, _STEPS = 5, 4


def knows(fields: Fields) -> bool:
    """Return whether an object is a ticket of Gorgias."""
    return "created_datetime" in fields.names


def read(fields: Fields) -> PastConversation | str:
    """Return a ticket's conversation, or why it is none."""
    if fields.yes("spam"):
        return "is marked as spam"
    said = in_order(
        [
            Message(
                one.body("stripped_text", "body_text", "body_html"),
                one.yes("from_agent"),
                one.moment("sent_datetime", "created_datetime"),
            )
            for one in fields.parts("messages")
            if one.yes("public", otherwise=True)
        ]
    )
    words = opening(fields.body("subject"), first_of(said, ours=False) or fields.body("excerpt"))
    if not words:
        return "has no words"
    status = fields.word("status")
    mark = fields.part("satisfaction_survey").number("score")
    return PastConversation(
        line=fields.line,
        words=words,
        answer=first_of(said, ours=True),
        contact=fields.part("customer").word("id", "email") or fields.part("requester").word("id"),
        channel=fields.word("channel"),
        opened_at=fields.moment("created_datetime"),
        answers=answers_of(said),
        handled=handled_of(said),
        mark=(mark - 1) / _STEPS * 100 if mark and mark <= _BEST else None,
        is_closed=status == "closed" if status else None,
    )
