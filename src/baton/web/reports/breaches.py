"""Reports > Breaches: promises not kept and conversations forgotten; and a person's notices."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.services import house as houses
from baton.services import notices
from baton.services.desk import alerting, breach_desk, calling_browsers
from baton.services.desk.breach_desk import Sought
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import BreachForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def breaches_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the breaches that are asked for; without a question, all that are open."""
    asked = checked(BreachForm, request.GET).cleaned_data
    sought = Sought(
        is_open=asked["state"] != "past",
        reason=asked["reason"],
        queue=asked["queue"],
        user_id=asked["agent"],
        days=asked["days"] or Sought().days,
    )
    shown = breach_desk.show(houses.current(), user, sought, page=asked["page"] or 1)
    context = {
        "shown": shown,
        "sought": sought,
        "windows": breach_desk.WINDOWS,
        "query": urlencode(_query(asked)),
        "section": "breaches",
    }
    return page(request, user, "reports/breaches.html", context)


@require_GET
@for_staff
def notices_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what this person should know, newest first."""
    shown = notices.list_for(user)
    context = {
        "shown": shown,
        "most": notices.MAX_SHOWN,
        "choices": alerting.choices_of(user),
        "alert_kinds": words.ALERTS.items(),
        "browsers": calling_browsers.list_for(user, request.session.session_key or ""),
        "push_key": calling_browsers.public_key(houses.current(), user),
        "rhythms": [("never", "never"), ("hourly", "every hour"), ("daily", "once a day")],
        "section": "notices",
    }
    return page(request, user, "reports/notices.html", context)


@require_POST
@for_staff
def see_notices(_request: HttpRequest, user: User) -> HttpResponse:
    """Mark all notices of this person as seen."""
    notices.see_all(houses.current(), user)
    return redirect("notices")


def _query(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value and name != "page"}
