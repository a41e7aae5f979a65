"""What agents say an article should say instead, from the conversations they took over (FQ18)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from baton.core import privacy
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.knowledge import article_uses
from baton.services.knowledge.knowledge import names_of
from baton.services.ledger import Ledger
from baton.store.models import ArticleSuggestion, ArticleUse, User

MAX_TEXT = 600
VERDICTS = ("done", "declined")
_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An open suggestion, with who made it and where."""

    id: str
    conversation_id: str
    text: str
    made_by: str
    made_at: datetime


def suggest(house: House, user: User, turn_id: str, article: str, text: str) -> str:
    """Keep a suggestion on an article that a turn answered with; return its conversation.

    Identifiers in the text are masked. Raises InvalidInput for an empty or too long
    text, NotFound unless the turn gave this article, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    words = text.strip()
    if not words or len(words) > MAX_TEXT:
        raise InvalidInput({"text": f"Write what to change, in at most {MAX_TEXT} characters."})
    use = ArticleUse.objects.filter(
        workspace_id=user.workspace_id,
        turn_id=turn_id,
        article=article,
        outcome=article_uses.GIVEN,
    ).first()
    if use is None:
        raise NotFound("answer", turn_id)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        masked = privacy.mask(words, partial(house.keyset.token, user.workspace_id))
        made = ArticleSuggestion.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            article=article,
            conversation_id=use.conversation_id,
            turn_id=turn_id,
            text=masked[:MAX_TEXT],
            made_by_id=user.id,
            made_at=ledger.now,
        )
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "fix_suggested",
            f"article:{article}",
            suggestion=made.id,
            conversation=use.conversation_id,
        )
        ledger.flush()
    return use.conversation_id


def list_open(house: House, user: User, article: str) -> tuple[Suggestion, ...]:
    """Return an article's open suggestions, oldest first; raises Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    every = ArticleSuggestion.objects.filter(
        workspace_id=user.workspace_id, article=article, verdict=""
    )
    rows = list(sight.heard_by(house, user, every).order_by("made_at", "id")[:_SHOWN])
    names = names_of(row.made_by_id for row in rows)
    return tuple(
        Suggestion(
            id=row.id,
            conversation_id=row.conversation_id,
            text=row.text,
            made_by=names.get(row.made_by_id, ""),
            made_at=row.made_at,
        )
        for row in rows
    )


def close(house: House, user: User, suggestion_id: str, verdict: str) -> str:
    """Close a suggestion as done or declined; return its article.

    Raises InvalidInput, Conflict when a colleague closed it before, NotFound, or
    Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    if verdict not in VERDICTS:
        raise InvalidInput({"verdict": f"choose one of {', '.join(VERDICTS)}"})
    found = ArticleSuggestion.objects.filter(id=suggestion_id, workspace_id=user.workspace_id)
    suggestion = found.first()
    if suggestion is None:
        raise NotFound("suggestion", suggestion_id)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        closed = found.filter(verdict="").update(
            verdict=verdict, closed_by_id=user.id, closed_at=ledger.now
        )
        if not closed:
            message = "A colleague has closed this suggestion already."
            raise Conflict(message)
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "suggestion_closed",
            f"article:{suggestion.article}",
            suggestion=suggestion_id,
            verdict=verdict,
        )
        ledger.flush()
    return suggestion.article
