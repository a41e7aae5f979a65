"""Reports > Winback: who came back, what it cost, and who would have come without a word."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.services import house as houses
from baton.services.desk import winback_board
from baton.services.desk.winback_board import Sought
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page


class WinbackForm(forms.Form):
    """Which contacts are listed."""

    days = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(days, days) for days in winback_board.WINDOWS]
    )
    variant = forms.CharField(required=False, max_length=60)
    back = forms.BooleanField(required=False)
    page = forms.IntegerField(required=False, min_value=1)


@require_GET
@for_staff
def winback_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the numbers of a window, and the contacts behind the one that is chosen."""
    asked = checked(WinbackForm, request.GET).cleaned_data
    sought = Sought(
        days=asked["days"] or winback_board.DEFAULT_DAYS,
        variant=asked["variant"],
        is_back=asked["back"],
    )
    report = winback_board.show(houses.current(), user, sought, page=asked["page"] or 1)
    context = {
        "report": report,
        "sought": sought,
        "windows": winback_board.WINDOWS,
        "section": "winback",
    }
    return page(request, user, "reports/winback.html", context)
