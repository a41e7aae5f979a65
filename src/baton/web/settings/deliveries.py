"""What became of messages, by channel and flow; each number opens its messages."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import delivery_board
from baton.services.desk.delivery_board import DAYS, Wanted
from baton.store.models import User
from baton.store.queries.delivery_counts import Counted
from baton.web.access import for_staff
from baton.web.shell import page, page_number


@require_GET
@for_staff
def counts_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the counts of some days."""
    days = _days_in(request)
    groups = [
        (group, [(fate, _query(days, group.channel, group.flow, fate)) for fate in group.fates])
        for group in delivery_board.list_groups(houses.current(), user, days)
    ]
    context = {"groups": groups, "days": days, "spans": DAYS, "section": "sending"}
    return page(request, user, "settings/deliveries.html", context)


@require_GET
@for_staff
def counted_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the messages that one number counts."""
    wanted = Wanted(
        days=_days_in(request),
        **{name: request.GET.get(name, "")[:80] for name in _NAMES},
    )
    number = page_number(request)
    lines, has_more = delivery_board.list_lines(houses.current(), user, wanted, page=number)
    context = {
        "wanted": wanted,
        "lines": lines,
        "number": number,
        "has_more": has_more,
        "query": urlencode({"days": wanted.days, **{n: getattr(wanted, n) for n in _NAMES}}),
        "zone": inbox.zone_of(user.workspace_id),
        "section": "sending",
    }
    return page(request, user, "settings/counted_deliveries.html", context)


_NAMES = ("channel", "flow", "delivery", "reason")


def _query(days: int, channel: str, flow: str, fate: Counted) -> str:
    return urlencode(
        {
            "days": days,
            "channel": channel,
            "flow": flow,
            "delivery": fate.delivery,
            "reason": fate.reason,
        }
    )


def _days_in(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, DAYS) else DAYS[0]
