"""Surveys of contacts: asked for, and their ratings taken down."""

from baton.core import routing, survey, text
from baton.flows.effects import AskSurvey, KeepWords, RecordRating
from baton.services import notices
from baton.services.conversation import flags
from baton.services.ledger import Ledger
from baton.store.queries import surveys
from baton.store.rows import ConversationRow, SurveyRow

MAX_WORDS = 1_000


def apply(
    ledger: Ledger,
    conversation: ConversationRow,
    effect: AskSurvey | RecordRating | KeepWords,
    *,
    flow: str,
) -> ConversationRow:
    """Do what a flow wants done about a rating; return the conversation as it is then."""
    match effect:
        case AskSurvey():
            ask(ledger, conversation, effect, flow=flow)
        case KeepWords():
            keep_words(ledger, conversation.contact_id, effect.text)
        case RecordRating():
            return record(ledger, conversation, effect)
    return conversation


def ask(ledger: Ledger, conversation: ConversationRow, asked: AskSurvey, *, flow: str) -> None:
    """Note that a conversation's contact was asked for a rating, and which one it follows up."""
    contact_id, kind = conversation.contact_id, asked.kind
    ledger.add(
        SurveyRow(
            id=ledger.next_id(),
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            kind=kind,
            asked_at=ledger.now,
            contact_id=contact_id,
            flow=flow,
            follows_id=surveys.find_answered(contact_id, kind) if asked.is_again else None,
        )
    )


def record(ledger: Ledger, conversation: ConversationRow, given: RecordRating) -> ConversationRow:
    """Take a rating down; return the conversation, flagged if the rating is low (E36)."""
    scale = survey.SCALES[given.kind]
    score = survey.score(given.rating, scale)
    surveys.record(conversation.id, given.kind, rating=given.rating, score=score, now=ledger.now)
    if given.rating > scale.low:
        return conversation
    notices.tell(
        ledger,
        conversation.workspace_id,
        notices.serving(conversation.workspace_id, conversation.queue or routing.GENERAL),
        notices.Kind.LOW_RATING,
        details=f"{given.rating} of {scale.highest}",
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
    )
    return flags.low_rating(ledger, conversation, given.rating)


def keep_words(ledger: Ledger, contact_id: str, said: str) -> None:
    """Keep why a contact rated as they did, beside their newest rating."""
    words = text.clean(said)[:MAX_WORDS]
    rating_id = surveys.find_newest_answered(contact_id)
    if rating_id is not None and words:
        surveys.keep_words(rating_id, ledger.house.keyset.seal(words, place_of_words(rating_id)))


def place_of_words(response_id: str) -> str:
    """Return where what a contact said of a rating is sealed."""
    return f"survey.words:{response_id}"
