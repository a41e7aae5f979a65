"""The pages of flows: the list, one flow with its picture, its versions and its runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import Conflict, InvalidInput
from baton.flows.comparison import Comparison
from baton.flows.document import Flow
from baton.flows.scene import Step
from baton.services import house as houses
from baton.services.flows import (
    flow_desk,
    flow_drafts,
    flow_faults,
    flow_pauses,
    flow_places,
    flow_publishing,
    flow_sources,
    flow_surroundings,
)
from baton.services.flows.flow_drafts import Writing
from baton.services.flows.flow_faults import FieldFault
from baton.services.flows.flow_sources import PAGE_NAME
from baton.services.workspace import authority
from baton.store.models import User
from baton.web import errors, words
from baton.web.access import for_staff
from baton.web.flows import flow_diagram, flow_words
from baton.web.flows.flow_diagram import Marks
from baton.web.flows.flow_requests import AgainstForm, RevertForm
from baton.web.forms import checked
from baton.web.shell import page

Taken: TypeAlias = Mapping[tuple[str, str], int]
"""How often the ways from a step to a step were taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLine:
    """The ways from a step to another, and how often they were taken lately."""

    label: str
    to: str
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step in the list beside the picture: the same in words."""

    name: str
    kind: str
    about: str
    ways: tuple[WayLine, ...]
    waiting: int
    faults: int
    warnings: int


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every flow: what starts it, who answers for it, how it stands."""
    lines = [
        (line, flow_words.trigger_in_words(line.flow.trigger) if line.flow else "")
        for line in flow_desk.list_flows(houses.current(), user)
    ]
    return flows_page(request, user, "flows/flows.html", {"lines": lines})


@require_GET
@for_staff
def flow_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show a flow as it is being written, or as it is in force."""
    writing = flow_drafts.open_flow(user, name)
    sketch = writing.sketch
    known = flow_surroundings.around(houses.current(), user, name)
    faults = flow_faults.faults_of(sketch, known, name=name)
    waiting = flow_desk.waiting_by_step(user, name)
    taken = taken_ways(user, writing)
    context = {
        **head_of(user, writing),
        "faults": [fault for fault in faults if fault.is_error],
        "warnings": [fault for fault in faults if not fault.is_error],
        "places": flow_places.places_of(houses.current(), user, sketch.flow, name),
        "picture": picture_of(writing, faults, waiting, taken),
        "steps": step_lines(sketch.flow, waiting, faults, taken),
        "is_taken": bool(taken),
        "lately": flow_desk.LATELY.days,
        "waiting": sum(waiting.values()),
        "types": [(kind, words.step_type(kind), about) for kind, about in step_types()],
        "gone": sorted(set(waiting) - set(sketch.flow.steps if sketch.flow else ())),
        "newest": next(iter(flow_desk.list_versions(user, name)), None),
    }
    return flows_page(request, user, "flows/flow.html", context)


@require_GET
@for_staff
def versions_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show who published what, when and why."""
    context = {
        **head_of(user, flow_drafts.open_flow(user, name)),
        "versions": flow_desk.list_versions(user, name),
    }
    return flows_page(request, user, "flows/flow_versions.html", context)


@require_GET
@for_staff
def version_page(request: HttpRequest, user: User, name: str, version: int) -> HttpResponse:
    """Show what a version changed, in words and in pictures."""
    asked = checked(AgainstForm, request.GET).cleaned_data["against"]
    against = version - 1 if asked is None else asked
    return flows_page(
        request, user, "flows/flow_version.html", _version_context(user, name, version, against)
    )


@require_POST
@for_staff
def revert(request: HttpRequest, user: User, name: str, version: int) -> HttpResponse:
    """Publish an older version anew."""
    asked = checked(RevertForm, request.POST).cleaned_data
    try:
        made = flow_publishing.revert(
            houses.current(), user, name, version, reason=asked["reason"], newest=asked["newest"]
        )
    except (InvalidInput, Conflict) as error:
        context = _version_context(user, name, version, asked["newest"])
        return flows_page(
            request,
            user,
            "flows/flow_version.html",
            {**context, "refused": errors.words_of(error), "reason": asked["reason"]},
            status=errors.status_of(error),
        )
    return redirect("flow_version", name, made)


