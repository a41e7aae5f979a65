"""Publishing what was written: by a pilot or at once, and in the place of another flow."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from baton.core import rollout
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.core.rollout import Plan
from baton.flows.trigger import TriggerKind
from baton.services import house as houses
from baton.services import inbox
from baton.services.flows import (
    flow_desk,
    flow_drafts,
    flow_faults,
    flow_places,
    flow_publishing,
    flow_sources,
    flow_surroundings,
)
from baton.services.flows.flow_drafts import Writing
from baton.services.pilot import launching
from baton.store.models import User
from baton.web import errors
from baton.web.access import for_staff
from baton.web.flows import flow_words
from baton.web.flows.flow_requests import PlaceForm, PublishForm
from baton.web.flows.flows import flows_page, head_of, pictures_of
from baton.web.forms import checked


@for_staff
def publish_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show what a draft changes, and publish it with a reason."""
    inbox.require(user, Action.CONFIGURE)
    writing = flow_drafts.open_flow(user, name)
    if not writing.is_draft:
        raise NotFound("draft", name)
    if request.method != "POST":
        return _publish_form(request, user, writing, {})
    asked = checked(PublishForm, request.POST).cleaned_data
    plan, house = asked["plan"], houses.current()
    told = {key: asked[key] for key in ("reason", "seen", "newest")}
    try:
        if plan:
            launching.publish_into(house, user, name, plan=plan, **told)
        else:
            flow_publishing.publish(house, user, name, **told)
    except (InvalidInput, Conflict) as error:
        context = {"refused": errors.words_of(error), "reason": asked["reason"]}
        return _publish_form(request, user, writing, context, status=errors.status_of(error))
    return redirect("pilot_flow" if plan else "flow", name)


@require_POST
@for_staff
def stand_in(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Let the draft of a flow stand in for another, and go on to publishing it."""
    other = checked(PlaceForm, request.POST).cleaned_data["other"]
    flow_places.stand_in(houses.current(), user, name, other)
    return redirect("publish_flow", name)


def _plans_for(user: User, writing: Writing) -> tuple[Plan, ...]:
    """Return the plans by which a flow may begin that nobody has published before."""
    flow = writing.sketch.flow
    is_part = flow is None or flow.trigger.on is TriggerKind.CALL
    may_run = inbox.may(user, Action.RUN_PILOT)
    return rollout.FIRST_PLANS if may_run and not (is_part or writing.newest_version) else ()


def _publish_form(
    request: HttpRequest,
    user: User,
    writing: Writing,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    sketch = writing.sketch
    known = flow_surroundings.around(houses.current(), user, writing.name)
    found = flow_desk.compare_draft(user, writing)
    faults = flow_faults.faults_of(sketch, known, name=writing.name)
    old = None
    if writing.newest_version:
        row = flow_publishing.version_of(user, writing.name, writing.newest_version)
        old = flow_sources.drawn(row.document)
    shown = {
        **head_of(user, writing),
        "faults": [one for one in faults if one.is_error],
        "warnings": [one for one in faults if not one.is_error],
        "places": flow_places.places_of(houses.current(), user, sketch.flow, writing.name),
        "changes": flow_words.changes_in_words(found) if old else (),
        "pictures": pictures_of(old, sketch.flow, found),
        "seen": flow_sources.digest_of(writing.source),
        "plans": _plans_for(user, writing),
        "waiting": flow_desk.waiting_by_step(user, writing.name),
        **context,
    }
    return flows_page(request, user, "flows/flow_publish.html", shown, status=status)
