"""What can be booked: the list, an activity's form, and new slots of it."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox, sight
from baton.services.bookings import activities as offered
from baton.services.desk import booking_board, booking_desk
from baton.store.models import Activity, User
from baton.web.access import for_staff
from baton.web.bookings import words
from baton.web.bookings.forms import ActivityForm, SlotsForm
from baton.web.errors import status_of
from baton.web.shell import page

NEW = "new"
_HOUR = 60
_HUNDRED = 100


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what can be booked."""
    context = {
        "activities": [
            (one, words.KINDS.get(one.kind, one.kind))  # type: ignore[call-overload] # its word
            for one in booking_desk.list_activities(user)
        ],
        "currency": _currency(user),
        "section": "activities",
    }
    return page(request, user, "bookings/activities.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def activity_page(request: HttpRequest, user: User, activity_id: str) -> HttpResponse:
    """Show or keep an activity; "new" is none yet."""
    inbox.require(user, Action.CONFIGURE)
    row = None if activity_id == NEW else offered.get(user.workspace_id, activity_id)
    if request.method == "GET":
        form = ActivityForm(initial=_initial(row) if row else None)
        return _shown(request, user, row, form)
    form = ActivityForm(request.POST)
    if form.is_valid():
        try:
            kept = booking_desk.save_activity(
                houses.current(), user, form.offer, row.id if row else ""
            )
        except InvalidInput as refusal:
            for field, why in refusal.fields.items():
                form.add_error(field if field in form.fields else None, why)
        else:
            return redirect("activity", kept)
    return _shown(request, user, row, form, status=422)


@require_POST
@for_staff
def add_slots(request: HttpRequest, user: User, activity_id: str) -> HttpResponse:
    """Make slots of an activity; show its page again with what was wrong."""
    inbox.require(user, Action.CONFIGURE)
    row = offered.get(user.workspace_id, activity_id)
    form = SlotsForm(request.POST, locations=_locations(user))
    if form.is_valid():
        try:
            booking_desk.add_slots(
                houses.current(),
                user,
                activity_id,
                on=form.first,
                at=form.cleaned_data["at"],
                weeks=form.cleaned_data["weeks"],
                location_id=form.cleaned_data["location"],
                capacity=form.cleaned_data["capacity"],
            )
        except InvalidInput as refusal:
            for field, why in refusal.fields.items():
                form.add_error(field if field in form.fields else None, why)
            status = status_of(refusal)
            return _shown(request, user, row, None, slots=form, status=status)
        return redirect(f"/calendar?on={form.first.isoformat()}")
    return _shown(request, user, row, None, slots=form, status=422)


@require_POST
@for_staff
def remove(_request: HttpRequest, user: User, activity_id: str) -> HttpResponse:
    """Take an activity away."""
    booking_desk.remove_activity(houses.current(), user, activity_id)
    return redirect("activities")


def _shown(  # noqa: PLR0913 - two forms on a page
    request: HttpRequest,
    user: User,
    row: Activity | None,
    form: ActivityForm | None,
    *,
    slots: SlotsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "activity": row,
        "form": form or ActivityForm(initial=_initial(row) if row else None),
        "slots": slots or SlotsForm(locations=_locations(user)),
        "ahead": booking_board.free_slots(
            user, row.id, after=houses.current().clock.now(), places=0
        )
        if row
        else (),
        "currency": _currency(user),
        "section": "activities",
    }
    response = page(request, user, "bookings/activity.html", context)
    response.status_code = status
    return response


def _initial(row: Activity) -> dict[str, object]:
    deposit = row.deposit_minor
    return {
        "name": row.name,
        "kind": row.kind,
        "minutes": row.minutes,
        "capacity": row.capacity,
        "price": Decimal(row.price_minor) / _HUNDRED,
        "deposit": None if deposit is None else Decimal(deposit) / _HUNDRED,
        "cancel_hours": row.cancel_minutes // _HOUR,
        "hold_minutes": row.hold_minutes,
        "needs_staff_confirmation": row.needs_staff_confirmation,
    }


def _locations(user: User) -> tuple[tuple[str, str], ...]:
    return tuple(one for one in inbox.list_locations(user) if sight.is_at(user, one[0]))


def _currency(user: User) -> str:
    return booking_board.currency_of(houses.current(), user)
