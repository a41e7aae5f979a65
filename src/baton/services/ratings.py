"""Surveys of contacts: asked for, and their ratings taken down."""

from msgspec.structs import replace

from baton.core import survey
from baton.services.ledger import Ledger
from baton.store.queries import surveys
from baton.store.rows import ConversationRow, SurveyRow

_LOW_RATING = 2  # a rating of 1 or 2 is shown to people at once (E36)


def ask(ledger: Ledger, conversation: ConversationRow, kind: str) -> None:
    """Note that a conversation's contact was asked for a rating."""
    ledger.add(
        SurveyRow(
            id=ledger.next_id(),
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            kind=kind,
            asked_at=ledger.now,
        )
    )


def record(ledger: Ledger, conversation: ConversationRow, rating: int) -> ConversationRow:
    """Take a rating down; return the conversation, flagged if the rating is low."""
    surveys.record(conversation.id, rating=rating, score=survey.score(rating), now=ledger.now)
    return replace(conversation, is_flagged=conversation.is_flagged or rating <= _LOW_RATING)
