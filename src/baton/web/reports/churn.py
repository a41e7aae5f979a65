"""Reports > Leaving: who may leave, and why the score says so."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

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
    context = {
        "shown": shown,
        "is_high_value": is_high_value,
        "learned": churn_board.learned_of(houses.current(), user),
        "section": "leaving",
    }
    return page(request, user, "reports/leaving.html", context)


@require_POST
@for_staff
def learn(_request: HttpRequest, user: User, deed: str) -> HttpResponse:
    """Try a learned score on past days, go by it, or go by the rules again."""
    churn_board.learn(houses.current(), user, deed)
    return redirect(f"{reverse('leaving')}#learned")
