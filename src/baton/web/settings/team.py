"""Settings > Team: who is here, what each takes and how much; and a console's sign of life."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import InvalidInput
from baton.services import house as houses
from baton.services.desk import staff_desk
from baton.services.desk.staff_desk import Wanted
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of
from baton.web.forms import MemberForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def team_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the team and the queues that they serve."""
    return _shown(request, user)


@require_POST
@for_staff
def change_member(request: HttpRequest, user: User, member_id: str) -> HttpResponse:
    """Set what a member takes, how much, and whether they are here."""
    asked = checked(MemberForm, request.POST).cleaned_data
    wanted = Wanted(
        skills=tuple(request.POST.getlist("skills")),
        capacity=asked["capacity"],
        is_available=asked["is_available"],
        away_reason=asked["away_reason"],
        authority=asked["authority"],
        languages=asked["languages"],
        hours=asked["hours"],
    )
    try:
        staff_desk.change(houses.current(), user, member_id, wanted)
    except InvalidInput as refusal:
        response = _shown(request, user, tuple(refusal.fields.values()))
        response.status_code = status_of(refusal)
        return response
    return redirect("team")


@require_POST
@for_staff
def here(_request: HttpRequest, user: User) -> HttpResponse:
    """Take an open console's sign of life."""
    staff_desk.note_sign_of_life(houses.current(), user)
    return HttpResponse(status=204)


def _shown(request: HttpRequest, user: User, problems: tuple[str, ...] = ()) -> HttpResponse:
    context = {
        "team": staff_desk.show(houses.current(), user),
        "max_capacity": staff_desk.MAX_CAPACITY,
        "max_reason": staff_desk.MAX_REASON,
        "problems": problems,
        "section": "team",
    }
    return page(request, user, "settings/team.html", context)
