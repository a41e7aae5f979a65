"""Flows as people read them: what starts them, who answers for them, who waits where."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from baton.core.json import Json
from baton.core.roles import Action
from baton.flows import comparison
from baton.flows.check import Surroundings
from baton.flows.comparison import Comparison
from baton.flows.document import Flow
from baton.flows.passages import passages
from baton.flows.trigger import TriggerKind
from baton.services import inbox
from baton.services.flows import (
    flow_drafts,
    flow_faults,
    flow_publishing,
    flow_sources,
    flow_surroundings,
)
from baton.services.flows.flow_drafts import Writing
from baton.services.house import House
from baton.services.knowledge import knowledge
from baton.services.workspace.standards import standards_cache
from baton.store.models import FlowDraft, FlowVersion, User
from baton.store.queries import flows

LATELY = timedelta(days=28)
"""How far back the ways of a flow are counted: as long as a rhythm of weeks shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """A flow in the list; `version` is 0 before the first is published.

    `flow` is None where its document cannot be read far enough. One that `is_unusable`
    starts nothing: this Baton cannot read the version in force. Nor does one that `is_paused`.
    """

    name: str
    title: str
    flow: Flow | None
    version: int
    published_at: datetime | None
    waiting: int
    has_draft: bool
    faults: int
    is_unusable: bool
    is_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version with who published it, when and why, and how many runs wait in it."""

    version: int
    published_at: datetime
    published_by: str
    reason: str
    waiting: int


def list_flows(house: House, user: User) -> tuple[FlowLine, ...]:
    """Return every flow and draft by title; raises Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    newest: dict[str, FlowVersion] = {}
    for row in FlowVersion.objects.filter(workspace_id=user.workspace_id).order_by("version"):
        newest[row.name] = row
    drafts = {row.name: row for row in FlowDraft.objects.filter(workspace_id=user.workspace_id)}
    waiting: dict[str, int] = {}
    for (name, _version, _step), count in flows.waiting_in(user.workspace_id).items():
        waiting[name] = waiting.get(name, 0) + count
    names = newest.keys() | drafts.keys()
    known, paused = flow_surroundings.around(house, user), flows.paused_flows(user.workspace_id)
    lines = [
        replace(
            _line(name, newest.get(name), drafts.get(name), waiting.get(name, 0), known),
            is_paused=name in paused,
        )
        for name in names
    ]
    return tuple(sorted(lines, key=lambda line: (line.title.casefold(), line.name)))


def list_versions(user: User, name: str) -> tuple[VersionLine, ...]:
    """Return a flow's versions, newest first; raises Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    rows = list(
        FlowVersion.objects.filter(workspace_id=user.workspace_id, name=name)
        .defer("document", "source")
        .order_by("-version")
    )
    authors = knowledge.names_of(row.published_by.removeprefix("user:") for row in rows)
    waiting: dict[int, int] = {}
    for (_name, version, _step), count in flows.waiting_in(user.workspace_id, name).items():
        waiting[version] = waiting.get(version, 0) + count
    return tuple(
        VersionLine(
            version=row.version,
            published_at=row.published_at,
            published_by=authors.get(row.published_by.removeprefix("user:"), row.published_by),
            reason=row.reason,
            waiting=waiting.get(row.version, 0),
        )
        for row in rows
    )


def waiting_by_step(user: User, name: str, version: int | None = None) -> dict[str, int]:
    """Return how many runs wait in each step, of one version or of all."""
    found: dict[str, int] = {}
    for (_name, number, step), count in flows.waiting_in(user.workspace_id, name).items():
        if version in (None, number):
            found[step] = found.get(step, 0) + count
    return found


def is_usable(house: House, user: User, name: str, version: int) -> bool:
    """Return whether this Baton can use a version of a flow."""
    library = standards_cache(house).standards_of(user.workspace_id).library
    return library.at(name, version) is not None


def taken_ways(house: House, user: User, flow: Flow, version: int) -> dict[tuple[str, str], int]:
    """Return how often each way of a flow, from a step to a step, was taken lately.

    Of a version in the last `LATELY`; of a flow that others call, in any of its versions.
    """
    since = house.clock.now() - LATELY
    found = flows.paths_of(user.workspace_id, flow.name, version, since=since)
    if flow.trigger.on is TriggerKind.CALL:
        found = flows.paths_through(user.workspace_id, flow.name, since=since)
    return passages(flow, found)


def compare_draft(user: User, writing: Writing) -> Comparison:
    """Return what a draft changes of the version in force."""
    raw: Mapping[str, Json] = {}
    if writing.newest_version:
        raw = flow_publishing.version_of(user, writing.name, writing.newest_version).document
    return comparison.compare(dict(raw), writing.sketch.raw)


def compare_versions(user: User, name: str, old: int, new: int) -> Comparison:
    """Return what changed between two versions; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    before = flow_publishing.version_of(user, name, old) if old else None
    after = flow_publishing.version_of(user, name, new)
    return comparison.compare(before.document if before else {}, after.document)


def source_of_version(user: User, name: str, version: int) -> str:
    """Return the YAML of a version; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    return flow_drafts.source_of(flow_publishing.version_of(user, name, version))


def _line(
    name: str,
    version: FlowVersion | None,
    draft: FlowDraft | None,
    waiting: int,
    known: Surroundings,
) -> FlowLine:
    if draft is not None:
        sketch = flow_sources.sketch_of(draft.source, name=f"{name}.yaml")
        found = flow_faults.faults_of(sketch, known, name=name)
        flow, faults = sketch.flow, sum(one.is_error for one in found)
    else:
        flow, faults = flow_sources.drawn(version.document) if version else None, 0
    return FlowLine(
        name=name,
        title=(flow.title if flow else "") or name,
        flow=flow,
        version=version.version if version else 0,
        published_at=version.published_at if version else None,
        waiting=waiting,
        has_draft=draft is not None,
        faults=faults,
        is_unusable=version is not None and name not in (known.flows or {}),
    )
