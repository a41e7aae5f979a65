"""What articles did, counted: conversations, each once for each outcome."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Max

from baton.store.models import ArticleSuggestion, ArticleUse, Turn


def counts_of(
    workspace_id: str, names: Sequence[str], *, since: datetime
) -> dict[tuple[str, str], int]:
    """Return in how many conversations each article had each outcome, by (name, outcome)."""
    found = (
        ArticleUse.objects.filter(workspace_id=workspace_id, article__in=names, at__gte=since)
        .values_list("article", "outcome")
        .annotate(conversations=Count("conversation_id", distinct=True))
    )
    return {(article, outcome): count for article, outcome, count in found}


def conversations_of(
    workspace_id: str, name: str, outcome: str, *, since: datetime, places: slice
) -> list[tuple[str, datetime]]:
    """Return the very conversations that `counts_of` counts, newest first, with when.

    `places` cuts a page out of them.
    """
    found = (
        ArticleUse.objects.filter(
            workspace_id=workspace_id, article=name, outcome=outcome, at__gte=since
        )
        .values_list("conversation_id")
        .annotate(last=Max("at"))
        .order_by("-last", "-conversation_id")
    )
    return list(found[places])


def open_suggestions_of(workspace_id: str, names: Sequence[str]) -> dict[str, int]:
    """Return how many suggestions are open for each article that has any."""
    found = (
        ArticleSuggestion.objects.filter(workspace_id=workspace_id, article__in=names, verdict="")
        .values_list("article")
        .annotate(count=Count("id"))
    )
    return dict(found)


def list_unanswered(workspace_id: str, *, since: datetime, limit: int) -> list[Turn]:
    """Return the newest turns that were failed attempts to answer."""
    found = Turn.objects.filter(workspace_id=workspace_id, is_unanswered=True, at__gte=since)
    return list(found.order_by("-at", "-id")[:limit])
