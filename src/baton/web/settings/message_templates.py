"""Settings > Templates: the list, a template with its history, and the form of a version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import Conflict, InvalidInput
from baton.services import house as houses
from baton.services.delivery import templates
from baton.services.desk import template_desk
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.settings.template_forms import (
    HINTS,
    TemplateForm,
    fields_on,
    shown_of,
    shown_of_named,
    written_of,
)
from baton.web.shell import page


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every template and how it stands."""
    return _list(request, user)


@require_POST
@for_staff
def sync(request: HttpRequest, user: User) -> HttpResponse:
    """Ask the provider how all stand."""
    try:
        changed = template_desk.sync(houses.current(), user)
    except Conflict as conflict:
        return _list(request, user, problem=conflict.message)
    return redirect(f"{reverse('templates')}?synced={changed}")


@require_http_methods(["GET", "POST"])
@for_staff
def new_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the form of a template, as a flow words it if one names it; posted, keep a draft."""
    templates.require(user)
    if request.method == "POST":
        return _keep(request, user, TemplateForm(request.POST))
    asked = request.GET
    named = template_desk.find_named(
        houses.current(),
        user,
        asked.get("name", ""),
        asked.get("language", ""),
        asked.get("channel", ""),
    )
    form = TemplateForm(initial=shown_of_named(named) if named else None)
    return _form_page(request, user, form)


@require_http_methods(["GET", "POST"])
@for_staff
def template_page(request: HttpRequest, user: User, version_id: str) -> HttpResponse:
    """Show a template with its history, and the form of what is written next."""
    history = template_desk.list_versions(user, version_id)
    if request.method == "POST":
        return _keep(request, user, TemplateForm(request.POST), history=history)
    return _form_page(request, user, TemplateForm(initial=shown_of(history[0])), history=history)


@require_POST
@for_staff
def submit(request: HttpRequest, user: User, version_id: str) -> HttpResponse:
    """Hand a draft in."""
    try:
        template_desk.submit(houses.current(), user, version_id)
    except Conflict as conflict:
        return _refused(request, user, version_id, conflict)
    return redirect("template", version_id)


@require_POST
@for_staff
def decide(request: HttpRequest, user: User, version_id: str) -> HttpResponse:
    """Approve words that go by SMS or email, reject them, or take the approval back."""
    given = request.POST
    try:
        template_desk.decide(
            houses.current(), user, version_id, given.get("verdict", ""), given.get("reason", "")
        )
    except (Conflict, InvalidInput) as refusal:
        return _refused(request, user, version_id, refusal)
    return redirect("template", version_id)


def _refused(
    request: HttpRequest, user: User, version_id: str, refusal: Conflict | InvalidInput
) -> HttpResponse:
    history = template_desk.list_versions(user, version_id)
    form = TemplateForm(initial=shown_of(history[0]))
    return _form_page(
        request,
        user,
        form,
        history=history,
        problem=words_of(refusal),
        status=status_of(refusal),
    )


def _keep(
    request: HttpRequest, user: User, form: TemplateForm, *, history: tuple[Any, ...] = ()
) -> HttpResponse:
    if form.is_valid():
        try:
            kept = template_desk.save(houses.current(), user, written_of(form))
            return redirect(f"{reverse('template', args=[kept.id])}?saved=1")
        except InvalidInput as refusal:
            for name, why in refusal.fields.items():
                form.add_error(name, why)
    return _form_page(request, user, form, history=history, status=422)


def _list(request: HttpRequest, user: User, *, problem: str = "") -> HttpResponse:
    context = {
        "board": template_desk.get_board(houses.current(), user),
        "problem": problem,
        "synced": request.GET.get("synced", ""),
        "section": "templates",
    }
    response = page(request, user, "settings/templates.html", context)
    response.status_code = 409 if problem else 200
    return response


def _form_page(  # noqa: PLR0913 - a form, and what stands around it
    request: HttpRequest,
    user: User,
    form: TemplateForm,
    *,
    history: tuple[Any, ...] = (),
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "fields": [
            (field, HINTS[field.name])
            for field in form
            if not history or field.name in fields_on(history[0].channel)
        ],
        "history": history,
        "card": history[0] if history else None,
        "problem": problem,
        "just_saved": request.GET.get("saved", ""),
        "just_adopted": request.GET.get("adopted", ""),
        "section": "templates",
    }
    response = page(request, user, "settings/template.html", context)
    response.status_code = status
    return response
