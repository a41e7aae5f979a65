"""A contact's own page: what may be sent to them, by channel and purpose, and where rather.

Nobody signs in for it, and no script is needed. The link is the proof, so it works in the
browser of a mail program that keeps no cookies; looking changes nothing.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from baton.core.consent import Asked, Purpose
from baton.core.policy import Policy
from baton.services import house as houses
from baton.services.people import preferences
from baton.services.people.preferences import Preferences, Wanted
from baton.services.workspace import tongues
from baton.services.workspace.standards import standards_cache
from baton.web import words

_GONE = 404


@csrf_exempt  # no cookie says who this is: only who has the link can post
@never_cache
@require_http_methods(["GET", "POST"])
def preferences_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a contact's preferences; posted, keep what they changed."""
    house = houses.current()
    shown = preferences.find(house, token)
    if shown is None:
        return render(request, "contacts/preferences_ended.html", status=_GONE)
    said = ""
    if request.method == "POST":
        said = _change(request, token, shown)
        shown = preferences.find(house, token) or shown
    return render(request, "contacts/preferences.html", {**_context(shown, token), "said": said})


def _change(request: HttpRequest, token: str, shown: Preferences) -> str:
    """Do what was posted; return what to say of it."""
    house = houses.current()
    if channel := request.POST.get("end", ""):
        preferences.end_channel(house, token, channel)
        return f"Nothing more will come by {words.CHANNELS.get(channel, channel)}."
    if "confirm" in request.POST:
        preferences.confirm(house, token, _policy_of(shown))
        return "Thank you, that is confirmed."
    posted = set(request.POST.getlist("wants"))
    wanted = Wanted(
        ticked={asked for asked in shown.standing if _name_of(asked) in posted},
        wordings={asked: _wording(asked) for asked in shown.standing},
        preferred_channel=request.POST.get("preferred", ""),
        language=_chosen_language(request, shown),
    )
    preferences.change(house, token, wanted)
    return "Saved. It holds from now on."


def _name_of(asked: Asked) -> str:
    channel, purpose = asked
    return f"{channel}:{purpose}"


def _wording(asked: Asked) -> str:
    channel, purpose = asked
    return f"{words.CHANNELS.get(channel, channel)}: {words.PREFERENCES[purpose]}"


def _policy_of(shown: Preferences) -> Policy:
    return standards_cache(houses.current()).standards_of(shown.workspace_id).policy


def _context(shown: Preferences, token: str) -> dict[str, object]:
    return {
        "business": shown.business,
        "waiting": [
            {"channel": channel, "wording": words.PREFERENCES[purpose]}
            for channel, purpose in preferences.list_waiting(
                houses.current(), token, _policy_of(shown)
            )
            if channel not in shown.opted_out
        ],
        "preferred": shown.preferred_channel,
        "languages": _languages(shown),
        "channels": [
            {
                "name": channel,
                "is_ended": channel in shown.opted_out,
                "asked": [
                    {
                        "name": _name_of((channel, purpose)),
                        "wording": words.PREFERENCES[purpose],
                        "is_on": bool(shown.standing[channel, purpose]),
                    }
                    for purpose in Purpose
                ],
            }
            for channel in shown.channels
        ],
    }


def _chosen_language(request: HttpRequest, shown: Preferences) -> str | None:
    """Return the language that was chosen, None where what stood there was left alone."""
    chosen = request.POST.get("language")
    return None if chosen == _spoken(shown)[0] else chosen


def _spoken(shown: Preferences) -> tuple[str, ...]:
    """Return what they may choose from, the present one first, even if nothing is said in it."""
    written = tongues.list_written(houses.current(), shown.workspace_id)
    return tuple(dict.fromkeys((shown.language or written[0], *written)))


def _languages(shown: Preferences) -> list[dict[str, object]]:
    return [
        {"code": one, "name": words.own_name(one), "is_chosen": not place}
        for place, one in enumerate(_spoken(shown))
    ]
