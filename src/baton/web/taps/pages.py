"""`/t/<token>`: the page of a one-tap link, whatever its errand.

A look changes nothing, so that a robot that follows every link in a message does no harm. A
tap is posted, does its errand once, and leads back to the page, which shows what stands.
"""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from baton.core.errors import Conflict
from baton.flows.render import PLAIN, Manner
from baton.services import house as houses
from baton.services.workspace import fronts, one_tap
from baton.services.workspace.fronts import Front
from baton.services.workspace.one_tap import Errand, Tap
from baton.web.security import POLICY
from baton.web.taps.pay import PayPage
from baton.web.taps.sheet import Caller, Page, Sheet, Way
from baton.web.taps.words import language_of, say

_PAGES: Mapping[Errand, Page] = {Errand.PAY: PayPage()}
_GONE, _ENDED, _MISSED = 404, 410, 409
# A tap may lead to the payment provider's page, which a browser counts as part of the form.
_POLICY = POLICY.replace("form-action 'self'", "form-action 'self' https:")


@csrf_exempt  # no cookie says who this is: only who has the link can post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tap_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link is for; posted, do it."""
    errand = one_tap.errand_of(token)
    tap = one_tap.read(token, errand) if errand else None
    page = _PAGES.get(errand) if errand else None
    contact_id = page.find_contact(tap) if page and tap else None
    front = _front_of(tap, contact_id)
    if page is None or tap is None or front is None:
        return _plain(request, PLAIN, "gone", status=_GONE)
    house = houses.current()
    if tap.has_ended(house.clock.now()):
        return _plain(request, front.manner, "ended", front=front, status=_ENDED)
    caller = Caller(house=house, tap=tap, front=front)
    if request.method != "POST":
        return _shown(request, page.show(caller), front.manner, front=front)
    try:
        onward = page.act(caller, request.POST)
    except Conflict as missed:
        return _missed(request, front, missed.message)
    return redirect(onward or request.path)


def _front_of(tap: Tap | None, contact_id: str | None) -> Front | None:
    if tap is None or contact_id is None:
        return None
    return fronts.find_front(houses.current(), tap.workspace_id, contact_id)


def _missed(request: HttpRequest, front: Front, words: str) -> HttpResponse:
    sheet = Sheet(
        title=say(front.manner, "missed_title"),
        lines=(words,),
        ways=(Way(label=say(front.manner, "back"), url=request.path),),
    )
    return _shown(request, sheet, front.manner, front=front, status=_MISSED)


def _plain(
    request: HttpRequest, manner: Manner, name: str, *, status: int, front: Front | None = None
) -> HttpResponse:
    sheet = Sheet(title=say(manner, f"{name}_title"), lines=(say(manner, name),))
    return _shown(request, sheet, manner, front=front, status=status)


def _shown(
    request: HttpRequest,
    sheet: Sheet,
    manner: Manner,
    *,
    front: Front | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "sheet": sheet,
        "front": front,
        "call": say(manner, "call", phone=front.phone) if front and front.phone else "",
        "language": language_of(manner),
    }
    response = render(request, "taps/tap.html", context, status=status)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
