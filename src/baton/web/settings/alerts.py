"""Settings > Alerts: what counts as harm, and where it is told."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import alert_desk, policy_pages
from baton.services.desk.policy_pages import ALERTS
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of
from baton.web.settings.policy_forms import AlertsForm, PolicyForm
from baton.web.shell import page


@require_GET
@for_staff
def alerts_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what alarms, where it is told, and what was found."""
    board = policy_pages.get_board(houses.current(), user, ALERTS)
    return _shown(request, user, AlertsForm(initial=board.limits))


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Change what alarms, or the address that is told."""
    house = houses.current()
    if name == "limits":
        return _change(request, user)
    if name == "disconnect":
        alert_desk.disconnect(house, user)
        return redirect("alert_settings")
    if name != "connect":
        raise Http404
    url = request.POST.get("url", "")
    try:
        secret = alert_desk.connect(house, user, url)
    except InvalidInput as refusal:
        told = {"url": url, "problem": " ".join(refusal.fields.values())}
        return _shown(request, user, _form(user), status=status_of(refusal), **told)
    return _shown(request, user, _form(user), secret=secret)


def _change(request: HttpRequest, user: User) -> HttpResponse:
    form = AlertsForm(request.POST)
    if not form.is_valid():
        return _shown(request, user, form, status=422)
    given = dict(form.cleaned_data)
    reason, seen = given.pop("reason"), given.pop("seen")
    try:
        policy_pages.change(houses.current(), user, ALERTS, given, reason=reason, seen=seen)
    except InvalidInput as refusal:
        for field, why in refusal.fields.items():
            form.add_error(field, why)
        return _shown(request, user, form, status=status_of(refusal))
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _shown(request, user, form, status=status_of(conflict))
    return redirect("alert_settings")


def _form(user: User) -> PolicyForm:
    return AlertsForm(initial=policy_pages.get_board(houses.current(), user, ALERTS).limits)


def _shown(
    request: HttpRequest, user: User, form: PolicyForm, *, status: int = 200, **told: Any
) -> HttpResponse:
    house = houses.current()
    context = {
        "board": policy_pages.get_board(house, user, ALERTS),
        "alerts": alert_desk.show(house, user),
        "form": form,
        "section": "alert_settings",
        **told,
    }
    response = page(request, user, "settings/alerts.html", context)
    response.status_code = status
    return response
