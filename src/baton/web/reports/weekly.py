"""Reports > Weekly: three trends, two flows to tune, one urgent fix, by a rule that is told."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core import alerts
from baton.reports import weekly
from baton.reports.weekly import FlowWeek
from baton.services import house as houses
from baton.services.desk import kpi_windows, weekly_board, weekly_paper, weekly_post
from baton.services.desk.weekly_board import Week
from baton.services.desk.weekly_flows import FlowLine
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page


class WeekForm(forms.Form):
    """How many weeks back."""

    back = forms.IntegerField(required=False, min_value=0, max_value=kpi_windows.MOST_BACK)
    span = forms.ChoiceField(required=False, choices=[("week", "week"), ("quarter", "quarter")])


class MailForm(forms.Form):
    """Whether its reader gets it by email."""

    wanted = forms.BooleanField(required=False)


@require_GET
@for_staff
def weekly_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the report of a whole week."""
    week = _week(request, user)
    back = week.back
    urgent = week.named.urgent
    context = {
        "week": week,
        "urgent_flow": urgent if isinstance(urgent, FlowWeek) else None,
        "urgent_change": None if isinstance(urgent, FlowWeek) else urgent,
        "earlier": back + 1 if back < kpi_windows.MOST_BACK else None,
        "title": weekly_paper.title_of(week),
        "leadership": list(weekly_paper.leadership_of(week)),
        "by_flow": [(one, *_rows(week, one)) for one in week.by_flow],
        "rule": weekly.RULE,
        "has_mail": alerts.parse(user.alerts).has_weekly,
        "section": "weekly",
    }
    return page(request, user, "reports/weekly.html", context)


def _rows(week: Week, line: FlowLine) -> tuple[str, str]:
    """Return where a flow's rows are opened, and those of its metric; "" where nowhere."""
    span = {"days": 90} if week.is_quarter else {"week": week.back}
    everybody = f"{reverse('kpi_rows')}?{urlencode(span)}"
    own = f"{everybody}&{urlencode({'flow': line.name})}"
    return own, {"flow": own, "all": everybody}.get(line.metric_of, "")


@require_GET
@for_staff
def weekly_file(request: HttpRequest, user: User) -> HttpResponse:
    """Give the report as a PDF."""
    week = _week(request, user)
    name = f"{'quarter' if week.is_quarter else 'week'}-{week.begins:%Y-%m-%d}.pdf"
    return HttpResponse(
        weekly_paper.pdf_of(week),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
@for_staff
def mail(request: HttpRequest, user: User) -> HttpResponse:
    """Keep whether this person gets the report by email on Mondays."""
    wanted = checked(MailForm, request.POST).cleaned_data["wanted"]
    weekly_post.want(houses.current(), user, is_wanted=wanted)
    return redirect("weekly")


def _week(request: HttpRequest, user: User) -> Week:
    asked = checked(WeekForm, request.GET).cleaned_data
    is_quarter = asked["span"] == "quarter"
    return weekly_board.show(houses.current(), user, back=asked["back"] or 0, is_quarter=is_quarter)
