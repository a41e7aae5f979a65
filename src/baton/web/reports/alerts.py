"""What calls a person from what they do: asked by an open page, and chosen on Notices."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core.alerts import Rhythm
from baton.services import house as houses
from baton.services.desk import alerting, calling_browsers
from baton.services.desk.calling_browsers import Permission
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import AfterForm, AlertsForm, BrowserForm, checked

CALLED = "called"
"""What a session remembers, so that no page has to ask for it: its browser calls its person."""


@require_GET
@for_staff
def fresh(request: HttpRequest, user: User) -> HttpResponse:
    """Tell an open page what calls its person now."""
    after = checked(AfterForm, request.GET).cleaned_data["after"]
    called = alerting.call(houses.current(), user, after=after)
    return JsonResponse(
        {
            "alerts": [
                {
                    "id": one.id,
                    "words": words.notice(one.kind, one.details),
                    "url": reverse("conversation", args=[one.conversation_id])
                    if one.conversation_id
                    else reverse("notices"),
                }
                for one in called.alerts
            ],
            "sound": called.has_sound,
            "unseen": called.unseen,
            "called": _is_called(request, user),
        }
    )


@require_POST
@for_staff
def call_here(request: HttpRequest, user: User) -> HttpResponse:
    """Call a person in this browser with no console open, too."""
    given = checked(BrowserForm, request.POST).cleaned_data
    session_key = request.session.session_key or ""
    calling_browsers.permit(
        houses.current(),
        user,
        Permission(**given),
        session_key=session_key,
        agent=request.headers.get("User-Agent", ""),
    )
    request.session[CALLED] = True
    return HttpResponse(status=204)


@require_POST
@for_staff
def call_no_more(request: HttpRequest, user: User, browser_id: str) -> HttpResponse:
    """Call a person in one of their browsers no more."""
    calling_browsers.end(houses.current(), user, browser_id)
    _is_called(request, user)
    return redirect("notices")


def _is_called(request: HttpRequest, user: User) -> bool:
    """Return whether this browser calls its person, and remember it for its next pages."""
    is_called = calling_browsers.is_called_in(user, request.session.session_key or "")
    if is_called != request.session.get(CALLED, False):
        request.session[CALLED] = is_called
    return is_called


@require_POST
@for_staff
def choose(request: HttpRequest, user: User) -> HttpResponse:
    """Keep what a person wants to be called for."""
    given = checked(AlertsForm, request.POST).cleaned_data
    alerting.choose(
        houses.current(),
        user,
        given["kinds"],
        has_sound=given["has_sound"],
        quiet=(given["quiet_from"], given["quiet_until"]),
        digest=Rhythm(given["digest"] or Rhythm.NEVER),
    )
    return redirect("notices")
