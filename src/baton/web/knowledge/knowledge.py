"""The knowledge base: the list, an article with its numbers, and its versions."""

from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.services import house as houses
from baton.services import inbox
from baton.services.knowledge import article_checks, authoring, knowledge, suggestions
from baton.services.knowledge.article_uses import OUTCOMES
from baton.services.knowledge.knowledge import ArticleLine, Version
from baton.store.models import User
from baton.web import differences, words
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.knowledge.article_forms import (
    ArchiveForm,
    CountedForm,
    RestoreForm,
    SearchForm,
    SuggestionForm,
    SuggestionVerdictForm,
)
from baton.web.shell import page

_SHOWN_VERSIONS = 50


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show a page of articles."""
    asked = checked(SearchForm, request.GET).cleaned_data
    sought, is_archived, number = asked["q"], asked["archived"], asked["page"] or 1
    shown = knowledge.list_page(
        houses.current(), user, words=sought, is_archived=is_archived, page=number
    )
    parts = {"q": sought, "archived": "1" if is_archived else ""}
    context = {
        "shown": shown,
        "lines": [(line, _numbers(line)) for line in shown.lines],
        "sought": sought,
        "is_archived": is_archived,
        "query": urlencode({name: value for name, value in parts.items() if value}),
        "outcomes": [words.OUTCOMES[outcome] for outcome in OUTCOMES],
    }
    return knowledge_page(request, user, "knowledge/knowledge.html", context)


@require_GET
@for_staff
def article_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show an article: what it says where, what it did, and what agents say of it."""
    house = houses.current()
    line = knowledge.get_line(house, user, name)
    around = knowledge.surroundings_of(house, user, name, location_id=line.article.location_id)
    context = {
        "line": line,
        "numbers": _numbers(line),
        "previews": [
            (words.CHANNELS[preview.channel], preview)
            for preview in article_checks.previews_of(line.article, around.facts)
        ],
        "suggestions": suggestions.list_open(house, user, name),
        "newest": knowledge.list_versions(house, user, name)[0],
        "days": knowledge.WINDOW.days,
    }
    return knowledge_page(request, user, "knowledge/article.html", context)


@require_GET
@for_staff
def versions_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show an article's versions, each with what it changed."""
    house = houses.current()
    versions = knowledge.list_versions(house, user, name)
    context = {
        "line": knowledge.get_line(house, user, name),
        "versions": _with_changes(user, versions)[:_SHOWN_VERSIONS],
        "newest": versions[0].version,
    }
    return knowledge_page(request, user, "knowledge/article_versions.html", context)


@require_GET
@for_staff
def counted_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show the conversations behind one of an article's numbers."""
    asked = checked(CountedForm, request.GET).cleaned_data
    house, outcome = houses.current(), asked["outcome"]
    context = {
        "line": knowledge.get_line(house, user, name),
        "shown": knowledge.list_counted(house, user, name, outcome, page=asked["page"] or 1),
        "outcome": outcome,
        "title": words.OUTCOMES[outcome],
        "days": knowledge.WINDOW.days,
    }
    return knowledge_page(request, user, "knowledge/article_counted.html", context)


@require_POST
@for_staff
def restore(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Save an old version anew."""
    asked = checked(RestoreForm, request.POST).cleaned_data
    authoring.restore(houses.current(), user, name, asked["version"], seen=asked["seen"])
    return redirect("article", name)


@require_POST
@for_staff
def archive(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Take an article out of use, or bring it back."""
    is_archived = checked(ArchiveForm, request.POST).cleaned_data["archived"]
    authoring.set_archived(houses.current(), user, name, is_archived=is_archived)
    return redirect("article", name)


@require_POST
@for_staff
def suggest(request: HttpRequest, user: User, turn_id: str) -> HttpResponse:
    """Keep an agent's note on what an article should say instead (FQ18)."""
    asked = checked(SuggestionForm, request.POST).cleaned_data
    conversation_id = suggestions.suggest(
        houses.current(), user, turn_id, asked["article"], asked["text"]
    )
    if not getattr(request, "htmx", False):
        return redirect("conversation", conversation_id)
    return page(request, user, "knowledge/_suggested.html", {"article": asked["article"]})


@require_POST
@for_staff
def close_suggestion(request: HttpRequest, user: User, suggestion_id: str) -> HttpResponse:
    """Record what became of a suggestion."""
    verdict = checked(SuggestionVerdictForm, request.POST).cleaned_data["verdict"]
    return redirect("article", suggestions.close(houses.current(), user, suggestion_id, verdict))


def knowledge_page(
    request: HttpRequest,
    user: User,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the knowledge base."""
    response = page(request, user, template, {"section": "knowledge", **context})
    response.status_code = status
    return response


def _numbers(line: ArticleLine) -> list[tuple[str, str, int]]:
    """Return each outcome with its words and its count."""
    return [(outcome, words.OUTCOMES[outcome], line.counts[outcome]) for outcome in OUTCOMES]


def _with_changes(user: User, versions: tuple[Version, ...]) -> list[dict[str, Any]]:
    places = dict(inbox.list_locations(user))
    changed = [
        differences.changes_of(old.article, new.article, places) for new, old in pairwise(versions)
    ]
    return [
        {"version": version, "changes": changes}
        for version, changes in zip(versions, [*changed, ()], strict=True)
    ]
