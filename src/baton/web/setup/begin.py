"""The first page of an installation: a business, and the first person of it."""

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from baton.core.errors import BatonError, Conflict, InvalidInput, NotFound
from baton.services import house as houses
from baton.services.desk import founding, people_desk, places
from baton.services.desk.founding import Founding
from baton.services.workspace.shelf import shelf_of
from baton.web.errors import status_of
from baton.web.forms import checked


class BeginForm(forms.Form):
    """A business and its first person; the service judges them."""

    business = forms.CharField(max_length=founding.MAX_BUSINESS, required=False)
    pack = forms.CharField(max_length=60, required=False)
    timezone = forms.CharField(max_length=60, required=False)
    name = forms.CharField(max_length=people_desk.MAX_NAME, required=False)
    email = forms.CharField(max_length=254, required=False)
    password = forms.CharField(max_length=200, required=False, strip=False)


@require_http_methods(["GET", "POST"])
@never_cache
def begin_page(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever has the server's link make the first workspace, once, and sign them in."""
    house = houses.current()
    if not founding.may_found(house, token):
        return render(request, "setup/begin.html", {"is_over": True}, status=404)
    if request.method == "GET":
        return _shown(request)
    try:
        given = checked(BeginForm, request.POST).cleaned_data
        person = founding.found(house, token, Founding(**given))
    except (InvalidInput, Conflict) as refusal:
        return _shown(request, refusal)
    except NotFound:
        return render(request, "setup/begin.html", {"is_over": True}, status=404)
    # It is read by the pack's reader from the first message on; made meanwhile, nobody waits.
    shelf_of(house).make_ready(given["pack"])
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    UserSession.objects.create_from_request(request)
    return redirect("set_up_list")


def _shown(request: HttpRequest, refusal: BatonError | None = None) -> HttpResponse:
    problems = refusal.fields if isinstance(refusal, InvalidInput) else {}
    context = {
        "trades": founding.list_trades(houses.current()),
        "zones": places.list_zones(),
        "given": request.POST,
        "problems": problems,
        "problem": refusal.message if isinstance(refusal, Conflict) else "",
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "setup/begin.html", context, status=status)
