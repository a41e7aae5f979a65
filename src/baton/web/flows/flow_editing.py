"""Writing a flow: its head, a step, or its YAML; then publishing what was written."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from baton.core import roles
from baton.core.errors import BatonError, Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.roles import Action, Role
from baton.flows.fields import Declared, declared_by
from baton.services import house as houses
from baton.services import inbox
from baton.services.flows import (
    flow_desk,
    flow_drafts,
    flow_faults,
    flow_previews,
    flow_sources,
    flow_surroundings,
)
from baton.services.flows.flow_drafts import Writing
from baton.services.flows.flow_faults import FieldFault
from baton.services.flows.flow_previews import Preview
from baton.services.flows.flow_sources import Sketch
from baton.services.workspace import library
from baton.store.models import User
from baton.web import errors, words
from baton.web.access import for_staff
from baton.web.flows import flow_forms, flow_words
from baton.web.flows.flow_forms import Around
from baton.web.flows.flow_requests import (
    ImportForm,
    RenameForm,
    SourceForm,
    StepForm,
    imported,
)
from baton.web.flows.flows import flows_page, head_of
from baton.web.forms import checked
from baton.web.shell import page

_HEAD_SECTIONS = (
    (
        "What it is",
        ("title", "owner", "technical_owner", "rollback", "purpose", "channels", "locale"),
    ),
    ("What starts and ends it", ("trigger", "goal", "facts", "subject", "start")),
    (
        "What it is held to",
        ("metric", "kpis", "gates", "triage", "escalates_on", "limits", "when_paused"),
    ),
)


@for_staff
def step_page(request: HttpRequest, user: User, name: str, step: str) -> HttpResponse:
    """Show a step's form with its texts as contacts read them; save what was written."""
    writing = flow_drafts.open_flow(user, name)
    raw = writing.sketch.step(step)
    if not raw:
        raise NotFound("step", step)
    if request.method != "POST":
        return _step_form(request, user, writing, step, raw)
    inbox.require(user, Action.CONFIGURE)
    value = _posted_step(raw, request.POST)
    try:
        flow_drafts.save_part(
            houses.current(),
            user,
            name,
            ("steps", step),
            value,
            seen=request.POST.get("seen", ""),
        )
    except (InvalidInput, Conflict) as error:
        shown = _with_step(writing, step, value)
        return _step_form(request, user, shown, step, value, refused=error)
    if request.POST.get("again"):
        return redirect("flow_step", name, step)
    return redirect("flow", name)


@require_POST
@for_staff
def preview(request: HttpRequest, user: User, name: str, step: str) -> HttpResponse:
    """Return how a step that is being written reads, and what is wrong with it."""
    inbox.require(user, Action.CONFIGURE)
    writing = flow_drafts.open_flow(user, name)
    raw = writing.sketch.step(step)
    shown = _with_step(writing, step, _posted_step(raw, request.POST))
    return page(request, user, "flows/_flow_beside.html", _beside(user, shown, step))


@for_staff
def head_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show and save everything of a flow but its steps."""
    writing = flow_drafts.open_flow(user, name)
    if request.method != "POST":
        return _head_form(request, user, writing, writing.sketch)
    inbox.require(user, Action.CONFIGURE)
    raw = writing.sketch.raw
    value = flow_forms.value_of(_head_fields(), raw, request.POST)
    value = {**(value if isinstance(value, dict) else {}), "steps": raw.get("steps")}
    try:
        flow_drafts.save_head(
            houses.current(), user, name, value, seen=request.POST.get("seen", "")
        )
    except (InvalidInput, Conflict) as error:
        shown = flow_sources.sketch_of(flow_sources.dumped(value), name=name)
        return _head_form(request, user, writing, shown, refused=error)
    return redirect("flow", name)


@for_staff
def yaml_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show a flow's YAML, and save it as somebody wrote it."""
    writing = flow_drafts.open_flow(user, name)
    context: dict[str, Any] = {
        **head_of(user, writing),
        "source": writing.source,
        "seen": flow_sources.digest_of(writing.source),
        "faults": _faults_of(user, writing.sketch, name),
    }
    if request.method != "POST":
        return flows_page(request, user, "flows/flow_yaml.html", context)
    inbox.require(user, Action.CONFIGURE)
    asked = checked(SourceForm, request.POST).cleaned_data
    source = asked["source"].replace("\r\n", "\n")
    try:
        flow_drafts.save_source(houses.current(), user, name, source, seen=asked["seen"])
    except (InvalidInput, Conflict) as error:
        context |= {"source": source, "seen": asked["seen"], "refused": errors.words_of(error)}
        status = errors.status_of(error)
        return flows_page(request, user, "flows/flow_yaml.html", context, status=status)
    return redirect("flow_yaml" if request.POST.get("again") else "flow", name)


