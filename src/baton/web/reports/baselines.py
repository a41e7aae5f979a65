"""Reports > Overview > Baselines: what KPIs were, who kept that and why."""

from datetime import datetime, time, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import baselines, kpi_windows
from baton.services.desk.baselines import Brought
from baton.services.desk.kpi_titles import Titles
from baton.services.desk.kpi_windows import Sought
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page

_DAY = timedelta(days=1)


class OfForm(forms.Form):
    """Which window and flow the form begins with."""

    days = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(days, days) for days in kpi_windows.WINDOWS]
    )
    flow = forms.CharField(required=False, max_length=60)


class KeepForm(OfForm):
    """A window that becomes the baseline."""

    reason = forms.CharField(required=False, max_length=baselines.MAX_REASON)


class BringForm(forms.Form):
    """A figure from before Baton; a share is written in percent, a span in minutes."""

    kpi = forms.ChoiceField(choices=[(name, one.title) for name, one in CATALOGUE.items()])
    flow = forms.CharField(required=False, max_length=60)
    value = forms.FloatField()
    since = forms.DateField()
    until = forms.DateField()
    reason = forms.CharField(required=False, max_length=baselines.MAX_REASON)


@require_GET
@for_staff
def baselines_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every baseline that was kept, and the forms to keep one."""
    asked = checked(OfForm, request.GET).cleaned_data
    titles = Titles(houses.current(), user)
    context = {
        "lines": [
            (one, titles.of("flow", one.flow) if one.flow else "everything")
            for one in baselines.list_all(user)
        ],
        "flows": sorted((flow.title, name) for name, flow in titles.flows.items()),
        "kpis": [(name, one.title, _UNITS[one.unit]) for name, one in CATALOGUE.items()],
        "windows": kpi_windows.WINDOWS,
        "days": asked["days"] or kpi_windows.DEFAULT_DAYS,
        "flow": asked["flow"],
        "section": "overview",
    }
    return page(request, user, "reports/baselines.html", context)


@require_POST
@for_staff
def keep(request: HttpRequest, user: User) -> HttpResponse:
    """Keep a window as the baseline."""
    given = checked(KeepForm, request.POST).cleaned_data
    sought = Sought(
        days=given["days"] or kpi_windows.DEFAULT_DAYS,
        only={"flow": given["flow"]} if given["flow"] else {},
    )
    baselines.keep_window(houses.current(), user, sought, given["reason"])
    return redirect("baselines")


@require_POST
@for_staff
def bring(request: HttpRequest, user: User) -> HttpResponse:
    """Keep a figure from elsewhere as the baseline."""
    given = checked(BringForm, request.POST).cleaned_data
    zone = inbox.zone_of(user.workspace_id)
    unit = CATALOGUE[given["kpi"]].unit
    brought = Brought(
        kpi=given["kpi"],
        flow=given["flow"],
        value=given["value"] * _TIMES.get(unit, 1),
        since=datetime.combine(given["since"], time(), tzinfo=zone),
        until=datetime.combine(given["until"] + _DAY, time(), tzinfo=zone),
        reason=given["reason"],
    )
    baselines.bring(houses.current(), user, brought)
    return redirect("baselines")


_TIMES = {Unit.SHARE: 0.01, Unit.SECONDS: 60}
_UNITS = {
    Unit.SHARE: "percent",
    Unit.SCORE: "0 to 100",
    Unit.BALANCE: "-100 to 100",
    Unit.SECONDS: "minutes",
    Unit.COUNT: "a week",
}
