"""Who is at the screen: views are given the signed-in person of the staff."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache

from baton.store.models import User

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]
StaffView = Callable[Concatenate[HttpRequest, User, Rest], HttpResponseBase]


def for_staff(view: StaffView[Rest]) -> View[Rest]:
    """Let only signed-in people in, and tell the view who it is; keep pages out of caches."""
    return never_cache(for_staff_kept(view))


def for_staff_kept(view: StaffView[Rest]) -> View[Rest]:
    """Let only signed-in people in; what the view answers may say how long it is kept."""

    @wraps(view)
    def checked(
        request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        if isinstance(request.user, User) and request.user.is_active:
            return view(request, request.user, *args, **kwargs)
        if not getattr(request, "htmx", False):
            return redirect_to_login(request.get_full_path())
        # A fragment cannot show the sign-in page: the whole page goes there.
        return HttpResponse(headers={"HX-Redirect": resolve_url("account_login")})

    return checked
