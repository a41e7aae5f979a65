"""Settings > Money: what people, automation and offers cost, for the reports on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from baton.core.errors import Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import policy_pages
from baton.services.desk.policy_pages import MONEY
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of
from baton.web.settings.policy_forms import MoneyForm
from baton.web.shell import page


@require_http_methods(["GET", "POST"])
@for_staff
def money_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what things cost, or set it anew."""
    board = policy_pages.get_board(houses.current(), user, MONEY)
    if request.method == "GET":
        return _shown(request, user, MoneyForm(initial=board.limits))
    form = MoneyForm(request.POST)
    if not form.is_valid():
        return _shown(request, user, form, status=422)
    given = dict(form.cleaned_data)
    reason, seen = given.pop("reason"), given.pop("seen")
    try:
        policy_pages.change(houses.current(), user, MONEY, given, reason=reason, seen=seen)
    except InvalidInput as refusal:
        for field, why in refusal.fields.items():
            form.add_error(field, why)
        return _shown(request, user, form, status=status_of(refusal))
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _shown(request, user, form, status=status_of(conflict))
    return redirect("money_settings")


def _shown(request: HttpRequest, user: User, form: MoneyForm, *, status: int = 200) -> HttpResponse:
    context = {
        "board": policy_pages.get_board(houses.current(), user, MONEY),
        "form": form,
        "section": "money_settings",
    }
    response = page(request, user, "settings/money.html", context)
    response.status_code = status
    return response
