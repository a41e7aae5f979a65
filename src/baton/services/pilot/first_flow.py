"""The first flow of a workspace: what there is to begin with, and its start in shadow (PL34).

A flow in shadow decides and says nothing, so it may begin before anything is answered for;
its rollout asks for all of it before the first share.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from baton.core import rollout
from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.flows.trigger import TriggerKind
from baton.services import inbox
from baton.services.flows import flow_drafts, flow_places, flow_publishing, flow_sources
from baton.services.flows.flow_drafts import Writing
from baton.services.house import House
from baton.services.pilot import rollouts
from baton.services.pilot.rollouts import Beginning
from baton.services.workspace import library
from baton.services.workspace.standards import standards_cache
from baton.store.models import FlowDraft, Rollout, User

_REASON = "The first flow: it begins in shadow, and nothing is sent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A flow to begin with; `waits_for` is told by no system yet, and starts it or is its goal."""

    name: str
    title: str
    about: str
    started_by: str
    is_of_pack: bool
    meets_questions: bool
    waits_for: tuple[str, ...]
    actions: tuple[str, ...]
    templates: tuple[str, ...]
    is_in_shadow: bool


def list_candidates(house: House, user: User) -> tuple[Candidate, ...]:
    """Return what a workspace may begin with: what works at once, then its pack's, then others.

    Raises Forbidden for a role that runs no pilot.
    """
    inbox.require(user, Action.RUN_PILOT)
    standards = standards_cache(house).standards_of(user.workspace_id)
    begun = _begun_in(user.workspace_id)
    found = [*_of_pack(user), *_of_library(user)]
    lines = []
    for name, source, is_of_pack in found:
        sketch = flow_sources.sketch_of(source, name=f"{name}.yaml")
        if (flow := sketch.flow) is None or flow.trigger.on is TriggerKind.CALL:
            continue
        needs = library.needs_of(flow)
        lines.append(
            Candidate(
                name=name,
                title=flow.title,
                about=library.about(source),
                started_by=library.render_trigger(flow.trigger),
                is_of_pack=is_of_pack,
                meets_questions=flow.trigger.on is TriggerKind.MESSAGE,
                waits_for=tuple(one for one in needs.events if one not in standards.reported),
                actions=needs.actions,
                templates=needs.templates,
                is_in_shadow=name in begun,
            )
        )
    return tuple(sorted(lines, key=_rank))


def _rank(one: Candidate) -> tuple[bool, bool, bool]:
    """Put first what works at once, of the pack, and meets what people ask most: questions."""
    return bool(one.waits_for), not one.is_of_pack, not one.meets_questions


def _begun_in(workspace_id: str) -> set[str]:
    """Return the flows that are, or were, rolled out."""
    rows = Rollout.objects.filter(workspace_id=workspace_id)
    return set(rows.values_list("flow", flat=True))


def start_in_shadow(house: House, user: User, name: str) -> None:
    """Publish a flow that serves nobody yet, and begin its rollout in shadow, in one step.

    Raises InvalidInput for a flow that is none of the candidates or has faults, Conflict for
    one whose rollout runs, or Forbidden for a role.
    """
    inbox.require(user, Action.RUN_PILOT)
    inbox.require(user, Action.CONFIGURE)
    known = {one.name: one for one in list_candidates(house, user)}
    if name not in known or known[name].is_in_shadow:
        raise InvalidInput({"flow": "Choose one of the flows that are not in shadow yet."})
    with house.engine.transaction():
        for part in _parts_of(name):
            _publish(house, user, part)
        _publish(house, user, name)
        given = Beginning(plan=rollout.SHADOW_FIRST.name, reason=_REASON)
        rollouts.begin(house, user, name, given)


def _publish(house: House, user: User, name: str) -> None:
    """Publish a draft, or a template of the library; what is in force already stays."""
    writing = _writing_of(house, user, name)
    if not writing.is_draft:
        return
    for rival in flow_places.places_of(house, user, writing.sketch.flow, name).rivals:
        flow_places.stand_in(house, user, name, rival.name)
    writing = flow_drafts.open_flow(user, name)
    flow_publishing.publish(
        house,
        user,
        name,
        reason=_REASON,
        seen=flow_sources.digest_of(writing.source),
        newest=writing.newest_version,
    )


def _writing_of(house: House, user: User, name: str) -> Writing:
    if name in standards_cache(house).standards_of(user.workspace_id).library.live:
        return flow_drafts.open_flow(user, name)
    if not FlowDraft.objects.filter(workspace_id=user.workspace_id, name=name).exists():
        flow_drafts.begin(house, user, library.load_template(name).source)
    return flow_drafts.open_flow(user, name)


def _parts_of(name: str) -> tuple[str, ...]:
    """Return the flows of the library that a flow goes through."""
    return library.load_template(name).needs.flows if name in library.names() else ()


def _of_pack(user: User) -> Iterator[tuple[str, str, bool]]:
    """Yield the drafts that a workspace began with."""
    rows = FlowDraft.objects.filter(workspace_id=user.workspace_id, base_version=0)
    for row in rows.order_by("id"):
        yield row.name, row.source, True


def _of_library(user: User) -> Iterator[tuple[str, str, bool]]:
    drafts = FlowDraft.objects.filter(workspace_id=user.workspace_id)
    mine = set(drafts.values_list("name", flat=True))
    for template in library.list_templates():
        if template.name not in mine:
            yield template.name, template.source, False
