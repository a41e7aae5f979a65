"""Pausing a flow and resuming it, from its own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from baton.core.errors import BatonError, Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.flows.charter import WhenPaused
from baton.services import house as houses
from baton.services import inbox
from baton.services.flows import flow_desk, flow_drafts, flow_pauses
from baton.store.models import User
from baton.web import errors
from baton.web.access import for_staff
from baton.web.flows.flow_requests import PauseForm
from baton.web.flows.flows import flows_page, head_of
from baton.web.forms import checked


@for_staff
def pause_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Ask how and why a flow is to be paused, or why it is resumed; pause it."""
    inbox.require(user, Action.CONFIGURE)
    if request.method != "POST":
        return _shown(request, user, name)
    asked = checked(PauseForm, request.POST).cleaned_data
    try:
        flow_pauses.pause_as(
            houses.current(),
            user,
            name,
            reason=asked["reason"],
            when_paused=WhenPaused(asked["when_paused"]) if asked["when_paused"] else None,
        )
    except (InvalidInput, Conflict) as error:
        return _shown(request, user, name, refused=error, reason=asked["reason"])
    return redirect("flow", name)


@require_POST
@for_staff
def resume(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Let a paused flow go on."""
    asked = checked(PauseForm, request.POST).cleaned_data
    try:
        flow_pauses.resume_as(houses.current(), user, name, reason=asked["reason"])
    except (InvalidInput, Conflict) as error:
        return _shown(request, user, name, refused=error, reason=asked["reason"])
    return redirect("flow", name)


def _shown(
    request: HttpRequest,
    user: User,
    name: str,
    *,
    refused: BatonError | None = None,
    reason: str = "",
) -> HttpResponse:
    writing = flow_drafts.open_flow(user, name)
    if not writing.newest_version:
        raise NotFound("version", name)
    context = {
        **head_of(user, writing),
        "waiting": sum(flow_desk.waiting_by_step(user, name).values()),
        "refused": errors.words_of(refused) if refused else "",
        "reason": reason,
        "max_reason": flow_pauses.MAX_REASON,
    }
    status = errors.status_of(refused) if refused else 200
    return flows_page(request, user, "flows/flow_pause.html", context, status=status)
