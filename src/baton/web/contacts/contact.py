"""One contact: what they permit, what went and what did not, and what a person may change."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.consent import Purpose
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.bookings import check_ins
from baton.services.desk import churn_board, contact_desk, member_desk, merging, parting
from baton.services.house import House
from baton.services.privacy import erasing
from baton.store.models import User
from baton.store.queries import people
from baton.web.access import for_staff
from baton.web.forms import (
    BelongsForm,
    ChannelForm,
    ConsentForm,
    LanguageForm,
    MergeForm,
    PreferForm,
    ZoneForm,
    checked,
)
from baton.web.shell import page


@require_GET
@for_staff
def contact_page(request: HttpRequest, user: User, contact_id: str) -> HttpResponse:
    """Show a contact's permissions and timeline; nothing of what was said is in it."""
    shown = contact_desk.get_profile(houses.current(), user, contact_id)
    whole = people.whole_of(contact_id)
    if whole != contact_id:
        return redirect("contact", whole)
    return page(
        request,
        user,
        "contacts/contact.html",
        {
            "contact": shown,
            "membership": member_desk.membership_of(user, contact_id),
            "came_at": check_ins.last_of(contact_id),
            "score": churn_board.score_of(houses.current(), user, contact_id),
            "certificate": erasing.find_certificate(contact_id),
            "purposes": [purpose.value for purpose in Purpose],
            "section": "contact",
        },
    )


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, contact_id: str, name: str) -> HttpResponse:
    """Change what is known of a contact, then show their page again."""
    if name not in _DEEDS:
        raise Http404
    _DEEDS[name](houses.current(), request, user, contact_id)
    return redirect("contact", contact_id)


@require_POST
@for_staff
def part(
    request: HttpRequest,  # noqa: ARG001 - what the decorators hand on
    user: User,
    contact_id: str,
    merge_id: str,
) -> HttpResponse:
    """Undo a merge, then show who stays."""
    parting.unmerge(houses.current(), user, merge_id)
    return redirect("contact", contact_id)


def _consent(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(ConsentForm, request.POST).cleaned_data
    told = {name: given[name] for name in ("channel", "purpose", "source", "wording")}
    is_granted = given["said"] == "given"
    contact_desk.record_consent(house, user, contact_id, is_granted=is_granted, told=told)


def _bar(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(ChannelForm, request.POST).cleaned_data
    contact_desk.bar(house, user, contact_id, given["channel"], given["reason"])


def _lift(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(ChannelForm, request.POST).cleaned_data
    contact_desk.lift(house, user, contact_id, given["channel"])


def _zone(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(ZoneForm, request.POST).cleaned_data
    contact_desk.place(house, user, contact_id, given["timezone"])


def _settle(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(BelongsForm, request.POST).cleaned_data
    contact_desk.settle_at(house, user, contact_id, given["location"])


def _language(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(LanguageForm, request.POST).cleaned_data
    contact_desk.speak(house, user, contact_id, given["language"])


def _prefer(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(PreferForm, request.POST).cleaned_data
    contact_desk.prefer(house, user, contact_id, given["channel"])


def _merge(house: House, request: HttpRequest, user: User, contact_id: str) -> None:
    given = checked(MergeForm, request.POST).cleaned_data
    merging.merge(house, user, contact_id, given["other"], given["reason"])


def _check_in(house: House, _request: HttpRequest, user: User, contact_id: str) -> None:
    inbox.require(user, Action.ANSWER)
    check_ins.note(house, user.workspace_id, contact_id, actor=f"user:{user.id}")


def _take_back(house: House, _request: HttpRequest, user: User, contact_id: str) -> None:
    inbox.require(user, Action.ANSWER)
    check_ins.take_back(house, user.workspace_id, contact_id, actor=f"user:{user.id}")


_DEEDS: dict[str, Callable[[House, HttpRequest, User, str], None]] = {
    "consent": _consent,
    "bar": _bar,
    "lift": _lift,
    "zone": _zone,
    "place": _settle,
    "language": _language,
    "merge": _merge,
    "prefer": _prefer,
    "check-in": _check_in,
    "check-in-back": _take_back,
}
