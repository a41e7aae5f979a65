"""Writing an article: one form for a new one and for the next version, with a live preview."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import Conflict, InvalidInput
from baton.core.pack import Article
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.knowledge import article_checks, authoring, gaps, knowledge
from baton.services.knowledge.article_checks import Preview
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.knowledge.article_forms import ArticleForm, written
from baton.web.knowledge.knowledge import knowledge_page
from baton.web.shell import page

_REFUSED = 422
_STALE = 409
_ANSWER_HINT = (
    "One or two sentences. Filled in for you: {{ location.name }}, {{ location.address }}, "
    "{{ location.phone }}, {{ location.hours }}, {{ location.map_url }}, {{ business.name }}."
)


@for_staff
def new_article(request: HttpRequest, user: User) -> HttpResponse:
    """Write an article, begun with an intent or with what contacts asked."""
    inbox.require(user, Action.CONFIGURE)
    house = houses.current()
    if request.method != "POST":
        return _form_page(request, user, ArticleForm(house, user, initial=_begun(request, user)))
    form = ArticleForm(house, user, request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _form_page(request, user, form)
    given = form.cleaned_data
    name = given["name"] or authoring.name_for(user, given["question"])
    try:
        authoring.create(house, user, authoring.cleaned(form.draft(name)), note=given["note"])
    except InvalidInput as error:
        return _refused(request, user, form, error)
    return redirect("article", name)


@for_staff
def edit_article(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Write an article's next version."""
    inbox.require(user, Action.CONFIGURE)
    house = houses.current()
    line = knowledge.get_line(house, user, name)
    if request.method != "POST":
        form = ArticleForm(house, user, initial=written(line.article))
        return _form_page(request, user, form, line.article)
    form = ArticleForm(house, user, request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _form_page(request, user, form, line.article)
    given = form.cleaned_data
    draft = authoring.cleaned(form.draft(name))
    try:
        authoring.save(house, user, draft, seen=given["seen"] or 0, note=given["note"])
    except InvalidInput as error:
        return _refused(request, user, form, error, line.article)
    except Conflict as error:
        context = _context(user, form, line.article) | {"conflict": error.message}
        return knowledge_page(request, user, "knowledge/article_form.html", context, status=_STALE)
    return redirect("article", name)


@require_POST
@for_staff
def preview(request: HttpRequest, user: User) -> HttpResponse:
    """Return how an article that is being written reads on each channel."""
    inbox.require(user, Action.CONFIGURE)
    form = ArticleForm(houses.current(), user, request.POST)
    form.is_valid()
    return page(
        request, user, "knowledge/_article_preview.html", {"previews": _previews(user, form)}
    )


@require_GET
@for_staff
def gaps_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what was asked and never answered."""
    shown = gaps.open_list(houses.current(), user)
    context = {"shown": shown, "days": knowledge.WINDOW.days}
    return knowledge_page(request, user, "knowledge/gaps.html", context)


def _begun(request: HttpRequest, user: User) -> dict[str, object]:
    """Return a new article's first values: a gap's intent, and its words as questions."""
    turn_ids = request.GET.getlist("turn")
    asked = gaps.open_words(houses.current(), user, turn_ids) if turn_ids else ()
    return {
        "intent": request.GET.get("intent", ""),
        "question": asked[0] if asked else "",
        "variants": "\n".join(asked[1:]),
    }


def _refused(
    request: HttpRequest,
    user: User,
    form: ArticleForm,
    error: InvalidInput,
    article: Article | None = None,
) -> HttpResponse:
    for field, problem in error.fields.items():
        form.add_error(field if field in form.fields else None, problem)
    return _form_page(request, user, form, article)


def _form_page(
    request: HttpRequest, user: User, form: ArticleForm, article: Article | None = None
) -> HttpResponse:
    status = _REFUSED if form.errors else 200
    context = _context(user, form, article)
    return knowledge_page(request, user, "knowledge/article_form.html", context, status=status)


def _context(user: User, form: ArticleForm, article: Article | None) -> dict[str, Any]:
    return {
        "form": form,
        "article": article,
        "previews": _previews(user, form, article),
        "answer_hint": _ANSWER_HINT,
    }


def _previews(
    user: User, form: ArticleForm, article: Article | None = None
) -> list[tuple[str, Preview]]:
    draft = authoring.cleaned(form.draft("preview")) if form.is_bound else article
    if draft is None:
        return []
    around = knowledge.surroundings_of(
        houses.current(), user, draft.name, location_id=draft.location_id
    )
    found = article_checks.previews_of(draft, around.facts)
    return [(words.CHANNELS[one.channel], one) for one in found]
