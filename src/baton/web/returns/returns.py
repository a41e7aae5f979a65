"""The list of returns, and one return with all that decides it."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core import files
from baton.core.errors import Conflict, Forbidden, InvalidInput
from baton.core.return_states import State
from baton.core.returns import Reason
from baton.services import house as houses
from baton.services.desk import return_board, return_desk
from baton.services.desk.return_board import Wanted
from baton.services.house import House
from baton.services.returns import labels, photos
from baton.store.models import User
from baton.web.access import for_staff, for_staff_kept
from baton.web.returns.words import DEEDS, OUTCOMES, REASONS, RULES, STATES, WANTED, WEIGHTS
from baton.web.shell import page, page_number

_HUNDRED = 100


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show returns: what waits longest first."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "")[:120]
    wanted = next((one for one in Wanted if one == state), Wanted.TO_DECIDE)
    number = page_number(request)
    found = return_board.list_returns(
        houses.current(), user, wanted=wanted, words=words, page=number
    )
    context = {
        "found": found,
        "lines": [
            (line, STATES[State(line.row.state)], _flags(line.row.flags)) for line in found.lines
        ],
        "wanted": wanted.value,
        "choices": [(one.value, WANTED[one], found.counts.get(one.value)) for one in Wanted],
        "part": round(found.share.part * _HUNDRED),
        "warn": round(found.share.warn_share * _HUNDRED),
        "q": words,
        "number": number,
        "query": urlencode({"state": wanted.value, "q": words}),
        "section": "returns",
    }
    return page(request, user, "returns/returns.html", context)


@require_GET
@for_staff
def return_page(request: HttpRequest, user: User, return_id: str) -> HttpResponse:
    """Show one return."""
    return _shown(request, user, return_id)


@require_GET
@for_staff_kept
def photo(_request: HttpRequest, user: User, return_id: str, photo_id: str) -> HttpResponse:
    """Show a photo of a return."""
    house = houses.current()
    found = return_board.open_photo(house, user, return_id, photo_id)
    content = photos.read(house, found) if found else b""
    media_type = files.type_of(content)
    if not files.is_shown(media_type):
        raise Http404
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)


@require_GET
@for_staff
def label_file(_request: HttpRequest, user: User, return_id: str) -> HttpResponse:
    """Show the label of a return as a PDF."""
    content = labels.pdf_of(labels.label_of(user.workspace_id, return_id))
    headers = {"Content-Disposition": 'attachment; filename="return-label.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
@for_staff
def deed(request: HttpRequest, user: User, return_id: str, name: str) -> HttpResponse:
    """Do something about a return; then show it again."""
    if name not in _DEEDS:
        raise Http404
    try:
        _DEEDS[name](houses.current(), request, user, return_id)
    except InvalidInput as refusal:
        words = " ".join(refusal.fields.values())
        return _shown(request, user, return_id, problem=words, status=422)
    except Conflict as refusal:
        return _shown(request, user, return_id, problem=refusal.message, status=409)
    except Forbidden as refusal:
        return _shown(request, user, return_id, problem=f"{refusal}.".capitalize(), status=403)
    return redirect("return", return_id)


def _shown(
    request: HttpRequest, user: User, return_id: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    sheet = return_board.get_sheet(houses.current(), user, return_id)
    row = sheet.line.row
    context = {
        "sheet": sheet,
        "row": row,
        "state": STATES[State(row.state)],
        "reason": REASONS[Reason(row.reason)],
        "outcome": OUTCOMES.get(row.outcome, ""),
        "flags": _flags(row.flags),
        "findings": [
            (RULES.get(str(one["rule"]), one["rule"]), WEIGHTS[str(one["weight"])], one)
            for one in sheet.findings
        ],
        "deeds": [(at, DEEDS.get(what, what), by) for at, what, by in sheet.deeds],
        "amount": f"{Decimal(row.refund_minor) / _HUNDRED:.2f}",
        "max_why": return_desk.MAX_WHY,
        "problem": problem,
        "section": "returns",
    }
    response = page(request, user, "returns/return.html", context)
    response.status_code = status
    return response


def _flags(said: str) -> list[str]:
    return [RULES[one] for one in said.split(",") if one in RULES]


def _approve(house: House, request: HttpRequest, user: User, return_id: str) -> None:
    try:
        amount = Decimal(request.POST.get("amount", "")) * _HUNDRED
    except InvalidOperation as wrong:
        raise InvalidInput({"amount": "Write an amount, as 45.00."}) from wrong
    if not amount.is_finite() or amount != int(amount):
        raise InvalidInput({"amount": "Write an amount, as 45.00."})
    return_desk.approve(house, user, return_id, int(amount))


def _refuse(house: House, request: HttpRequest, user: User, return_id: str) -> None:
    return_desk.refuse(house, user, return_id, request.POST.get("why", ""))


def _look_again(house: House, _request: HttpRequest, user: User, return_id: str) -> None:
    return_desk.look_again(house, user, return_id)


def _withdraw(house: House, request: HttpRequest, user: User, return_id: str) -> None:
    return_desk.withdraw(house, user, return_id, request.POST.get("why", ""))


def _label(house: House, _request: HttpRequest, user: User, return_id: str) -> None:
    return_desk.issue_label(house, user, return_id)


def _void_label(house: House, _request: HttpRequest, user: User, return_id: str) -> None:
    return_desk.void_label(house, user, return_id)


def _refund(house: House, request: HttpRequest, user: User, return_id: str) -> None:
    return_desk.refund(house, user, return_id, request.POST.get("reference", ""))


def _judge(house: House, request: HttpRequest, user: User, return_id: str) -> None:
    return_desk.judge(house, user, return_id, request.POST.get("verdict", ""))


_DEEDS: dict[str, Callable[[House, HttpRequest, User, str], None]] = {
    "approve": _approve,
    "refuse": _refuse,
    "look-again": _look_again,
    "withdraw": _withdraw,
    "label": _label,
    "void-label": _void_label,
    "refund": _refund,
    "judge": _judge,
}
