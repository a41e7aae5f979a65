"""What a team looks at through its day: the monitor, the queue wall, and each one's own day."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import boards, my_day, offers, playbook_desk, task_desk
from baton.services.glances import glances_of
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.shell import page


@require_GET
@for_staff
def monitor_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what the bot has at risk, to step in with one click."""
    context = {
        "monitor": boards.show_monitor(houses.current(), user),
        "most": boards.MAX_AT_RISK,
        "section": "monitor",
    }
    return page(request, user, _template(request, "monitor"), context)


@require_GET
@for_staff
def wall_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show how the queues stand, large enough to be read across a room."""
    house = houses.current()
    glances = glances_of(house)
    look = glances.look(user.workspace_id)
    key = ("wall", user.role, inbox.sight_of(house, user, look))
    wall = glances.of(look, key, lambda: boards.show_wall(house, user))
    context = {"wall": wall, "soon": boards.SOON, "section": "wall"}
    return page(request, user, _template(request, "wall"), context)


@require_GET
@for_staff
def day_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show a person what waits for them and what they have done today."""
    context = {
        "day": my_day.show(houses.current(), user),
        "csat_days": my_day.CSAT_DAYS,
        "min_ratings": my_day.MIN_RATINGS,
        "to_do": task_desk.count_due(houses.current(), user),
        "section": "day",
    }
    return page(request, user, _template(request, "day"), context)


@require_GET
@for_staff
def offers_fragment(request: HttpRequest, user: User) -> HttpResponse:
    """Return what is offered to a person at this moment, for the top of any page."""
    context = {"offers": offers.list_for(houses.current(), user)}
    return page(request, user, "inbox/_offers.html", context)


@require_GET
@for_staff
def playbook_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what people do in each kind of case, who may grant what, and what queues promise."""
    book = playbook_desk.show(houses.current(), user)
    return page(request, user, "inbox/playbook.html", {"book": book, "section": "playbook"})


def _template(request: HttpRequest, name: str) -> str:
    """Return the part that changes, for a page that is open already, else the whole page."""
    is_fragment = getattr(request, "htmx", False)
    return f"inbox/_{name}.html" if is_fragment else f"inbox/{name}.html"
