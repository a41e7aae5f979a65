"""Your account: the second step at sign-in, and the browsers you are signed in with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.services import house as houses
from baton.services.desk import own_sign_in
from baton.store.models import User
from baton.web.access import for_staff_at_the_door
from baton.web.shell import page


@require_GET
@for_staff_at_the_door
def account_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show how the person signs in."""
    standing = own_sign_in.show(houses.current(), user, request.session.session_key or "")
    return page(request, user, "account/own.html", {"standing": standing, "section": "account"})


@require_POST
@for_staff_at_the_door
def end_session(_request: HttpRequest, user: User, session_id: int) -> HttpResponse:
    """Sign the person out of one browser."""
    own_sign_in.end_session(houses.current(), user, session_id)
    return redirect("mfa_index")


@require_POST
@for_staff_at_the_door
def end_others(request: HttpRequest, user: User) -> HttpResponse:
    """Sign the person out everywhere but here."""
    own_sign_in.end_others(houses.current(), user, request.session.session_key or "")
    return redirect("mfa_index")
