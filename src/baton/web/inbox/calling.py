"""Calling a contact back: one click shows the number and is logged, another keeps the outcome."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from baton.core.calling import CallOutcome
from baton.services import house as houses
from baton.services.desk import calling, threads
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import CallForm, checked
from baton.web.shell import page
from baton.web.words import CALLS


@never_cache  # with the number in it, it is for this one look
@require_http_methods(["GET", "POST"])
@for_staff
def call_page(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Ask before the number is shown; posted, show it."""
    house = houses.current()
    standing = threads.get_standing(house, user, conversation_id)
    is_asked = request.method == "POST"
    return page(
        request,
        user,
        "inbox/call.html",
        {
            "standing": standing,
            "is_mine": standing.assignee_id == user.id,
            "has_number": calling.has_number(user, conversation_id),
            "number": calling.show_number(house, user, conversation_id) if is_asked else "",
            "outcomes": [(one.value, CALLS[one]) for one in CallOutcome],
            "section": "inbox",
        },
    )


@require_POST
@for_staff
def record(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Keep what came of a call, then show the conversation."""
    given = checked(CallForm, request.POST).cleaned_data
    calling.record(houses.current(), user, conversation_id, given["outcome"], given["words"])
    return redirect("conversation", conversation_id)
