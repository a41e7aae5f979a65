"""Reports > Leaving: who may leave, and why the score says so."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.services import house as houses
from baton.services.desk import churn_board
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import LeavingForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def leaving_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show who is at risk of leaving, of all or of those of high value."""
    asked = checked(LeavingForm, request.GET).cleaned_data
    is_high_value = asked["worth"] == "high"
    shown = churn_board.list_at_risk(
        houses.current(), user, is_high_value=is_high_value, page=asked["page"] or 1
    )
    context = {"shown": shown, "is_high_value": is_high_value, "section": "leaving"}
    return page(request, user, "reports/leaving.html", context)
