"""Zendesk: tickets of the JSON export (one a line), or of the tickets API, with their comments."""

from baton.connectors.files.past.fields import Fields, opening
from baton.connectors.files.past.messages import (
    Message,
    answers_of,
    first_of,
    handled_of,
    in_order,
)
from baton.core.past import PastConversation

_MARKS = {"good": 100.0, "bad": 0.0}
_OVER = frozenset({"solved", "closed"})


def knows(fields: Fields) -> bool:
    """Return whether an object is a ticket of Zendesk."""
    is_ticket = bool(fields.names & {"requester_id", "requester", "raw_subject"})
    return is_ticket and bool(fields.names & {"description", "comments", "subject"})


def read(fields: Fields) -> PastConversation | str:
    """Return a ticket's conversation, or why it is none."""
    asker = fields.word("requester_id") or fields.part("requester").word("id", "email")
    said = in_order(
        [
            Message(
                one.body("plain_body", "body", "html_body"),
                bool(author) and author != asker,
                one.moment("created_at"),
            )
            for one in fields.parts("comments")
            if one.yes("public", otherwise=True)
            for author in [one.word("author_id") or one.part("author").word("id")]
        ]
    )
    words = opening(
        fields.body("subject", "raw_subject"),
        first_of(said, ours=False) or fields.body("description"),
    )
    if not words:
        return "has no words"
    counted = fields.part("metric_set")
    replies = counted.number("replies")
    status = fields.word("status").casefold()
    return PastConversation(
        line=fields.line,
        words=words,
        answer=first_of(said, ours=True),
        contact=asker,
        channel=fields.part("via").word("channel"),
        opened_at=fields.moment("created_at"),
        answers=answers_of(said) if said else None if replies is None else int(replies),
        handled=handled_of(said),
        mark=_MARKS.get(fields.part("satisfaction_rating").word("score").split("_")[0]),
        is_closed=status in _OVER if status else None,
        reopened=_whole(counted.number("reopens")),
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
