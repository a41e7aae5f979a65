"""Settings > Members: deposits, renewals, signs of leaving, and what offers may cost."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from baton.core.errors import Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import member_settings
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of
from baton.web.settings.policy_forms import MembersForm
from baton.web.shell import page


@require_http_methods(["GET", "POST"])
@for_staff
def members_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what is set about members, or set it anew."""
    board = member_settings.get_board(houses.current(), user)
    if request.method == "GET":
        return _shown(request, user, MembersForm(initial=board.limits))
    form = MembersForm(request.POST)
    if not form.is_valid():
        return _shown(request, user, form, status=422)
    given = dict(form.cleaned_data)
    reason, seen = given.pop("reason"), given.pop("seen")
    try:
        member_settings.change(houses.current(), user, given, reason=reason, seen=seen)
    except InvalidInput as refusal:
        for field, why in refusal.fields.items():
            form.add_error(field, why)
        return _shown(request, user, form, status=status_of(refusal))
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _shown(request, user, form, status=status_of(conflict))
    return redirect("members_settings")


def _shown(
    request: HttpRequest, user: User, form: MembersForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "board": member_settings.get_board(houses.current(), user),
        "form": form,
        "section": "members_settings",
    }
    response = page(request, user, "settings/members.html", context)
    response.status_code = status
    return response
