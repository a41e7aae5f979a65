"""Reports > Feedback: what contacts said, who was unhappy, and what was done about it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.core import survey
from baton.services import house as houses
from baton.services.desk import feedback_board
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.shell import page, page_number

KINDS = {
    survey.NPS.kind: "How likely they are to recommend us, 0 to 10",
    survey.VISIT.kind: "How a visit was, 1 to 5",
    survey.CSAT.kind: "How an answer helped, 1 to 5",
}
RECOVERY = {"open": "somebody is to reach out", "reached": "reached by a person", "": ""}


@require_GET
@for_staff
def feedback_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the answers to one question, newest first, with what they come to."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else survey.NPS.kind
    only_low = request.GET.get("low", "") == "1"
    number = page_number(request)
    found = feedback_board.list_page(houses.current(), user, kind, only_low=only_low, page=number)
    recovery = found.recovery
    context = {
        "found": found,
        "lines": [(line, RECOVERY[line.recovery]) for line in found.lines],
        "kind": kind,
        "kinds": KINDS.items(),
        "title": KINDS[kind],
        "only_low": only_low,
        "is_nps": kind == survey.NPS.kind,
        "rate": _percent(found.response_rate),
        "of_reached": _percent(recovery.of_reached),
        "of_all": _percent(recovery.of_all),
        "days": feedback_board.WINDOW.days,
        "number": number,
        "query": urlencode({"kind": kind, **({"low": "1"} if only_low else {})}),
        "section": "feedback",
    }
    return page(request, user, "reports/feedback.html", context)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
