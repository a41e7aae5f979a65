"""Pilot > Look back, and the calendar of reviews."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.pilot import retrospectives, review_calendar, rollouts
from baton.store.models import User
from baton.web import errors, words
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.pilot import forms
from baton.web.shell import page


@require_GET
@for_staff
def look_back_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show how a rollout went."""
    return _shown(request, user, name)


@require_POST
@for_staff
def conclude(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Write down what was learned."""
    said = checked(forms.ReasonForm, request.POST).cleaned_data["reason"]
    try:
        retrospectives.conclude(houses.current(), user, name, words=said)
    except (InvalidInput, Conflict) as error:
        response = _shown(request, user, name, refused=errors.words_of(error))
        response.status_code = errors.status_of(error)
        return response
    return redirect("look_back", name)


@require_GET
@for_staff
def calendar_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what is looked at next."""
    context = {
        "calendar": review_calendar.show(houses.current(), user),
        "occasions": words.OCCASIONS,
        "section": "pilot",
    }
    return page(request, user, "pilot/calendar.html", context)


def _shown(request: HttpRequest, user: User, name: str, *, refused: str = "") -> HttpResponse:
    context = {
        "told": retrospectives.look_back(houses.current(), user, name),
        "kinds": words.ROLLOUT_MARKS,
        "causes": words.ROOT_CAUSES,
        "may_run": inbox.may(user, Action.RUN_PILOT),
        "max_reason": rollouts.MAX_REASON,
        "refused": refused,
        "said": request.POST.get("reason", ""),
        "section": "pilot",
    }
    return page(request, user, "pilot/look_back.html", context)
