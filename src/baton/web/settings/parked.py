"""Settings > Parked: what was set aside, tried again or settled by a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.services import house as houses
from baton.services.desk import parked
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import SettleForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def parked_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show all that is set aside."""
    shown = parked.show(houses.current(), user)
    context = {
        "shown": shown,
        "has_more_to_try": sum(not one.is_unknown for one in shown) > 1,
        "section": "parked",
    }
    return page(request, user, "settings/parked.html", context)


@require_POST
@for_staff
def try_again(request: HttpRequest, user: User, name: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Put one thing back, or all that are in no doubt."""
    parked.try_again(houses.current(), user, [name] if name else [])
    return redirect("parked")


@require_POST
@for_staff
def settle(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Say of an effect in doubt whether it took place."""
    took_place = checked(SettleForm, request.POST).cleaned_data["took_place"] == "yes"
    parked.settle(houses.current(), user, name, took_place=took_place)
    return redirect("parked")
