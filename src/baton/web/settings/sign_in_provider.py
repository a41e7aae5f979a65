"""Settings > Sign-in: who vouches for the staff, by OpenID Connect."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from baton.core.errors import InvalidInput
from baton.services import house as houses
from baton.services.desk import sign_in_providers
from baton.services.desk.sign_in_providers import Wanted
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.forms import checked
from baton.web.shell import page


class ProviderForm(forms.Form):
    """A provider; the service judges it."""

    name = forms.CharField(max_length=40, required=False)
    issuer = forms.CharField(max_length=300, required=False)
    client_id = forms.CharField(max_length=200, required=False)
    secret = forms.CharField(max_length=400, required=False)


@require_http_methods(["GET", "POST"])
@for_staff
def provider_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show who vouches for the staff, or set it."""
    if request.method == "GET":
        return _shown(request, user)
    try:
        given = checked(ProviderForm, request.POST).cleaned_data
        sign_in_providers.set_up(houses.current(), user, Wanted(**given))
    except InvalidInput as refusal:
        return _shown(request, user, refusal)
    return redirect("sign_in_provider")


@require_POST
@for_staff
def remove(_request: HttpRequest, user: User) -> HttpResponse:
    """Let nobody in by the provider any more."""
    sign_in_providers.remove(houses.current(), user)
    return redirect("sign_in_provider")


def _shown(request: HttpRequest, user: User, refusal: InvalidInput | None = None) -> HttpResponse:
    provider = sign_in_providers.find(user)
    context = {
        "provider": provider,
        "shown": {
            name: request.POST.get(name, getattr(provider, name, ""))
            for name in ("name", "issuer", "client_id")
        },
        "returns_to": f"{houses.current().base_url}{sign_in_providers.PATH}",
        "problem": words_of(refusal) if refusal else "",
        "section": "people",
    }
    response = page(request, user, "settings/sign_in_provider.html", context)
    response.status_code = status_of(refusal) if refusal else 200
    return response
