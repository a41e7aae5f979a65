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


@require_GET
@for_staff
def review_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the answers that wait for a verdict."""
    shown = reviews.list_open(houses.current(), user)
    template = "baton/_reviews.html" if getattr(request, "htmx", False) else "baton/review.html"
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
