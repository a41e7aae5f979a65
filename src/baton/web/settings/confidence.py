"""Settings > Confidence: where the bands begin, what that did, and a form that shows its effect."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from baton.core import confidence
from baton.core.confidence import Band, Scope, Thresholds
from baton.core.errors import Conflict, InvalidInput
from baton.services import house as houses
from baton.services import inbox
from baton.services.reading import threshold_board, thresholds
from baton.services.reading.threshold_board import Line
from baton.services.reading.thresholds import Wish
from baton.services.workspace import outside_readers
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import ScopeForm, ThresholdsForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def board_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what holds where, what came of it in the last 30 days, and the history."""
    house = houses.current()
    shown = threshold_board.board(house, user)
    changes = threshold_board.list_changes(house, user, before=request.GET.get("before", ""))
    return page(
        request,
        user,
        "settings/confidence.html",
        {
            "board": shown,
            "outside": outside_readers.standing_of(user.workspace_id),
            "history": changes,
            "is_first_page": "before" not in request.GET,
            "just_saved": request.GET.get("saved", ""),
            "days": threshold_board.WINDOW.days,
            "section": "confidence",
        },
    )


@require_http_methods(["GET", "POST"])
@for_staff
def change_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the form of one scope; posted, what it would have done, and then save it."""
    asked = checked(ScopeForm, request.POST or request.GET).cleaned_data
    scope, name = Scope(asked["scope"]), asked["name"]
    line = threshold_board.line_of(houses.current(), user, scope, name)
    if request.method == "GET":
        return _form_page(request, user, line, ThresholdsForm(initial=_initial(user, line, asked)))
    form = ThresholdsForm(request.POST)
    if not form.is_valid():
        return _form_page(request, user, line, form, status=422)
    return _judge(request, user, line, form)


def _judge(request: HttpRequest, user: User, line: Line, form: ThresholdsForm) -> HttpResponse:
    """Save what was shown before; show what has not been; say what is refused."""
    house = houses.current()
    wish = _wish_of(line, form)
    is_shown = form.cleaned_data["shown"] == _mark_of(wish.wanted)
    try:
        if request.POST.get("act") == "save" and is_shown:
            saved = thresholds.change(house, user, wish)
            return redirect(f"{reverse('confidence')}?saved={saved.id}#saved")
        thresholds.check(house, user, wish)
    except InvalidInput as refusal:
        for name, why in refusal.fields.items():
            form.add_error(name, why)
        return _form_page(request, user, line, form, status=422)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _form_page(request, user, line, form, status=409)
    foresight = threshold_board.foresee(house, user, line.scope, line.name, wish.wanted)
    return _form_page(request, user, line, form, foresight=foresight, shown=_mark_of(wish.wanted))


def _wish_of(line: Line, form: ThresholdsForm) -> Wish:
    given = form.cleaned_data
    own = Thresholds(answer=given["answer"] / 100, floor=given["floor"] / 100)
    return Wish(
        scope=line.scope,
        name=line.name,
        wanted=None if given["takes_above"] else own,
        reason=given["reason"],
        review_on=given["review_on"],
        seen=given["seen"],
        puts_back=given["puts_back"],
    )


def _initial(user: User, line: Line, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the form begins with: what holds, or what a change to put back had replaced."""
    now = houses.current().clock.now().astimezone(inbox.zone_of(user.workspace_id))
    initial: dict[str, Any] = {
        "answer": _percent(line.holding.answer),
        "floor": _percent(line.holding.floor),
        "takes_above": False,
        "reason": "",
        "review_on": thresholds.default_review(now),
        "puts_back": "",
    }
    if not asked["put_back"]:
        return initial
    row = thresholds.get_change(user, asked["put_back"])
    before = thresholds.value_before(row)
    value = before or line.holding
    return initial | {
        "answer": _percent(value.answer),
        "floor": _percent(value.floor),
        "takes_above": before is None,
        "reason": f"Put back what held before version {row.version}",
        "puts_back": row.id,
    }


def _form_page(
    request: HttpRequest,
    user: User,
    line: Line,
    form: ThresholdsForm,
    *,
    status: int = 200,
    **judged: Any,
) -> HttpResponse:
    today = houses.current().clock.now().astimezone(inbox.zone_of(user.workspace_id)).date()
    response = page(
        request,
        user,
        "settings/confidence_change.html",
        {
            "line": line,
            "form": form,
            "days": threshold_board.WINDOW.days,
            "bounds": _bounds(today),
            "bands": list(Band),
            "section": "confidence",
            **judged,
        },
    )
    response.status_code = status
    return response


def _bounds(today: date) -> dict[str, Any]:
    return {
        "min_answer": _percent(confidence.MIN_ANSWER),
        "max_answer": _percent(confidence.MAX_ANSWER),
        "min_floor": _percent(confidence.MIN_FLOOR),
        "max_floor": _percent(confidence.MAX_FLOOR),
        "last_review": today + confidence.MAX_REVIEW_AFTER,
        "max_reason": confidence.MAX_REASON,
    }


def _percent(share: float) -> int:
    return round(share * 100)


def _mark_of(wanted: Thresholds | None) -> str:
    """Return by what a page tells which thresholds it has shown the effect of."""
    if wanted is None:
        return "above"
    return f"{_percent(wanted.answer)}:{_percent(wanted.floor)}"
