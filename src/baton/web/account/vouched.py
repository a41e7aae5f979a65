"""Signing in by a provider: there, and back with its word."""

from dataclasses import asdict
from http import HTTPStatus

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from baton.services import house as houses
from baton.services.desk import sign_in_providers
from baton.services.desk.oidc import Asked, NotVouched
from baton.services.sign_in import VOUCHED
from baton.web.errors import error_response

_KEPT = "sign_in_asked"
_WORDS = "You could not be signed in: {why}. Try again, or ask whoever gives out accounts."


@require_GET  # a form may lead nowhere but here: the policy of our pages says so
@never_cache
def begin(request: HttpRequest, workspace_id: str) -> HttpResponse:
    """Send somebody to the provider of a workspace."""
    try:
        place, asked = sign_in_providers.begin(houses.current(), workspace_id)
    except NotVouched as error:
        return _refused(request, error)
    request.session[_KEPT] = {"workspace_id": workspace_id, **asdict(asked)}
    return HttpResponse(status=302, headers={"Location": place})


@require_GET
@never_cache
def finish(request: HttpRequest) -> HttpResponse:
    """Let somebody in by the word that they bring; each question is answered once."""
    kept = request.session.pop(_KEPT, None)
    if kept is None:
        return _refused(request, NotVouched("the answer belongs to no question of ours"))
    workspace_id = kept.pop("workspace_id")
    try:
        user = sign_in_providers.finish(
            houses.current(),
            workspace_id,
            Asked(**kept),
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
        )
    except NotVouched as error:
        return _refused(request, error)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[VOUCHED] = True
    UserSession.objects.create_from_request(request)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _refused(request: HttpRequest, error: NotVouched) -> HttpResponse:
    return error_response(request, HTTPStatus.FORBIDDEN, _WORDS.format(why=error))
