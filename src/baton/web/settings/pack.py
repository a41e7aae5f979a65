"""Settings > Pack: what a newer pack would bring, and what stays as somebody changed it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import pack_desk
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.forms import checked
from baton.web.shell import page

_LONGEST = 100
_MOST = 1_000


class CameForm(forms.Form):
    """How much came, as the address of the page after it says."""

    came = forms.IntegerField(required=False, min_value=0, max_value=_MOST)


@require_http_methods(["GET", "POST"])
@for_staff
def pack_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show how the workspace stands to its pack; posted, bring what was chosen."""
    if request.method == "GET":
        return _shown(request, user)
    try:
        chosen = [one[:_LONGEST] for one in request.POST.getlist("chosen")[:_MOST]]
        came = pack_desk.bring(houses.current(), user, chosen)
    except (Conflict, InvalidInput) as refusal:
        return _shown(request, user, refusal)
    return redirect(f"{reverse('pack')}?came={came}")


def _shown(request: HttpRequest, user: User, refusal: BatonError | None = None) -> HttpResponse:
    context = {
        "board": pack_desk.get_board(houses.current(), user),
        "problem": words_of(refusal) if refusal else "",
        "came": checked(CameForm, request.GET).cleaned_data["came"],
        "section": "pack",
    }
    response = page(request, user, "settings/pack.html", context)
    response.status_code = status_of(refusal) if refusal else 200
    return response
