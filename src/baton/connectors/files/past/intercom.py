"""Intercom: conversations of the API or its data export, with their parts."""

from baton.connectors.files.past.fields import Fields, opening
from baton.connectors.files.past.messages import (
    Message,
    answers_of,
    first_of,
    handled_of,
    in_order,
)
from baton.core.past import PastConversation

_SAID = frozenset({"comment", "open", "close", "quick_reply", ""})
_OURS = "admin"
_NOBODYS = "bot"
_BEST, _STEPS = 5, 4  # marks go from 1 to 5


def knows(fields: Fields) -> bool:
    """Return whether an object is a conversation of Intercom."""
    return "conversation_parts" in fields.names or (
        fields.word("type") == "conversation" and "source" in fields.names
    )


def read(fields: Fields) -> PastConversation | str:
    """Return its conversation, or why it is none."""
    source = fields.part("source")
    said = in_order(
        [
            Message(
                one.body("body"),
                one.part("author").word("type") == _OURS,
                one.moment("created_at"),
            )
            for one in fields.parts("conversation_parts", "conversation_parts")
            if one.word("part_type") in _SAID
            and not _is_machine(one.part("author"))
            and one.body("body")
        ]
    )
    is_asked = source.part("author").word("type") not in (_OURS, _NOBODYS)
    first = source.body("body") if is_asked else first_of(said, ours=False)
    words = opening(source.body("subject") if is_asked else "", first)
    if not words:
        return "the contact said nothing"
    counted, state = fields.part("statistics"), fields.word("state")
    mark = fields.part("conversation_rating").number("rating")
    people = next(fields.parts("contacts", "contacts"), None)
    asker = people or next(fields.parts("contacts"), None) or source.part("author")
    reopened = counted.number("count_reopens")
    return PastConversation(
        line=fields.line,
        words=words,
        answer=first_of(said, ours=True),
        contact=asker.word("id", "external_id", "email"),
        channel=source.word("type"),
        opened_at=fields.moment("created_at"),
        answers=answers_of(said) if said else None,
        handled=counted.number("handling_time", "adjusted_handling_time") or handled_of(said),
        mark=(mark - 1) / _STEPS * 100 if mark and mark <= _BEST else None,
        is_closed=state == "closed" if state else None,
        reopened=None if reopened is None else int(reopened),
    )


def _is_machine(author: Fields) -> bool:
    """Return whether nobody said it: the AI agent speaks as an admin does."""
    return author.word("type") == _NOBODYS or author.yes("from_ai_agent")
