"""Settings > Systems: what is connected, what it told, and what becomes of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import import_desk, system_desk
from baton.services.systems import kinds
from baton.services.systems.hearing import KEPT_FOR
from baton.services.systems.systems import Wanted
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.settings.kind_forms import form_of, settings_of, shown_of
from baton.web.settings.system_forms import HINTS, SystemForm
from baton.web.shell import page


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every connected system and how it is doing."""
    lines = system_desk.list_systems(houses.current(), user)
    context = {
        "lines": lines,
        "data": system_desk.list_data(houses.current(), user, lines),
        "kinds": kinds.KINDS.values(),
        "days": system_desk.LOOKS_BACK.days,
        "section": "systems",
    }
    return page(request, user, "settings/systems.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def new_page(request: HttpRequest, user: User, kind: str) -> HttpResponse:
    """Show the form of a kind of system; posted, connect one and show its secret once."""
    inbox.require(user, Action.CONFIGURE)
    if kind not in kinds.KINDS:
        raise NotFound("kind of system", kind)
    form = form_of(kind)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            system_id, secret = system_desk.connect(houses.current(), user, _wanted(form, kind))
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            if not (kinds.KINDS[kind].has_hooks or kinds.KINDS[kind].is_told):
                return redirect("system", system_id)
            return _secret_page(request, user, system_id, secret)
    return _form_page(request, user, form, kind)


@require_http_methods(["GET", "POST"])
@for_staff
def system_page(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Show what a system told, and how it is understood; posted, change how it is believed."""
    house = houses.current()
    line = system_desk.get_line(house, user, system_id)
    form = _form_of(user, system_id, request.POST or None)
    is_refused = False
    if request.method == "POST":
        if form.is_valid():
            try:
                system_desk.change(house, user, system_id, _wanted(form, line.kind))
                return redirect(f"{reverse('system', args=[system_id])}?saved=1")
            except InvalidInput as refusal:
                form.refuse(refusal)
        is_refused = True
    return _system_page(request, user, system_id, form, is_refused=is_refused)


@require_POST
@for_staff
def try_out(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Ask a system whether its settings hold, and show what it says."""
    problem = system_desk.try_out(houses.current(), user, system_id)
    form = _form_of(user, system_id)
    return _system_page(request, user, system_id, form, tried=problem or "well")


@require_POST
@for_staff
def look_now(request: HttpRequest, user: User, system_id: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Have a feed looked at at once."""
    system_desk.look_now(houses.current(), user, system_id)
    return redirect(f"{reverse('system', args=[system_id])}?saved=look")


@require_POST
@for_staff
def rotate(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Make another secret, and show it this once."""
    return _secret_page(
        request, user, system_id, system_desk.rotate(houses.current(), user, system_id)
    )


@require_POST
@for_staff
def connect(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Take from a system again, or nothing more."""
    is_connected = request.POST.get("deed") == "reconnect"
    system_desk.set_connected(houses.current(), user, system_id, is_connected=is_connected)
    return redirect("system", system_id)


@require_POST
@for_staff
def retake(request: HttpRequest, user: User, system_id: str, delivery_id: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Have one thing that a system told taken again, or all that is parked."""
    house = houses.current()
    if delivery_id:
        system_desk.retake(house, user, system_id, delivery_id)
        count = 1
    else:
        count = system_desk.retake_parked(house, user, system_id)
    return redirect(f"{reverse('system', args=[system_id])}?retaken={count}#deliveries")


def _form_of(user: User, system_id: str, given: QueryDict | None = None) -> SystemForm:
    house = houses.current()
    line = system_desk.get_line(house, user, system_id)
    initial = {
        "name": line.name,
        "quiet_hours": line.quiet_hours or None,
        **shown_of(system_desk.find_settings(house, user, system_id)),
    }
    return form_of(line.kind)(given, initial=initial)


def _system_page(  # noqa: PLR0913 - a form, and what came of it
    request: HttpRequest,
    user: User,
    system_id: str,
    form: SystemForm,
    *,
    is_refused: bool = False,
    tried: str = "",
) -> HttpResponse:
    house = houses.current()
    line = system_desk.get_line(house, user, system_id)
    context: dict[str, Any] = {
        "line": line,
        "form": form,
        "fields": [(field, field.help_text or HINTS.get(field.name, "")) for field in form],
        "is_refused": is_refused,
        "imports": import_desk.list_imports(user, system_id),
        "deliveries": system_desk.list_deliveries(house, user, system_id),
        "told": system_desk.list_told(house, user, system_id),
        "days": system_desk.LOOKS_BACK.days,
        "kept_days": KEPT_FOR.days,
        "note": request.GET.get("saved", ""),
        "tried": tried,
        "retaken": request.GET.get("retaken", ""),
        "section": "systems",
    }
    response = page(request, user, "settings/system.html", context)
    response.status_code = 422 if is_refused else 200
    return response


def _wanted(form: SystemForm, kind: str) -> Wanted:
    return Wanted(
        kind=kind,
        name=form.cleaned_data["name"],
        settings=settings_of(kind, form),
        secret=form.cleaned_data.get("secret", ""),
        quiet_hours=form.cleaned_data.get("quiet_hours") or 0,
    )


def _form_page(request: HttpRequest, user: User, form: SystemForm, kind: str) -> HttpResponse:
    context = {
        "form": form,
        "fields": [(field, field.help_text or HINTS.get(field.name, "")) for field in form],
        "kind": kinds.KINDS[kind],
        "section": "systems",
    }
    response = page(request, user, "settings/system_new.html", context)
    response.status_code = 422 if form.errors else 200
    return response


def _secret_page(request: HttpRequest, user: User, system_id: str, secret: str) -> HttpResponse:
    line = system_desk.get_line(houses.current(), user, system_id)
    context = {"line": line, "secret": secret, "section": "systems"}
    return page(request, user, "settings/system_secret.html", context)
