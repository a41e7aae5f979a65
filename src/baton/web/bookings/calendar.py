"""The calendar, one slot, and one booking with all that can be done about it."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core import text
from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.bookings.places import Wish
from baton.services.desk import booking_board, booking_desk, mirrored_desk
from baton.services.desk.booking_board import BookingLine, BookingSheet
from baton.services.desk.booking_desk import Newcomer
from baton.services.house import House
from baton.services.people import contact_list
from baton.services.people.contact_list import MAX_SEARCH, Line
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.bookings import words
from baton.web.bookings.forms import BookForm, CalendarForm, DeedForm, SlotForm
from baton.web.forms import checked
from baton.web.shell import page
from baton.web.words import BOOKING_REASONS, BOOKING_STATES

_MOST_FOUND = 12


@require_GET
@for_staff
def calendar_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show a week or a day."""
    asked = checked(CalendarForm, request.GET).cleaned_data
    today = houses.current().clock.now().astimezone(inbox.zone_of(user.workspace_id)).date()
    view, on = asked["view"] or "week", asked["on"] or today
    context = {
        "board": booking_board.show_calendar(user, view=view, on=on, location=asked["location"]),
        "view": view,
        "on": on,
        "today": today,
        "location": asked["location"],
        "section": "calendar",
    }
    return page(request, user, "bookings/calendar.html", context)


@require_GET
@for_staff
def slot_page(request: HttpRequest, user: User, slot_id: str) -> HttpResponse:
    """Show who has a place of a slot, and the form to book one for somebody."""
    sheet = booking_board.show_slot(houses.current(), user, slot_id)
    sought = text.clean(request.GET.get("q", ""))[:MAX_SEARCH]
    context = {
        "sheet": sheet,
        "lines": [
            _with_words(
                one,
                has_begun=sheet.has_begun,
                may=frozenset() if one.row.system_id else None,
            )
            for one in sheet.bookings
        ],
        "q": sought,
        "found": _found(user, sought),
        "entries": words.ENTRIES.items(),
        "section": "calendar",
    }
    return page(request, user, "bookings/slot.html", context)


@require_GET
@for_staff
def gathered_page(request: HttpRequest, user: User, booking_id: str) -> HttpResponse:
    """Show who comes to what another system keeps, at the time of one booking."""
    sheet = booking_board.show_gathered(houses.current(), user, booking_id)
    lines = [_with_words(one, has_begun=sheet.has_begun, may=frozenset()) for one in sheet.bookings]
    context = {"sheet": sheet, "lines": lines, "section": "calendar"}
    return page(request, user, "bookings/slot.html", context)


@require_POST
@for_staff
def book(request: HttpRequest, user: User, slot_id: str) -> HttpResponse:
    """Book a place for somebody, hold it, or put them on the list."""
    given = checked(BookForm, request.POST).cleaned_data
    newcomer = None
    if not given["contact"]:
        if not given["handle"]:
            raise InvalidInput({"handle": "Find somebody first, or write a number or an e-mail."})
        newcomer = Newcomer(name=given["name"], handle=given["handle"])
    wish = Wish(
        contact_id=given["contact"],
        slot_id=slot_id,
        places=given["places"],
        entry=booking_desk.entry_of(given["entry"]),
        or_waits=given["how"] == "wait",
        is_offered=given["how"] == "hold",
    )
    booking_desk.book(houses.current(), user, wish, newcomer=newcomer)
    return _onward(request, reverse("slot", args=[slot_id]))


@require_POST
@for_staff
def capacity(request: HttpRequest, user: User, slot_id: str) -> HttpResponse:
    """Change how many places a slot has."""
    wanted = checked(SlotForm, request.POST).cleaned_data["capacity"]
    booking_desk.set_capacity(houses.current(), user, slot_id, wanted)
    return _onward(request, reverse("slot", args=[slot_id]))


@require_POST
@for_staff
def call_off(request: HttpRequest, user: User, slot_id: str) -> HttpResponse:
    """Call a slot off."""
    booking_desk.call_off(houses.current(), user, slot_id)
    return _onward(request, reverse("slot", args=[slot_id]))


@require_GET
@for_staff
def booking_page(request: HttpRequest, user: User, booking_id: str) -> HttpResponse:
    """Show one booking with its history."""
    house = houses.current()
    sheet = booking_board.show_booking(house, user, booking_id)
    is_sought = "times" in request.GET and inbox.may(user, Action.ANSWER)
    times, problem = _times_there(house, sheet) if is_sought else ((), "")
    row = sheet.line.row
    has_begun = row.starts_at <= house.clock.now()
    may = mirrored_desk.may(house, row) if row.system_id else None
    context = {
        "sheet": sheet,
        "line": _with_words(sheet.line, has_begun=has_begun, may=may),
        "moves_there": may is not None and "move" in may and not has_begun,
        "entry": words.ENTRIES.get(sheet.line.row.entry, ""),  # type: ignore[call-overload] # its word
        "changes": [
            (
                one,
                BOOKING_STATES.get(one.row.state, ("", ""))[0],
                BOOKING_REASONS.get(one.row.reason),
            )
            for one in sheet.changes
        ],
        "said": booking_board.said_of(house, user, sheet.line.row),
        "party": booking_board.party_of(house, user, sheet.line.row),
        "currency": booking_board.currency_of(house, user),
        "is_sought": is_sought,
        "times": times,
        "times_problem": problem,
        "section": "calendar",
    }
    return page(request, user, "bookings/booking.html", context)


def _times_there(house: House, sheet: BookingSheet) -> tuple[tuple[datetime, ...], str]:
    """Return when its own system has room for a booking, or why that is not known."""
    try:
        return mirrored_desk.list_times(house, sheet.line.row), ""
    except Conflict as refusal:
        return (), refusal.message


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, booking_id: str, name: str) -> HttpResponse:
    """Do one thing with a booking."""
    given = checked(DeedForm, request.POST).cleaned_data
    done = booking_desk.change(houses.current(), user, booking_id, name, slot_id=given["slot"])
    is_of_slot = request.POST.get("from") == "slot" and done.slot_id
    where = reverse("slot", args=[done.slot_id]) if is_of_slot else ""
    return _onward(request, where or reverse("booking", args=[booking_id]))


def _onward(request: HttpRequest, where: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)


def _with_words(
    line: BookingLine, *, has_begun: bool, may: frozenset[str] | None = None
) -> dict[str, object]:
    """Return a booking as people read it, with the deeds that `may` has; None for all."""
    state, look = BOOKING_STATES[line.state]
    deeds = [one for one in words.DEEDS[line.state] if may is None or one[0] in may]
    return {
        "line": line,
        "row": line.row,
        "who": line.who,
        "state": state,
        "look": look,
        "reason": BOOKING_REASONS.get(line.row.reason, ""),
        "deeds": [one for one in deeds if has_begun or one[0] not in words.ONLY_AFTER],
        "owes": line.row.deposit_minor and line.row.deposit_paid_at is None,
    }


def _found(user: User, sought: str) -> tuple[Line, ...]:
    if not sought:
        return ()
    return contact_list.list_page(houses.current(), user, words=sought).lines[:_MOST_FOUND]
