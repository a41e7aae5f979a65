"""Reports > Handoffs: how good the seam between bot and people was, each number with its rows."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.services import house as houses
from baton.services.desk import handoff_board
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import HandoffNumberForm, WindowForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def report_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the report of a window beside the window before."""
    days = checked(WindowForm, request.GET).cleaned_data["days"] or handoff_board.DEFAULT_DAYS
    board = handoff_board.board(houses.current(), user, days=days)
    shares = [
        (name, title, about, getattr(board.report, name), getattr(board.earlier, name))
        for name, (title, about) in words.HANDOFF_SHARES.items()
    ]
    context = {
        "board": board,
        "shares": shares,
        "causes": [
            (cause, words.HANDOFF_CAUSES[cause.name], words.HANDOFF_FAULTS[cause.fault])
            for cause in board.report.causes
            if cause.unsettled.numerator or cause.settled.numerator
        ],
        "diagnosis": (found := board.diagnosis)
        and (words.HANDOFF_CAUSES[found.name], words.HANDOFF_MENDS[found.fault]),
        "days": days,
        "windows": handoff_board.WINDOWS,
        "section": "handoffs",
    }
    return page(request, user, "reports/handoffs.html", context)


@require_GET
@for_staff
def counted_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the rows behind a number."""
    asked = checked(HandoffNumberForm, request.GET).cleaned_data
    days = asked["days"] or handoff_board.DEFAULT_DAYS
    shown = handoff_board.list_counted(
        houses.current(),
        user,
        measure=asked["measure"],
        part=asked["part"],
        days=days,
        page=asked["page"] or 1,
    )
    title = words.HANDOFF_NUMBERS[asked["measure"]]
    context = {
        **asked,
        "days": days,
        "shown": shown,
        "title": title,
        "note": words.PARTS[asked["part"]],
        "section": "handoffs",
    }
    return page(request, user, "reports/counted_handoffs.html", context)