@require_POST
@for_staff
def add_step(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Add a step, and open its form."""
    asked = checked(StepForm, request.POST).cleaned_data
    flow_drafts.add_step(
        houses.current(), user, name, asked["name"], asked["type"], after=asked["after"]
    )
    return redirect("flow_step", name, asked["name"])


@require_POST
@for_staff
def rename_step(request: HttpRequest, user: User, name: str, step: str) -> HttpResponse:
    """Rename a step wherever it is named."""
    wanted = checked(RenameForm, request.POST).cleaned_data["name"]
    flow_drafts.rename_step(houses.current(), user, name, step, wanted)
    return redirect("flow_step", name, wanted)


@require_POST
@for_staff
def remove_step(
    request: HttpRequest,  # noqa: ARG001 - Django's signature
    user: User,
    name: str,
    step: str,
) -> HttpResponse:
    """Take a step out of the draft."""
    flow_drafts.remove_step(houses.current(), user, name, step)
    return redirect("flow", name)


@require_POST
@for_staff
def discard(
    request: HttpRequest,  # noqa: ARG001 - Django's signature
    user: User,
    name: str,
) -> HttpResponse:
    """Throw a draft away."""
    flow_drafts.discard(houses.current(), user, name)
    is_known = any(line.name == name for line in flow_desk.list_flows(houses.current(), user))
    return redirect("flow", name) if is_known else redirect("flows")


@for_staff
def begin_page(request: HttpRequest, user: User) -> HttpResponse:
    """Begin a flow from a template or from YAML."""
    inbox.require(user, Action.CONFIGURE)
    if request.method != "POST":
        return _begin_form(request, user, {})
    form = ImportForm(request.POST, request.FILES)
    source = ""
    try:
        source = imported(form)
        name = flow_drafts.begin(houses.current(), user, source)
    except (InvalidInput, Conflict) as error:
        context = {"refused": errors.words_of(error), "source": source}
        return _begin_form(request, user, context, status=errors.status_of(error))
    return redirect("flow", name)


def _step_form(  # noqa: PLR0913 - a form is shown with these
    request: HttpRequest,
    user: User,
    writing: Writing,
    step: str,
    raw: dict[str, Json],
    *,
    refused: BatonError | None = None,
) -> HttpResponse:
    sketch = writing.sketch
    faults = [one for one in _faults_of(user, sketch, writing.name) if one.step == step]
    problems = {one.path: one.message for one in faults if one.is_error}
    kind = str(raw.get("type", ""))
    channels = (sketch.flow.channels if sketch.flow else ()) or flow_previews.CHANNELS
    around = Around(steps=_step_titles(sketch, step), problems=problems, channels=channels)
    seen = request.POST.get("seen") or flow_sources.digest_of(raw)
    context = {
        **head_of(user, writing),
        **_beside(user, writing, step),
        "step": step,
        "kind": words.step_type(kind),
        "about": flow_sources.STEP_TYPES[kind].about if kind in flow_sources.STEP_TYPES else "",
        "controls": flow_forms.controls_of(_step_fields(kind), raw, around),
        "seen": seen,
        "led_to": flow_sources.led_to(sketch.raw, step),
        "waiting": flow_desk.waiting_by_step(user, writing.name).get(step, 0),
        "is_known_type": kind in flow_sources.STEP_TYPES,
        "may_write": roles.may(Role(user.role), Action.CONFIGURE),
        "refused": errors.words_of(refused) if refused else "",
    }
    status = errors.status_of(refused) if refused else 200
    return flows_page(request, user, "flows/flow_step.html", context, status=status)


def _beside(user: User, writing: Writing, step: str) -> dict[str, Any]:
    """Return what stands beside a step's form: its texts as they read, and its faults."""
    sketch = writing.sketch
    parsed = sketch.flow.steps.get(step) if sketch.flow else None
    found: tuple[Preview, ...] = ()
    if sketch.flow is not None and parsed is not None:
        found = flow_previews.previews_of(houses.current(), user, sketch.flow, parsed)
    faults = [one for one in _faults_of(user, sketch, writing.name) if one.step == step]
    return {
        "previews": _by_language(found),
        "step_faults": [one for one in faults if one.is_error],
        "step_warnings": [one for one in faults if not one.is_error],
    }


def _faults_of(user: User, sketch: Sketch, name: str) -> tuple[FieldFault, ...]:
    known = flow_surroundings.around(houses.current(), user, name)
    return flow_faults.faults_of(sketch, known, name=name)


def _by_language(previews: tuple[Preview, ...]) -> list[tuple[str, list[tuple[str, Preview]]]]:
    groups: dict[str, list[tuple[str, Preview]]] = {}
    for one in previews:
        told = (words.CHANNELS.get(one.channel, one.channel), one)
        groups.setdefault(words.language(one.language), []).append(told)
    return list(groups.items())


def _with_step(writing: Writing, step: str, value: Json) -> Writing:
    """Return a flow as it would be with a step that nobody saved yet."""
    raw = writing.sketch.raw
    changed = {**raw, "steps": {**flow_sources.steps_of(raw), step: value}}
    return replace(writing, source=flow_sources.dumped(changed))


def _posted_step(raw: dict[str, Json], posted: QueryDict) -> dict[str, Json]:
    kind = str(raw.get("type", ""))
    rest = {key: value for key, value in raw.items() if key != "type"}
    value = flow_forms.value_of(_step_fields(kind), rest, posted)
    return {"type": kind, **(value if isinstance(value, dict) else {})}


def _step_fields(kind: str) -> tuple[Declared, ...]:
    found = flow_sources.STEP_TYPES.get(kind)
    return declared_by(found.parse) if found else ()


def _step_titles(sketch: Sketch, step: str) -> dict[str, str]:
    found = sketch.flow.steps if sketch.flow else {}
    return {
        name: f"{words.plain(name)} ({words.step_type(one.type)})"
        + (", this one" if name == step else "")
        for name, one in found.items()
    }


def _head_fields() -> tuple[Declared, ...]:
    fields = flow_sources.head_fields()
    return tuple(fields[name] for _title, names in _HEAD_SECTIONS for name in names)


def _head_form(
    request: HttpRequest,
    user: User,
    writing: Writing,
    sketch: Sketch,
    *,
    refused: BatonError | None = None,
) -> HttpResponse:
    faults = [one for one in _faults_of(user, sketch, writing.name) if not one.step]
    problems = {one.path: one.message for one in faults if one.is_error}
    around = Around(steps=_step_titles(sketch, ""), problems=problems)
    fields = flow_sources.head_fields()
    sections = [
        (title, flow_forms.controls_of([fields[name] for name in names], sketch.raw, around))
        for title, names in _HEAD_SECTIONS
    ]
    context = {
        **head_of(user, writing),
        "sections": sections,
        "head_faults": faults,
        "seen": request.POST.get("seen") or flow_drafts.seen_of_head(writing.sketch.raw),
        "may_write": roles.may(Role(user.role), Action.CONFIGURE),
        "refused": errors.words_of(refused) if refused else "",
    }
    status = errors.status_of(refused) if refused else 200
    return flows_page(request, user, "flows/flow_head.html", context, status=status)


def _begin_form(
    request: HttpRequest, user: User, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    known = {line.name for line in flow_desk.list_flows(houses.current(), user)}
    templates = [
        (one, flow_words.trigger_in_words(one.flow.trigger), one.flow.name in known)
        for one in library.list_templates()
    ]
    shown = {"templates": templates, **context}
    return flows_page(request, user, "flows/flow_begin.html", shown, status=status)
