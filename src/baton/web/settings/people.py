"""Settings > People: who works here, with which role, and how they get in."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core import ids
from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.core.roles import Role
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import compliance, limits, people_desk
from baton.services.house import House
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.forms import checked
from baton.web.shell import page
from baton.web.words import ROLES


class PersonForm(forms.Form):
    """A new colleague; the service judges it."""

    name = forms.CharField(max_length=people_desk.MAX_NAME)
    email = forms.CharField(max_length=254)
    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role])


class DeedForm(forms.Form):
    """What is done to an account, and why."""

    role = forms.CharField(max_length=20, required=False)
    locations = forms.Field(required=False, widget=forms.SelectMultiple)
    reason = forms.CharField(max_length=limits.MAX_REASON, required=False)


class AskedForm(forms.Form):
    """The roles that need a second step, and why."""

    roles = forms.MultipleChoiceField(
        required=False, choices=[(role.value, role.value) for role in Role]
    )
    reason = forms.CharField(max_length=limits.MAX_REASON, required=False)
    seen = forms.IntegerField(min_value=1)


@require_GET
@for_staff
def people_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every account."""
    return _shown(request, user)


@require_POST
@for_staff
def add(request: HttpRequest, user: User) -> HttpResponse:
    """Make an account, and show the link by which its owner sets a password."""
    house = houses.current()
    try:
        given = checked(PersonForm, request.POST).cleaned_data
        made = people_desk.add(house, user, **given)
    except InvalidInput as refusal:
        return _shown(request, user, refusal, given=request.POST)
    return _link(request, user, made)


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, member_id: str, name: str) -> HttpResponse:
    """Change one account, or make a link for its owner."""
    if name == "link":
        return _link(request, user, member_id)
    if name not in _DEEDS:
        raise Http404
    try:
        given = checked(DeedForm, request.POST).cleaned_data
        _DEEDS[name](houses.current(), user, member_id, given)
    except (Conflict, InvalidInput) as refusal:
        return _shown(request, user, refusal)
    return redirect("people")


@require_POST
@for_staff
def ask_second_step(request: HttpRequest, user: User) -> HttpResponse:
    """Say which roles need a second step."""
    try:
        given = checked(AskedForm, request.POST).cleaned_data
        people_desk.ask_second_step(
            houses.current(), user, given["roles"], reason=given["reason"], seen=given["seen"]
        )
    except (Conflict, InvalidInput) as refusal:
        return _shown(request, user, refusal)
    return redirect("people")


@require_POST
@for_staff
def note_review(_request: HttpRequest, user: User) -> HttpResponse:
    """Note that the person looked through who has access."""
    compliance.note_review(houses.current(), user)
    return redirect("people")


def _role(house: House, user: User, member_id: str, given: dict[str, Any]) -> None:
    people_desk.change_role(house, user, member_id, given["role"], given["reason"])


def _locations(house: House, user: User, member_id: str, given: dict[str, Any]) -> None:
    people_desk.change_locations(house, user, member_id, given["locations"] or (), given["reason"])


def _close(house: House, user: User, member_id: str, given: dict[str, Any]) -> None:
    people_desk.close(house, user, member_id, given["reason"])


def _reopen(house: House, user: User, member_id: str, given: dict[str, Any]) -> None:
    people_desk.reopen(house, user, member_id, given["reason"])


def _forget(house: House, user: User, member_id: str, given: dict[str, Any]) -> None:
    people_desk.forget_second_step(house, user, member_id, given["reason"])


_DEEDS: dict[str, Callable[[House, User, str, dict[str, Any]], None]] = {
    "role": _role,
    "locations": _locations,
    "close": _close,
    "reopen": _reopen,
    "forget-second-step": _forget,
}


def _link(request: HttpRequest, user: User, member_id: str) -> HttpResponse:
    try:
        link = people_desk.link_of(houses.current(), user, member_id)
    except Conflict as refusal:
        return _shown(request, user, refusal)
    return _shown(request, user, link=link, linked=member_id[: ids.LENGTH])


def _shown(  # noqa: PLR0913 - a page with what was just done, or why it was not
    request: HttpRequest,
    user: User,
    refusal: BatonError | None = None,
    *,
    given: object = None,
    link: str = "",
    linked: str = "",
) -> HttpResponse:
    asked, revision = people_desk.asked_roles(houses.current(), user)
    context = {
        "asked": asked,
        "revision": revision,
        "people": people_desk.list_people(user),
        "roles": [(role.value, ROLES[role]) for role in Role],
        "locations": inbox.list_locations(user),
        "problem": words_of(refusal) if refusal else "",
        "given": given or {},
        "link": link,
        "linked": linked,
        "max_reason": limits.MAX_REASON,
        "section": "people",
    }
    response = page(request, user, "settings/people.html", context)
    response.status_code = status_of(refusal) if refusal else 200
    return response
