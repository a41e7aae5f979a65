"""Reports > Retention: why contacts wanted to leave, what was offered, and what came of it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.core.retention import Outcome
from baton.services import house as houses
from baton.services.desk import retention_board
from baton.services.desk.retention_board import Sought
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page


class TalksForm(forms.Form):
    """Which talks are listed."""

    days = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(days, days) for days in retention_board.WINDOWS]
    )
    reason = forms.CharField(required=False, max_length=60)
    offer = forms.CharField(required=False, max_length=60)
    outcome = forms.ChoiceField(required=False, choices=[(one, one) for one in Outcome])
    page = forms.IntegerField(required=False, min_value=1)


@require_GET
@for_staff
def retention_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the numbers of a window and the talks behind the one that is chosen."""
    asked = checked(TalksForm, request.GET).cleaned_data
    sought = Sought(
        days=asked["days"] or retention_board.DEFAULT_DAYS,
        reason=asked["reason"],
        offer=asked["offer"],
        outcome=asked["outcome"],
    )
    report = retention_board.show(houses.current(), user, sought, page=asked["page"] or 1)
    lines = [
        ("reason", "Why they wanted to leave", report.reasons, ""),
        ("offer", "What they were offered", report.offers, "nothing"),
    ]
    context = {
        "report": report,
        "sought": sought,
        "tables": [
            (key, title, [(line.name or retention_board.NOTHING,
                           report.titles.get(line.name, line.name) or empty, line)
                          for line in found])
            for key, title, found, empty in lines
        ],
        "outcomes": [(one.value, words.RETENTION[one.value]) for one in Outcome],
        "windows": retention_board.WINDOWS,
        "section": "retention",
    }  # fmt: skip
    return page(request, user, "reports/retention.html", context)
