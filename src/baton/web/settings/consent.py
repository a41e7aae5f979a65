"""Settings > Consent: what contacts read where they agree to be written to."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import consent_words
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.forms import checked
from baton.web.shell import page


class WordingForm(forms.Form):
    """The words by channel; the service judges them."""

    email = forms.CharField(max_length=1_000, required=False)
    push = forms.CharField(max_length=1_000, required=False)
    seen = forms.IntegerField(min_value=1)


@require_http_methods(["GET", "POST"])
@for_staff
def consent_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what contacts read, or say it in other words."""
    if request.method == "GET":
        return _shown(request, user)
    try:
        given = dict(checked(WordingForm, request.POST).cleaned_data)
        seen = given.pop("seen")
        consent_words.change(houses.current(), user, given, seen=seen)
    except (Conflict, InvalidInput) as refusal:
        return _shown(request, user, refusal)
    return redirect(f"{reverse('consent')}?saved=1")


def _shown(request: HttpRequest, user: User, refusal: BatonError | None = None) -> HttpResponse:
    asked = consent_words.get_asked(houses.current(), user)
    given = request.POST if refusal else asked.words
    context = {
        "asked": asked,
        "fields": [
            {
                "channel": channel,
                "title": words.ASKED_AT[channel],
                "words": given.get(channel, ""),
                "shipped": asked.shipped[channel],
            }
            for channel in asked.words
        ],
        "preferences": words.PREFERENCES.values(),
        "max_words": consent_words.MAX_WORDS,
        "problem": words_of(refusal) if refusal else "",
        "just_saved": request.GET.get("saved", ""),
        "section": "consent",
    }
    response = page(request, user, "settings/consent.html", context)
    response.status_code = status_of(refusal) if refusal else 200
    return response
