"""The review page: doubtful answers, oldest first, each with two buttons."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.services import house as houses
from baton.services import reviews
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import VerdictForm, checked
from baton.web.shell import page

_SEEN = "reviews_seen"


@require_GET
@for_staff
def review_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the answers that wait for a verdict."""
    is_fragment = bool(getattr(request, "htmx", False))
    # In the session, not in the request: nobody reads unlogged by claiming to refresh.
    seen = request.session.get(_SEEN, []) if is_fragment else []
    shown = reviews.open_page(houses.current(), user, seen=seen)
    request.session[_SEEN] = [review.id for review in shown.reviews]
    template = "baton/_reviews.html" if is_fragment else "baton/review.html"
    return page(request, user, template, {"shown": shown, "section": "review"})


@require_POST
@for_staff
def judge(request: HttpRequest, user: User, review_id: str) -> HttpResponse:
    """Record a verdict."""
    form = checked(VerdictForm, request.POST)
    reviews.judge(houses.current(), user, review_id, form.cleaned_data["verdict"])
    if not getattr(request, "htmx", False):
        return redirect("review")
    told = {"changed": None, "done": {"act": "judge", "said": "Verdict kept."}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
