"""Reports > Weekly: three trends, two flows to tune, one urgent fix, by a rule that is told."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.reports.weekly import FlowWeek
from baton.services import house as houses
from baton.services.desk import kpi_windows, weekly_board
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page


class WeekForm(forms.Form):
    """How many weeks back."""

    back = forms.IntegerField(required=False, min_value=0, max_value=kpi_windows.MOST_BACK)


@require_GET
@for_staff
def weekly_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the report of a whole week."""
    back = checked(WeekForm, request.GET).cleaned_data["back"] or 0
    week = weekly_board.show(houses.current(), user, back=back)
    urgent = week.named.urgent
    context = {
        "week": week,
        "urgent_flow": urgent if isinstance(urgent, FlowWeek) else None,
        "urgent_change": None if isinstance(urgent, FlowWeek) else urgent,
        "earlier": back + 1 if back < kpi_windows.MOST_BACK else None,
        "section": "weekly",
    }
    return page(request, user, "reports/weekly.html", context)
