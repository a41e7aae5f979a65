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
from baton.core.links import is_by_person
from baton.flows.render import PLAIN, Manner
from baton.services import house as houses
from baton.services.people import telling
from baton.services.workspace import fronts, one_tap
from baton.services.workspace.fronts import Front
from baton.services.workspace.one_tap import Errand, Tap
from baton.web.security import POLICY
from baton.web.taps import calendar, returning
from baton.web.taps.after import DepositPage, RatePage, RenewPage
from baton.web.taps.calendar import CalendarPage
from baton.web.taps.choosing import AgainPage, BookPage, MovePage
from baton.web.taps.coming import CancelPage, ConfirmPage
from baton.web.taps.pay import PayPage
from baton.web.taps.returning import LabelPage, ReturnPage
from baton.web.taps.sheet import Caller, Page, Sheet, Way
from baton.web.taps.track import TrackPage
from baton.web.taps.words import language_of, say

_PAGES: Mapping[Errand, Page] = {
    Errand.CONFIRM: ConfirmPage(),
    Errand.MOVE: MovePage(),
    Errand.CANCEL: CancelPage(),
    Errand.CALENDAR: CalendarPage(),
    Errand.AGAIN: AgainPage(),
    Errand.DEPOSIT: DepositPage(),
    Errand.RATE: RatePage(),
    Errand.BOOK: BookPage(),
    Errand.PAY: PayPage(),
    Errand.RENEW: RenewPage(),
    Errand.TRACK: TrackPage(),
    Errand.RETURN: ReturnPage(),
    Errand.LABEL: LabelPage(),
}
_BOOKING = (Errand.BOOK, Errand.AGAIN)
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
    files = tuple(request.FILES.getlist("photos"))
    caller = Caller(house=house, tap=tap, front=front, files=files)
    if (file := _file_of(request, caller)) is not None:
        return file
    if request.method != "POST":
        _note_click(request, caller)
        return _shown(request, page.show(caller), front.manner, front=front)
    try:
        onward = page.act(caller, request.POST)
    except Conflict as missed:
        return _missed(request, front, missed.message)
    return redirect(onward or request.path)


def _note_click(request: HttpRequest, caller: Caller) -> None:
    """Tell flows that somebody looked for a time to book, once a day (ON8).

    It changes nothing that a page shows. Robots that say who they are tell nothing, as with
    short links.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    is_click = caller.tap.errand in _BOOKING and is_by_person(request.method or "", headers)
    if not is_click:
        return
    house, contact_id = caller.house, caller.front.contact_id
    key = f"booking_clicked:{contact_id}:{house.clock.now():%Y-%m-%d}"
    with house.engine.transaction():
        telling.tell(house, contact_id, "booking_clicked", {}, key=key)


def _file_of(request: HttpRequest, caller: Caller) -> HttpResponse | None:
    """Return the file that a page offers, where it is asked for."""
    if caller.tap.errand is Errand.CALENDAR and calendar.AS_FILE in request.GET:
        return _file(calendar.file_of(caller), "booking.ics", "text/calendar; charset=utf-8")
    if caller.tap.errand is Errand.LABEL and returning.AS_PDF in request.GET:
        return _file(returning.pdf_of(caller), "return-label.pdf", "application/pdf")
    return None


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


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
        "map": {name: say(manner, f"track_{name}") for name in ("way", "door", "moments")},
        "language": language_of(manner),
    }
    response = render(request, "taps/tap.html", context, status=status)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
