"""Reports > Money: what a resolved matter costs, what automation saved, what a flow would cost."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.core.errors import InvalidInput, NotFound
from baton.services import house as houses
from baton.services.desk import kpi_windows, money_board
from baton.services.flows import outlooks
from baton.services.flows.outlooks import FlowOutlook
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page


class MoneyReportForm(forms.Form):
    """Which days are looked at, and which flow's outlook."""

    days = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(days, days) for days in kpi_windows.WINDOWS]
    )
    outlook = forms.CharField(required=False, max_length=60)


@require_GET
@for_staff
def money_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the money of a window, and the outlook of a flow if one is asked for."""
    asked = checked(MoneyReportForm, request.GET).cleaned_data
    days = asked["days"] or kpi_windows.DEFAULT_DAYS
    outlook, problem = _outlook(user, asked["outlook"])
    context = {
        "board": money_board.show(houses.current(), user, days),
        "windows": kpi_windows.WINDOWS,
        "days": days,
        "flows": outlooks.titles(houses.current(), user),
        "asked": asked["outlook"],
        "outlook": outlook,
        "problem": problem,
        "section": "money",
    }
    return page(request, user, "reports/money.html", context)


def _outlook(user: User, name: str) -> tuple[FlowOutlook | None, str]:
    if not name:
        return None, ""
    try:
        return outlooks.forecast(houses.current(), user, name), ""
    except NotFound:
        return None, "There is no such flow any more."
    except InvalidInput as refusal:
        return None, " ".join(refusal.fields.values())
