"""What articles did, noted as it happens: given, not helpful, handed over after, back again.

A conversation remembers the articles that the bot answered with last. What the
contact does next counts against those, and against no earlier one.
"""

from collections.abc import Collection

from msgspec.structs import replace

from baton.flows.effects import Answered
from baton.flows.turn import Turn
from baton.services.ledger import Ledger
from baton.services.workspace import articles
from baton.store.models import Article
from baton.store.rows import ArticleUseRow, ConversationRow

GIVEN = "given"
NOT_HELPFUL = "not_helpful"
HANDED_OVER = "handed_over"
RECONTACTED = "recontacted"
BY_PERSON = "by_person"
OUTCOMES = (GIVEN, NOT_HELPFUL, HANDED_OVER, RECONTACTED, BY_PERSON)


def note_turn(
    ledger: Ledger, conversation: ConversationRow, turn: Turn, turn_id: str, *, is_not_helpful: bool
) -> ConversationRow:
    """Note what a turn says about articles; return the conversation with those given last."""
    given = [effect.article for effect in turn.effects if isinstance(effect, Answered)]
    if turn.handoff is None:
        if not given:
            return conversation
        last = ",".join(f"{article.name}:{article.version}" for article in given)
        fresh = replace(conversation, last_articles=last)
        _note(ledger, fresh, GIVEN, turn_id)
        return fresh
    if is_not_helpful:
        _note(ledger, conversation, NOT_HELPFUL, turn_id)
    if conversation.is_answered:  # nothing was asked in between that went unanswered
        _note(ledger, conversation, HANDED_OVER, turn_id)
    return replace(conversation, last_articles="")


def note_return(ledger: Ledger, conversation: ConversationRow) -> None:
    """Note that a contact came back about what the bot had closed (K3, FQ19)."""
    if conversation.resolved_by == "bot":
        _note(ledger, conversation, RECONTACTED, "")


def note_sent(ledger: Ledger, conversation: ConversationRow, names: Collection[str]) -> None:
    """Note the articles that a person put into a reply; names of no article count for nothing."""
    known = Article.objects.filter(
        workspace_id=conversation.workspace_id, name__in=names, is_archived=False
    )
    heads = dict(known.values_list("version_id", "name")) if names else {}
    for row in articles.versions_of(heads):
        _add(ledger, conversation, (heads[row.id], row.version), BY_PERSON)


def _note(ledger: Ledger, conversation: ConversationRow, outcome: str, turn_id: str) -> None:
    for last in filter(None, conversation.last_articles.split(",")):
        name, _, version = last.partition(":")
        _add(ledger, conversation, (name, int(version)), outcome, turn_id)


def _add(
    ledger: Ledger,
    conversation: ConversationRow,
    article: tuple[str, int],
    outcome: str,
    turn_id: str = "",
) -> None:
    """Note a use of an article, told by its name and version."""
    name, version = article
    ledger.add(
        ArticleUseRow(
            id=ledger.next_id(),
            workspace_id=conversation.workspace_id,
            article=name,
            version=version,
            conversation_id=conversation.id,
            turn_id=turn_id,
            outcome=outcome,
            at=ledger.now,
        )
    )
