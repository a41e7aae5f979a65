"""Who asks: the key in the header, and what it may do."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from ninja.security import HttpBearer
from typing_extensions import override

from baton.core.errors import Forbidden
from baton.core.scopes import Scope
from baton.services import house as houses
from baton.services.desk import api_keys
from baton.services.desk.api_keys import Caller

Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")


class Key(HttpBearer):
    """`Authorization: Bearer baton_…`."""

    @override
    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return who asks, None for a key that is not in use."""
        return api_keys.find_caller(houses.current(), token)


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks."""
    caller = getattr(request, "auth", None)
    assert isinstance(caller, Caller)  # noqa: S101 - every address is behind `Key`
    return caller


def needs(
    scope: Scope,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Rest], Answer]],
    Callable[Concatenate[HttpRequest, Rest], Answer],
]:
    """Let only keys of a scope ask; raises Forbidden."""

    def guarded(
        view: Callable[Concatenate[HttpRequest, Rest], Answer],
    ) -> Callable[Concatenate[HttpRequest, Rest], Answer]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Answer:
            if scope not in caller_of(request).scopes:
                raise Forbidden(scope.value, "this key")
            return view(request, *args, **kwargs)

        return checked

    return guarded
