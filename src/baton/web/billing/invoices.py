"""The list of invoices, one invoice, and the form that writes one."""

from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core import billing
from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.billing.invoices import Draft
from baton.services.desk import billing_desk
from baton.services.desk.billing_desk import Wanted
from baton.services.house import House
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.shell import page, page_number

_HUNDRED = 100
WANTED = {
    Wanted.OPEN: "To be paid",
    Wanted.OVERDUE: "Overdue",
    Wanted.PAID: "Paid",
    Wanted.VOID: "Void",
    Wanted.ALL: "All",
}
DEEDS = {
    "invoice_issued": "Written",
    "payment_noted": "Paid",
    "payment_double": "Paid a second time",
    "payment_failed": "A payment did not go through",
    "invoice_voided": "Made void",
    "invoice_reopened": "Taken back",
    "deposit_without_place": "The deposit came when the place was gone",
}


class InvoiceForm(forms.Form):
    """What somebody owes: in units of the currency, until which day, and what for."""

    amount = forms.DecimalField(
        label="Amount",
        min_value=Decimal("0.01"),
        max_value=Decimal(billing.MAX_AMOUNT_MINOR) / _HUNDRED,
        decimal_places=2,
        error_messages={"invalid": "Write an amount, as 45.00."},
    )
    due = forms.DateField(
        label="To be paid by",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    memo = forms.CharField(label="What for", required=False, max_length=billing.MAX_MEMO)


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show invoices: what is to be paid next first."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "")[:120]
    wanted = next((one for one in Wanted if one == state), Wanted.OPEN)
    number = page_number(request)
    context = {
        "found": billing_desk.list_invoices(
            houses.current(), user, wanted=wanted, words=words, page=number
        ),
        "wanted": wanted.value,
        "choices": [(one.value, WANTED[one]) for one in Wanted],
        "q": words,
        "number": number,
        "query": urlencode({"state": wanted.value, "q": words}),
        "section": "invoices",
    }
    return page(request, user, "billing/invoices.html", context)


@require_GET
@for_staff
def invoice_page(request: HttpRequest, user: User, invoice_id: str) -> HttpResponse:
    """Show one invoice."""
    return _shown(request, user, invoice_id)


@require_http_methods(["GET", "POST"])
@for_staff
def new_page(request: HttpRequest, user: User, contact_id: str) -> HttpResponse:
    """Show the form of an invoice for a contact; posted, write it."""
    inbox.require(user, Action.ANSWER)
    house = houses.current()
    who = billing_desk.find_who(house, user, contact_id)
    form = InvoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                "invoice", billing_desk.write(house, user, _draft(user, contact_id, form))
            )
        except InvalidInput as refusal:
            for field, why in refusal.fields.items():
                form.add_error(field if field in form.fields else None, why)
    context = {
        "form": form,
        "who": who,
        "contact_id": contact_id,
        "currency": billing_desk.currency_of(house, user),
        "section": "invoices",
    }
    response = page(request, user, "billing/new_invoice.html", context)
    response.status_code = 422 if form.errors else 200
    return response


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, invoice_id: str, name: str) -> HttpResponse:
    """Note it as paid, make it void, or take that back; then show it again."""
    if name not in _DEEDS:
        raise Http404
    try:
        _DEEDS[name](houses.current(), request, user, invoice_id)
    except (Conflict, InvalidInput) as refusal:
        words = (
            refusal.message if isinstance(refusal, Conflict) else " ".join(refusal.fields.values())
        )
        status = 409 if isinstance(refusal, Conflict) else 422
        return _shown(request, user, invoice_id, problem=words, status=status)
    return redirect("invoice", invoice_id)


def _shown(
    request: HttpRequest, user: User, invoice_id: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    sheet = billing_desk.get_sheet(houses.current(), user, invoice_id)
    context = {
        "sheet": sheet,
        "deeds": [(at, DEEDS.get(what, what), by) for at, what, by in sheet.deeds],
        "standing": WANTED[Wanted(sheet.line.standing)],
        "problem": problem,
        "max_reason": billing_desk.MAX_REASON,
        "section": "invoices",
    }
    response = page(request, user, "billing/invoice.html", context)
    response.status_code = status
    return response


def _draft(user: User, contact_id: str, form: InvoiceForm) -> Draft:
    given = form.cleaned_data
    # Through the whole day, by the clock of the business.
    due = datetime.combine(given["due"], time(23, 59), inbox.zone_of(user.workspace_id))
    return Draft(
        contact_id=contact_id,
        amount_minor=int(given["amount"] * _HUNDRED),
        due_at=due,
        memo=given["memo"],
    )


def _pay(house: House, request: HttpRequest, user: User, invoice_id: str) -> None:
    billing_desk.mark_paid(house, user, invoice_id, request.POST.get("how", ""))


def _void(house: House, request: HttpRequest, user: User, invoice_id: str) -> None:
    billing_desk.void(house, user, invoice_id, request.POST.get("reason", ""))


def _undo(house: House, request: HttpRequest, user: User, invoice_id: str) -> None:
    del request
    billing_desk.undo(house, user, invoice_id)


_DEEDS: dict[str, Callable[[House, HttpRequest, User, str], None]] = {
    "pay": _pay,
    "void": _void,
    "undo": _undo,
}
