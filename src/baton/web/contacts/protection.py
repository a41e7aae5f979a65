"""What is known of a contact: taken out, kept under a legal hold, or erased."""

import io
from collections.abc import Callable

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import contact_desk
from baton.services.house import House
from baton.services.privacy import belongings, erasing, holding, revealing, taking_out, word_search
from baton.services.workspace.standards import standards_cache
from baton.store.models import User
from baton.store.personal import HOLDINGS
from baton.web.access import for_staff
from baton.web.forms import ProtectionForm, SearchForm, TokenForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def protection_page(request: HttpRequest, user: User, contact_id: str) -> HttpResponse:
    """Show what can be done with all that is known of a contact, and what has been done."""
    inbox.require(user, Action.PROTECT)
    house = houses.current()
    whole = belongings.parts_of(user.workspace_id, contact_id)[0]
    if whole != contact_id:
        return redirect("contact_protection", whole)
    policy = standards_cache(house).setting_of(user.workspace_id).policy
    goes = dict.fromkeys(one.title for one in HOLDINGS if one.kept_without is None)
    stays = dict.fromkeys(one.title for one in HOLDINGS if one.kept_without is not None)
    context = {
        "contact": contact_desk.get_profile(house, user, contact_id),
        "held": holding.find(contact_id),
        "asked": erasing.find_asked(contact_id),
        "certificate": erasing.find_certificate(contact_id),
        "erase_after": policy.erase_after,
        "goes": tuple(goes),
        "stays": tuple(stays),
        "section": "contacts",
    }
    return page(request, user, "contacts/protection.html", context)


@require_POST
@for_staff
def take_out(request: HttpRequest, user: User, contact_id: str) -> FileResponse:  # noqa: ARG001 - decorators'
    """Hand out all that is known of a contact as a file."""
    file = io.BytesIO()
    taking_out.take_out(houses.current(), user, contact_id, file)
    file.seek(0)
    name = f"contact-{contact_id}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@require_POST
@for_staff
def protect(request: HttpRequest, user: User, contact_id: str, name: str) -> HttpResponse:
    """Hold or erase a contact, or take that back, then show the page again."""
    if name not in _DEEDS:
        raise Http404
    _DEEDS[name](houses.current(), request, user, contact_id)
    return redirect("contact_protection", contact_id)


@require_http_methods(["GET", "POST"])
@for_staff
def token_page(request: HttpRequest, user: User) -> HttpResponse:
    """Tell what stands behind a token, once it is said what for."""
    inbox.require(user, Action.READ_TRANSCRIPT)
    value, problem, asked = "", "", {}
    if request.method == "POST":
        asked = checked(TokenForm, request.POST).cleaned_data
        try:
            value = revealing.reveal(houses.current(), user, asked["token"], asked["reason"])
        except InvalidInput as refusal:
            problem = " ".join(refusal.fields.values())
        except NotFound:
            problem = "The vault does not know this token: it was erased, or is of another place."
    context = {"value": value, "problem": problem, "asked": asked, "section": "contacts"}
    shown = page(request, user, "contacts/token.html", context)
    shown.status_code = 422 if problem else 200
    return shown


@require_http_methods(["GET", "POST"])
@for_staff
def words_page(request: HttpRequest, user: User) -> HttpResponse:
    """Find conversations by words that stand in them."""
    inbox.require(user, Action.READ_TRANSCRIPT)
    found: tuple[word_search.Found, ...] = ()
    problem = asked = ""
    if request.method == "POST":
        asked = checked(SearchForm, request.POST).cleaned_data["words"]
        try:
            found = word_search.search(houses.current(), user, asked)
        except InvalidInput as refusal:
            problem = " ".join(refusal.fields.values())
    context = {"found": found, "problem": problem, "asked": asked, "section": "contacts"}
    shown = page(request, user, "contacts/words.html", context)
    shown.status_code = 422 if problem else 200
    return shown


def _hold(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    reason = checked(ProtectionForm, request.POST).cleaned_data["reason"]
    holding.hold(house, user, contact_id, reason)


def _lift(house: House, _request: HttpRequest, user: User, contact_id: str) -> None:
    holding.lift(house, user, contact_id)


def _erase(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    reason = checked(ProtectionForm, request.POST).cleaned_data["reason"]
    erasing.ask(house, user, contact_id, reason)


def _keep(house: House, _request: HttpRequest, user: User, contact_id: str) -> None:
    erasing.take_back(house, user, contact_id)


_DEEDS: dict[str, Callable[[House, HttpRequest, User, str], None]] = {
    "hold": _hold,
    "lift": _lift,
    "erase": _erase,
    "keep": _keep,
}
