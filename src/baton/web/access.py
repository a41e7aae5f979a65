"""Who is at the screen: views are given the signed-in person of the staff."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.views.decorators.cache import never_cache

from baton.services import house as houses
from baton.services.desk import belonging, own_sign_in
from baton.services.sign_in import VOUCHED
from baton.store.models import User

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]
StaffView = Callable[Concatenate[HttpRequest, User, Rest], HttpResponseBase]


def for_staff(view: StaffView[Rest]) -> View[Rest]:
    """Let only signed-in people in, and tell the view who it is; keep pages out of caches."""
    return never_cache(for_staff_kept(view))


def for_staff_kept(view: StaffView[Rest]) -> View[Rest]:
    """Let only signed-in people in; what the view answers may say how long it is kept.

    Who lacks the second step that the workspace asks for is led to set it up first. What the
    address names is refused where it belongs to another place or a closed queue.
    """

    @wraps(view)
    def proven(
        request: HttpRequest, user: User, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        # Asked of whoever is vouched for too: by it the page's standards are those of now.
        lacks_it = own_sign_in.lacks_second_step(houses.current(), user)
        if lacks_it and not request.session.get(VOUCHED, False):
            return _lead_to(request, "mfa_index")
        belonging.refuse_named(houses.current(), user, kwargs)
        return view(request, user, *args, **kwargs)

    return _signed_in(proven)


def for_staff_at_the_door(view: StaffView[Rest]) -> View[Rest]:
    """Let signed-in people in who may have no second step yet: where they set one up."""
    return never_cache(_signed_in(view))


def _signed_in(view: StaffView[Rest]) -> View[Rest]:
    @wraps(view)
    def checked(
        request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        if isinstance(request.user, User) and request.user.is_active:
            return view(request, request.user, *args, **kwargs)
        if not getattr(request, "htmx", False):
            return redirect_to_login(request.get_full_path())
        return _lead_to(request, "account_login")

    return checked


def _lead_to(request: HttpRequest, name: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect(name)
    # A fragment cannot show another page: the whole page goes there.
    return HttpResponse(headers={"HX-Redirect": resolve_url(name)})
