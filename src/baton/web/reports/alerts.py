"""What calls a person from what they do: asked by an open page, and chosen on Notices."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core.alerts import Rhythm
from baton.services import house as houses
from baton.services.desk import alerting
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import AfterForm, AlertsForm, checked


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
        }
    )


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
