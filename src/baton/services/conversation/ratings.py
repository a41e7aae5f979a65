"""Surveys of contacts: asked for, and their ratings taken down."""

from baton.core import routing, survey
from baton.flows.effects import RecordRating
from baton.services import notices
from baton.services.conversation import flags
from baton.services.ledger import Ledger
from baton.store.queries import surveys
from baton.store.rows import ConversationRow, SurveyRow


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


def record(ledger: Ledger, conversation: ConversationRow, given: RecordRating) -> ConversationRow:
    """Take a rating down; return the conversation, flagged if the rating is low (E36)."""
    scale = survey.SCALES[given.kind]
    score = survey.score(given.rating, scale)
    surveys.record(conversation.id, rating=given.rating, score=score, now=ledger.now)
    if given.rating > scale.low:
        return conversation
    notices.tell(
        ledger,
        conversation.workspace_id,
        notices.serving(conversation.workspace_id, conversation.queue or routing.GENERAL),
        notices.Kind.LOW_RATING,
        details=f"{given.rating} of {scale.highest}",
        conversation_id=conversation.id,
    )
    return flags.low_rating(ledger, conversation, given.rating)