@require_GET
@for_staff
def export(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Hand a flow out as YAML: the draft or the version in force, or the one asked for."""
    asked = checked(AgainstForm, request.GET).cleaned_data["against"]
    if asked:
        source = flow_desk.source_of_version(user, name, asked)
    else:
        source = flow_drafts.open_flow(user, name).source
    return HttpResponse(
        source,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.yaml"'},
    )


def flows_page(
    request: HttpRequest, user: User, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page of the flows."""
    response = page(request, user, template, {"section": "flows", **context})
    response.status_code = status
    return response


def head_of(user: User, writing: Writing) -> dict[str, Any]:
    """Return what every page of a flow shows at its top."""
    flow = writing.sketch.flow
    pause = flow_pauses.pauses_of(user).get(writing.name)
    return {
        "writing": writing,
        "flow": flow,
        "flow_title": (flow.title if flow else "") or writing.name,
        "linked": linked_steps(flow),
        "trigger": flow_words.trigger_in_words(flow.trigger) if flow else "",
        "channels": [words.CHANNELS.get(one, one) for one in (flow.channels if flow else ())],
        "pause": pause,
        "may_resume": pause is None or authority.may_roll_back(user),
        "may_pause": bool(writing.newest_version) and flow_pauses.may_pause(flow),
        "declared": flow.charter.when_paused.value if flow else "hold",
        "purpose": words.FLOW_PURPOSES[flow.charter.purpose.value] if flow else "",
    }


def linked_steps(flow: Flow | None) -> frozenset[str]:
    """Return the steps that can have a page: a name that no address can hold has a fault."""
    return frozenset(name for name in (flow.steps if flow else ()) if PAGE_NAME.fullmatch(name))


def taken_ways(user: User, writing: Writing) -> Taken:
    """Return how often the ways of a flow were taken in the version in force."""
    flow = writing.sketch.flow
    if flow is None or not writing.newest_version:
        return {}
    return flow_desk.taken_ways(houses.current(), user, flow, writing.newest_version)


def picture_of(
    writing: Writing, faults: tuple[FieldFault, ...], waiting: dict[str, int], taken: Taken
) -> str:
    """Return a flow's picture with links, counts and faults; "" when it cannot be drawn."""
    flow = writing.sketch.flow
    if flow is None or not flow.steps:
        return ""
    links = {step: reverse("flow_step", args=[writing.name, step]) for step in linked_steps(flow)}
    kinds = {fault.step: ["faulty"] for fault in faults if fault.step and fault.is_error}
    marks = Marks(links=links, waiting=waiting, taken=taken, kinds=kinds)
    return flow_diagram.drawn(flow, marks, name="picture")


def step_lines(
    flow: Flow | None, waiting: dict[str, int], faults: tuple[FieldFault, ...], taken: Taken
) -> tuple[StepLine, ...]:
    """Return the steps as a list."""
    return tuple(
        StepLine(
            name=name,
            kind=words.step_type(step.type),
            about=step.about,
            ways=tuple(_way_lines(name, step, taken)),
            waiting=waiting.get(name, 0),
            faults=sum(fault.step == name and fault.is_error for fault in faults),
            warnings=sum(fault.step == name and not fault.is_error for fault in faults),
        )
        for name, step in (flow.steps.items() if flow else ())
    )


def _way_lines(name: str, step: Step, taken: Taken) -> Iterator[WayLine]:
    labels: dict[str, list[str]] = {}
    for way in step.ways:
        labels.setdefault(way.to, []).append(way.label)
    for to, found in labels.items():
        label = flow_diagram.joined_labels(found)
        yield WayLine(label=label, to=to, taken=taken.get((name, to), 0))


def step_types() -> tuple[tuple[str, str], ...]:
    """Return the types of steps as the editor offers them, each with what it does."""
    return tuple((kind, step.about) for kind, step in flow_sources.STEP_TYPES.items())


def pictures_of(
    old: Flow | None, new: Flow | None, found: Comparison
) -> tuple[tuple[str, str], ...]:
    """Return the pictures before and after a change, with what changed marked."""
    changed = dict.fromkeys(found.changed, ("changed",))
    after = changed | dict.fromkeys(found.added, ("added",))
    before = changed | dict.fromkeys(found.removed, ("removed",))
    pictures = []
    if new is not None and new.steps:
        pictures.append(("After", flow_diagram.drawn(new, Marks(kinds=after), name="after")))
    if old is not None and old.steps:
        pictures.append(("Before", flow_diagram.drawn(old, Marks(kinds=before), name="before")))
    return tuple((title, str(picture)) for title, picture in pictures)


def _version_context(user: User, name: str, version: int, against: int) -> dict[str, Any]:
    versions = flow_desk.list_versions(user, name)
    line = next((one for one in versions if one.version == version), None)
    found = flow_desk.compare_versions(user, name, against, version)
    new = _flow_of(user, name, version)
    return {
        **head_of(user, flow_drafts.open_flow(user, name)),
        "line": line,
        "version": version,
        "against": against,
        "versions": versions,
        "newest": versions[0].version,
        "changes": flow_words.changes_in_words(found) if against else (),
        "pictures": pictures_of(_flow_of(user, name, against), new, found),
        "source": flow_desk.source_of_version(user, name, version),
    }


def _flow_of(user: User, name: str, version: int) -> Flow | None:
    if not version:
        return None
    return flow_sources.drawn(flow_publishing.version_of(user, name, version).document)
