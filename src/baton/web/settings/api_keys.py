"""Settings > API keys: made with scopes, shown once, revoked."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import InvalidInput
from baton.core.scopes import ABOUT, Scope
from baton.services import house as houses
from baton.services import inbox, sight
from baton.services.desk import api_keys
from baton.services.desk.api_keys import Wanted
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.shell import page


class KeyForm(forms.Form):
    """A new key; the service judges it."""

    name = forms.CharField(required=False)
    scopes = forms.MultipleChoiceField(
        required=False, choices=[(scope.value, scope.value) for scope in Scope]
    )
    days = forms.IntegerField(required=False)
    locations = forms.Field(required=False, widget=forms.SelectMultiple)


@require_GET
@for_staff
def keys_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every key."""
    return _shown(request, user, KeyForm(initial={"days": 90}))


@require_POST
@for_staff
def make(request: HttpRequest, user: User) -> HttpResponse:
    """Make a key, and show it this once."""
    form = KeyForm(request.POST)
    form.is_valid()
    given = form.cleaned_data
    wanted = Wanted(
        name=given.get("name", ""),
        scopes=given.get("scopes", []),
        days=given.get("days") or 0,
        locations=given.get("locations") or (),
    )
    try:
        key = api_keys.make(houses.current(), user, wanted)
    except InvalidInput as refusal:
        return _shown(request, user, form, refusal=refusal)
    return _shown(request, user, KeyForm(initial={"days": 90}), key=key)


@require_POST
@for_staff
def revoke(_request: HttpRequest, user: User, key_id: str) -> HttpResponse:
    """Take a key back."""
    api_keys.revoke(houses.current(), user, key_id)
    return redirect("api_keys")


def _listed(form: KeyForm, name: str) -> list[str]:
    return form.data.getlist(name) if hasattr(form.data, "getlist") else []


def _shown(
    request: HttpRequest,
    user: User,
    form: KeyForm,
    *,
    key: str = "",
    refusal: InvalidInput | None = None,
) -> HttpResponse:
    house, every_place = houses.current(), inbox.list_locations(user)
    context = {
        "keys": api_keys.list_keys(house, user),
        "locations": [one for one in every_place if sight.may_give(user, [one[0]])],
        "places": dict(every_place),
        "is_bound": bool(user.locations),
        "chosen_places": _listed(form, "locations"),
        "form": form,
        "scopes": [(scope.value, ABOUT[scope]) for scope in Scope],
        "chosen": _listed(form, "scopes"),
        "key": key,
        "problem": words_of(refusal) if refusal else "",
        "max_days": api_keys.MAX_DAYS,
        "max_name": api_keys.MAX_NAME,
        "base_url": house.base_url,
        "section": "api_keys",
    }
    response = page(request, user, "settings/api_keys.html", context)
    response.status_code = status_of(refusal) if refusal else 200
    return response
