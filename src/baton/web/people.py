"""The person at the screen: whether they take conversations, and the demo's quick sign-in."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from baton.services import house as houses
from baton.services.desk import agents
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import AvailabilityForm, checked
from baton.web.shell import page

# The demo's people, by the name on the button.
DEMO_PEOPLE = {
    "sam": ("sam@demo.example", "Sam", "agent"),
    "robin": ("robin@demo.example", "Robin", "manager"),
    "alex": ("alex@demo.example", "Alex", "auditor"),
}


@require_POST
@for_staff
def availability(request: HttpRequest, user: User) -> HttpResponse:
    """Say whether this person takes new conversations."""
    is_available = checked(AvailabilityForm, request.POST).cleaned_data["is_available"]
    agents.set_availability(houses.current(), user, is_available=is_available)
    if not getattr(request, "htmx", False):
        return redirect("inbox")
    user.is_available = is_available
    return page(request, user, "baton/_availability.html", {})


@require_POST
def demo_sign_in(request: HttpRequest, who: str) -> HttpResponse:
    """Sign one of the demo's people in without a password; there is none outside the demo."""
    if not settings.BATON_DEMO or who not in DEMO_PEOPLE:
        raise Http404
    user = User.objects.filter(email=DEMO_PEOPLE[who][0], is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    UserSession.objects.create_from_request(request)
    return redirect(settings.LOGIN_REDIRECT_URL)
