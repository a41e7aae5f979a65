"""Settings > Business: its name, its places, their clocks, hours and days off."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core import ids
from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import places
from baton.services.desk.places import Wanted
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.forms import checked
from baton.web.shell import page


class NameForm(forms.Form):
    """What the business is called; the service judges it."""

    business = forms.CharField(max_length=places.LONGEST["business"], required=False)
    seen = forms.IntegerField(min_value=1)


class PlaceForm(forms.Form):
    """A place; the service judges it."""

    place_id = forms.CharField(max_length=ids.LENGTH, required=False)
    name = forms.CharField(max_length=200, required=False)
    address = forms.CharField(max_length=500, required=False)
    phone = forms.CharField(max_length=100, required=False)
    map_url = forms.CharField(max_length=500, required=False)
    timezone = forms.CharField(max_length=60, required=False)
    hours = forms.CharField(max_length=500, required=False)
    closed_on = forms.CharField(max_length=2_000, required=False)
    seen = forms.IntegerField(min_value=1)


class EntranceForm(forms.Form):
    """An entrance, and the place that it leads to; the service judges it."""

    inbox_id = forms.CharField(max_length=ids.LENGTH)
    location_id = forms.CharField(max_length=ids.LENGTH, required=False)
    seen = forms.IntegerField(min_value=1)


@require_GET
@for_staff
def business_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the business with its places."""
    return _shown(request, user)


@require_POST
@for_staff
def rename(request: HttpRequest, user: User) -> HttpResponse:
    """Call the business otherwise."""
    try:
        given = checked(NameForm, request.POST).cleaned_data
        places.rename(houses.current(), user, given["business"], seen=given["seen"])
    except (Conflict, InvalidInput) as refusal:
        return _shown(request, user, refusal)
    return redirect(f"{reverse('business')}?saved=1")


@require_POST
@for_staff
def save_place(request: HttpRequest, user: User) -> HttpResponse:
    """Change a place, or add one."""
    try:
        given = dict(checked(PlaceForm, request.POST).cleaned_data)
        seen = given.pop("seen")
        places.save(houses.current(), user, Wanted(**given), seen=seen)
    except (Conflict, InvalidInput) as refusal:
        return _shown(request, user, refusal)
    return redirect(f"{reverse('business')}?saved=1")


@require_POST
@for_staff
def place_entrance(request: HttpRequest, user: User) -> HttpResponse:
    """Say to which place those belong who first come by an entrance."""
    try:
        given = checked(EntranceForm, request.POST).cleaned_data
        places.lead_to(
            houses.current(), user, given["inbox_id"], given["location_id"], seen=given["seen"]
        )
    except (Conflict, InvalidInput) as refusal:
        return _shown(request, user, refusal)
    return redirect(f"{reverse('business')}?saved=1")


def _shown(request: HttpRequest, user: User, refusal: BatonError | None = None) -> HttpResponse:
    given = request.POST.dict() if refusal else {}
    board = places.get_board(user)
    context = {
        "board": board,
        "places": [
            {"place": one, "shown": given if given.get("place_id") == one.id else one}
            for one in board.places
        ],
        "added": given if given and "business" not in given and not given.get("place_id") else {},
        "given": given,
        "problems": refusal.fields if isinstance(refusal, InvalidInput) else {},
        "problem": words_of(refusal) if refusal else "",
        "zones": places.list_zones(),
        "just_saved": request.GET.get("saved", ""),
        "section": "business",
    }
    response = page(request, user, "settings/business.html", context)
    response.status_code = status_of(refusal) if refusal else 200
    return response
