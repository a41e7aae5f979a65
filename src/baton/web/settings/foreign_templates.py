"""Settings > Templates > Made at Meta: what nobody wrote here, and the form to take one over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from baton.core.errors import Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import template_desk
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.settings.template_forms import HINTS, TemplateForm, shown_of_foreign, written_of
from baton.web.shell import page

_WIDE = frozenset({"header", "body", "footer", "replies", "examples", "why"})
_FIXED = frozenset({"language", "channel"})


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Ask Meta for its templates, and show those that nobody wrote here."""
    return _list(request, user)


@require_http_methods(["GET", "POST"])
@for_staff
def adopt_page(request: HttpRequest, user: User, name: str, language: str) -> HttpResponse:
    """Show the form that names a template's values; posted, take it over."""
    try:
        if request.method == "POST":
            return _take_over(request, user, name)
        found = template_desk.find_foreign(houses.current(), user, name, language)
    except Conflict as conflict:
        return _list(request, user, problem=conflict.message)
    shown = shown_of_foreign(name, found.words) if found.words else {}
    return _form_page(request, user, name, TemplateForm(initial=shown))


def _take_over(request: HttpRequest, user: User, name: str) -> HttpResponse:
    form = TemplateForm(request.POST)
    if form.is_valid():
        try:
            kept = template_desk.adopt(houses.current(), user, name, written_of(form))
            return redirect(f"{reverse('template', args=[kept.id])}?adopted=1")
        except InvalidInput as refusal:
            for field, why in refusal.fields.items():
                form.add_error(field, why)
    return _form_page(request, user, name, form)


def _list(request: HttpRequest, user: User, *, problem: str = "") -> HttpResponse:
    try:
        found = template_desk.list_foreign(houses.current(), user)
    except Conflict as conflict:
        found, problem = (), conflict.message
    context = {"found": found, "problem": problem, "section": "templates"}
    response = page(request, user, "settings/foreign_templates.html", context)
    response.status_code = 409 if problem else 200
    return response


def _form_page(request: HttpRequest, user: User, name: str, form: TemplateForm) -> HttpResponse:
    context = {
        "name": name,
        "form": form,
        "fields": [(field, HINTS[field.name], field.name in _WIDE) for field in form],
        "fixed": _FIXED,
        "section": "templates",
    }
    response = page(request, user, "settings/adopt_template.html", context)
    response.status_code = 422 if form.errors else 200
    return response
