"""The page about sending: the stop switch, what was withheld, quiet hours and limits."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import limits, sending_desk
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of
from baton.web.settings.policy_forms import LimitsForm
from baton.web.shell import page


@require_GET
@for_staff
def sending_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show how sending stands, with its limits as they hold."""
    board = sending_desk.get_board(houses.current(), user)
    return _shown(request, user, LimitsForm(initial=board.limits))


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Pull the stop switch, release it, or change the limits."""
    house = houses.current()
    if name == "pause":
        sending_desk.pause(house, user, request.POST.get("reason", ""))
    elif name == "resume":
        sending_desk.resume(house, user, request.POST.get("reason", ""))
    elif name == "limits":
        return _change(request, user)
    else:
        raise Http404
    return redirect("sending")


def _change(request: HttpRequest, user: User) -> HttpResponse:
    form = LimitsForm(request.POST)
    if not form.is_valid():
        return _shown(request, user, form, status=422)
    given = dict(form.cleaned_data)
    reason, seen = given.pop("reason"), given.pop("seen")
    try:
        sending_desk.change_limits(houses.current(), user, given, reason=reason, seen=seen)
    except InvalidInput as refusal:
        for field, why in refusal.fields.items():
            form.add_error(field, why)
        return _refused(request, user, form, refusal)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _refused(request, user, form, conflict)
    return redirect("sending")


def _refused(
    request: HttpRequest, user: User, form: LimitsForm, refusal: BatonError
) -> HttpResponse:
    return _shown(request, user, form, status=status_of(refusal))


def _shown(
    request: HttpRequest, user: User, form: LimitsForm, *, status: int = 200
) -> HttpResponse:
    response = page(
        request,
        user,
        "settings/sending.html",
        {
            "board": sending_desk.get_board(houses.current(), user),
            "form": form,
            "days": sending_desk.WINDOW.days,
            "max_reason": limits.MAX_REASON,
            "section": "sending",
        },
    )
    response.status_code = status
    return response
