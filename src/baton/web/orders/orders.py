"""The list of orders, one order with its parcels, and the form that writes one."""

from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import Conflict, InvalidInput
from baton.core.orders import ScanState
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import order_board
from baton.services.desk.order_board import Wanted
from baton.services.house import House
from baton.services.orders import by_hand
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.shell import page, page_number

_HUNDRED = 100
WANTED = {
    Wanted.COMING: "Still to come",
    Wanted.AMISS: "Something is wrong",
    Wanted.DELIVERED: "Delivered",
    Wanted.CANCELLED: "Cancelled",
    Wanted.ALL: "All",
}
DEEDS = {
    "order_written": "Written",
    "order_restated": "Changed",
    "order_sent": "A parcel was handed over",
    "order_seen": "A parcel was seen",
}
PARCELS = {
    "": "nothing heard yet",
    ScanState.LABELLED: "announced",
    ScanState.IN_TRANSIT: "on its way",
    ScanState.OUT_FOR_DELIVERY: "with the courier",
    ScanState.READY_FOR_PICKUP: "ready for pickup",
    ScanState.FAILED: "delivery failed",
    ScanState.RETURNING: "on its way back",
    ScanState.LOST: "lost or damaged",
    ScanState.DELIVERED: "delivered",
    ScanState.CANCELLED: "called off",
}
SEEN = (
    ScanState.OUT_FOR_DELIVERY,
    ScanState.READY_FOR_PICKUP,
    ScanState.FAILED,
    ScanState.DELIVERED,
    ScanState.RETURNING,
)
"""What somebody may note of a parcel by hand."""


class OrderForm(forms.Form):
    """An order: its number, and what it came to in units of the currency."""

    number = forms.CharField(label="Number", max_length=by_hand.MAX_NUMBER)
    total = forms.DecimalField(
        label="Total",
        min_value=Decimal(0),
        max_value=Decimal(by_hand.MOST_MINOR) / _HUNDRED,
        decimal_places=2,
        error_messages={"invalid": "Write an amount, as 45.00."},
    )


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show orders, the newest first."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "")[:120]
    wanted = next((one for one in Wanted if one == state), Wanted.COMING)
    number = page_number(request)
    found = order_board.list_orders(houses.current(), user, wanted=wanted, words=words, page=number)
    context = {
        "lines": [(line, PARCELS[line.parcel] if line.parcel else "") for line in found.lines],
        "has_more": found.has_more,
        "wanted": wanted.value,
        "choices": [(one.value, WANTED[one]) for one in Wanted],
        "q": words,
        "number": number,
        "query": urlencode({"state": wanted.value, "q": words}),
        "section": "orders",
    }
    return page(request, user, "orders/orders.html", context)


@require_GET
@for_staff
def order_page(request: HttpRequest, user: User, order_id: str) -> HttpResponse:
    """Show one order."""
    return _shown(request, user, order_id)


@require_http_methods(["GET", "POST"])
@for_staff
def new_page(request: HttpRequest, user: User, contact_id: str) -> HttpResponse:
    """Show the form of an order for a contact; posted, write it."""
    inbox.require(user, Action.ANSWER)
    house = houses.current()
    who = order_board.find_who(house, user, contact_id)
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        total = int(form.cleaned_data["total"] * _HUNDRED)
        try:
            number = form.cleaned_data["number"]
            return redirect("order", order_board.write(house, user, contact_id, number, total))
        except InvalidInput as refusal:
            for field, why in refusal.fields.items():
                form.add_error(field if field in form.fields else None, why)
    context = {
        "form": form,
        "who": who,
        "contact_id": contact_id,
        "currency": order_board.currency_of(house, user),
        "section": "orders",
    }
    response = page(request, user, "orders/new_order.html", context)
    response.status_code = 422 if form.errors else 200
    return response


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, order_id: str, name: str) -> HttpResponse:
    """Note what became of an order; then show it again."""
    if name not in _DEEDS:
        raise Http404
    try:
        _DEEDS[name](houses.current(), request, user, order_id)
    except Conflict as refusal:
        return _shown(request, user, order_id, problem=refusal.message, status=409)
    except InvalidInput as refusal:
        words = " ".join(refusal.fields.values())
        return _shown(request, user, order_id, problem=words, status=422)
    return redirect("order", order_id)


def _shown(
    request: HttpRequest, user: User, order_id: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    sheet = order_board.get_sheet(houses.current(), user, order_id)
    context = {
        "sheet": sheet,
        "parcels": [
            (
                one,
                PARCELS[one.row.state],
                [(scan, PARCELS[scan.state]) for scan in one.scans],
            )
            for one in sheet.parcels
        ],
        "deeds": [(at, DEEDS.get(what, what), by) for at, what, by in sheet.deeds],
        "seen": [(one.value, PARCELS[one]) for one in SEEN],
        "is_open": sheet.line.row.state not in ("delivered", "cancelled"),
        "problem": problem,
        "section": "orders",
    }
    response = page(request, user, "orders/order.html", context)
    response.status_code = status
    return response


def _pack(house: House, request: HttpRequest, user: User, order_id: str) -> None:
    del request
    order_board.pack(house, user, order_id)


def _cancel(house: House, request: HttpRequest, user: User, order_id: str) -> None:
    del request
    order_board.cancel(house, user, order_id)


def _send(house: House, request: HttpRequest, user: User, order_id: str) -> None:
    carrier, tracking = request.POST.get("carrier", ""), request.POST.get("tracking", "")
    order_board.send(house, user, order_id, carrier, tracking)


def _see(house: House, request: HttpRequest, user: User, order_id: str) -> None:
    state = next((one for one in SEEN if one == request.POST.get("state", "")), None)
    if state is None:
        raise InvalidInput({"state": "Say how the parcel stands."})
    order_board.see(house, user, order_id, state)


_DEEDS: dict[str, Callable[[House, HttpRequest, User, str], None]] = {
    "pack": _pack,
    "cancel": _cancel,
    "send": _send,
    "see": _see,
}
