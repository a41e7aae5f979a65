"""Reports > Triage: what was assumed of each request type, what happened, and which ones."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.reports import triage_advice
from baton.services import house as houses
from baton.services.desk import triage_desk
from baton.services.desk.triage_desk import Sought
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import CountedForm, WindowForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def triage_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the report of a window."""
    days = checked(WindowForm, request.GET).cleaned_data["days"] or triage_desk.DEFAULT_DAYS
    shown = triage_desk.desk(houses.current(), user, days=days)
    return page(
        request,
        user,
        "reports/triage.html",
        {
            "report": shown.report,
            "kpis": shown.kpis,
            "came": [one for one in shown.report.types if one.conversations],
            "absent": [one for one in shown.report.types if not one.conversations],
            "min_sample": triage_advice.MIN_SAMPLE,
            "days": days,
            "windows": triage_desk.WINDOWS,
            "section": "triage",
        },
    )


@require_GET
@for_staff
def counted_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the conversations that a number of the report counted."""
    asked = checked(CountedForm, request.GET).cleaned_data
    sought = _sought(asked)
    shown = triage_desk.list_counted(houses.current(), user, sought, page=asked["page"] or 1)
    return page(
        request,
        user,
        "reports/counted_triage.html",
        {
            "shown": shown,
            "sought": sought,
            "title": words.title_of_number(sought.kind, sought.name, sought.measure),
            "note": words.PARTS[sought.part],
            "query": _query(sought),
            "section": "triage",
        },
    )


def _sought(asked: dict[str, Any]) -> Sought:
    return Sought(
        kind=asked["kind"],
        name=asked["name"],
        measure=asked["measure"],
        part=asked["part"],
        days=asked["days"] or triage_desk.DEFAULT_DAYS,
    )


def _query(sought: Sought) -> str:
    return urlencode(
        {
            "kind": sought.kind,
            "name": sought.name,
            "measure": sought.measure,
            "part": sought.part,
            "days": sought.days,
        }
    )
