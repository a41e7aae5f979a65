"""The lab's page, and what it shows under the glass."""

from dataclasses import asdict

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.channels.sandbox.settings import SANDBOX
from baton.core.errors import NotFound
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.doors import chat, notifying
from baton.services.doors.chat import Visit
from baton.services.workspace.connections import PUSH
from baton.store.models import Inbox, User
from baton.web.access import for_staff
from baton.web.lab import glasses
from baton.web.shell import page

# Said with one tap; each shows another decision. The last three prove that hard stops hold.
EXAMPLES = (
    ("Hours", "What time do you open on Saturday?"),
    ("With slips", "wat tiem do u opne tomorow"),
    ("Book a class", "How do I book a yoga class?"),
    ("Off topic", "What is the capital of Peru?"),
    ("A person", "Can I talk to a real person please?"),
    ("Refund", "I want my money back, this is a scam"),
    ("STOP", "STOP"),
)


@require_GET
@for_staff
def lab_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the phone, the customers' tabs and the glass."""
    inbox.require(user, Action.READ_INBOX)
    # Behind any other inbox stands a provider, who would be asked to send to nobody's number.
    is_playable = Q(provider="") | (Q(provider=SANDBOX) & ~Q(settings_sealed=b""))
    entrances = Inbox.objects.filter(is_playable, workspace_id=user.workspace_id)
    return page(
        request,
        user,
        "lab/lab.html",
        {
            "entrances": entrances.exclude(channel=PUSH)
            .order_by("id")
            .values("token", "name", "channel"),
            "examples": EXAMPLES,
            "plays_push": entrances.filter(channel=PUSH).exists(),
            "section": "lab",
        },
    )


@require_GET
@for_staff
def glass(request: HttpRequest, user: User) -> JsonResponse:
    """Return how the conversation of a test visitor stands; their token is its key."""
    inbox.require(user, Action.READ_INBOX)
    visit = _visit_of(request, user)
    seen = glasses.find_glass(visit.workspace_id, visit.lane)
    if seen is None:
        return JsonResponse({"conversation": None})
    url = reverse("conversation", args=[seen.conversation])
    sizes = glasses.marks_of(houses.current(), seen.conversation, visit.channel)
    return JsonResponse({**asdict(seen), "url": url, "sizes": sizes})


@require_POST
@for_staff
def permit(request: HttpRequest, user: User) -> JsonResponse:
    """Let a test visitor's phone, which is played, allow notifications."""
    inbox.require(user, Action.READ_INBOX)
    house, visit = houses.current(), _visit_of(request, user)
    with house.engine.transaction():
        house.engine.inbox.append([notifying.played_arrival(house, visit)])
    return JsonResponse({})


def _visit_of(request: HttpRequest, user: User) -> Visit:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    visit = chat.find_visit(token, houses.current().clock.now())
    if visit is None or visit.workspace_id != user.workspace_id:
        raise NotFound("visit", "of this token")
    return visit
