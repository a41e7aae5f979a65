"""Where runs wait, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Case, Count, Max, Q, Value, When

from baton.store import sql
from baton.store.models import (
    Contact,
    Conversation,
    FlowPause,
    FlowVersion,
    HeldFact,
    ReportedEvent,
    Rollout,
    Run,
    RuntimeEvent,
    RuntimeTimer,
    Turn,
)


def waiting_in(workspace_id: str, flow: str = "") -> dict[tuple[str, int, str], int]:
    """Return how many runs wait, by the (flow, version, step) that they wait in.

    A run that goes through another flow right now waits in that one; "" means every flow.
    """
    rows = Run.objects.filter(workspace_id=workspace_id, status="waiting")
    if flow:
        rows = rows.filter(_waits_in(flow))
    counted = rows.values_list("flow", "version", "step", "inside", "inside_version")
    found: dict[tuple[str, int, str], int] = {}
    for name, version, step, inside, inside_version, count in counted.annotate(Count("id")):
        place = (inside, inside_version, step) if inside else (name, version, step)
        found[place] = found.get(place, 0) + count
    return found


def _waits_in(flow: str, version: int | None = None) -> Q:
    own, inside = Q(flow=flow, inside=""), Q(inside=flow)
    if version is not None:
        own, inside = own & Q(version=version), inside & Q(inside_version=version)
    return own | inside


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsWanted:
    """Which waiting runs of a flow are looked for; `about` is a run's or a contact's id.

    With `locations` those of contacts of these alone, and of contacts of no one place.
    """

    workspace_id: str
    flow: str
    version: int | None = None
    step: str = ""
    about: str = ""
    locations: Sequence[str] = ()


def runs_in(wanted: RunsWanted, *, before: str, limit: int) -> list[tuple[str, str]]:
    """Return runs that wait in a flow, and its own that go through another, with their contacts.

    The last begun come first, from behind the run `before`.
    """
    flow, version = wanted.flow, wanted.version
    place = Q(flow=flow) | Q(inside=flow) if version is None else _waits_in(flow, version)
    rows = Run.objects.filter(place, workspace_id=wanted.workspace_id, status="waiting")
    if wanted.step:
        rows = rows.filter(step=wanted.step)
    if wanted.about:
        rows = rows.filter(Q(id=wanted.about) | Q(contact_id=wanted.about))
    if wanted.locations:
        met = Contact.objects.filter(
            workspace_id=wanted.workspace_id, location_id__in=["", *wanted.locations]
        )
        rows = rows.filter(contact_id__in=met.values("id"))
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id").values_list("id", "contact_id")[:limit])


def runs_of(run_ids: Sequence[str]) -> list[Run]:
    """Return runs by their ids, the last begun first."""
    return list(Run.objects.filter(id__in=run_ids).order_by("-id"))


def newest_versions(workspace_id: str) -> dict[str, int]:
    """Return the version in force of every published flow, by name."""
    rows = FlowVersion.objects.filter(workspace_id=workspace_id).values_list("name")
    return dict(rows.annotate(newest=Max("version")).order_by("name"))


def paths_of(workspace_id: str, flow: str, version: int, *, since: datetime) -> dict[str, int]:
    """Return how often turns in a version of a flow went which way, by `Turn.path`."""
    rows = Turn.objects.filter(workspace_id=workspace_id, flow=flow, version=version, at__gte=since)
    found = rows.exclude(path="").values_list("path").annotate(count=Count("id"))
    return dict(found.order_by())


def paths_through(workspace_id: str, flow: str, *, since: datetime) -> dict[str, int]:
    """Return how often turns of other flows went through this one, by its own steps alone."""
    rows = Turn.objects.filter(workspace_id=workspace_id, at__gte=since).exclude(flow="")
    through = rows.filter(path__contains=f"{flow}.").values_list("path").annotate(count=Count("id"))
    found: dict[str, int] = {}
    for path, count in through.order_by():
        steps = (step.removeprefix(f"{flow}.") for step in path.split() if f"{flow}." in step)
        inside = " ".join(steps)
        found[inside] = found.get(inside, 0) + count
    return found


def waiting_runs(workspace_id: str, flow: str, *, after: str, limit: int) -> list[tuple[str, str]]:
    """Return some runs of a flow that wait, each with its conversation, in order of ids."""
    rows = Run.objects.filter(workspace_id=workspace_id, flow=flow, status="waiting", id__gt=after)
    return list(rows.order_by("id").values_list("id", "conversation_id")[:limit])


def runs_waiting_in(
    workspace_id: str, flow: str, version: int, *, after: str, limit: int
) -> list[tuple[str, str]]:
    """Return some runs that wait in a version of a flow, their own or one that they go through."""
    rows = Run.objects.filter(
        _waits_in(flow, version), workspace_id=workspace_id, status="waiting", id__gt=after
    )
    return list(rows.order_by("id").values_list("id", "conversation_id")[:limit])


def lanes_of(conversation_ids: Sequence[str]) -> dict[str, str]:
    """Return the lane of each conversation."""
    rows = Conversation.objects.filter(id__in=set(conversation_ids))
    return dict(rows.values_list("id", "lane"))


def wakes_at(workspace_id: str, run_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when the timer of each run that has one will wake it."""
    keys = [f"run:{run_id}" for run_id in run_ids]
    rows = RuntimeTimer.objects.filter(workspace_id=workspace_id, key__in=keys)
    return {key.removeprefix("run:"): due for key, due in rows.values_list("key", "due_at")}


def busy_lanes(workspace_id: str, lanes: Sequence[str]) -> set[str]:
    """Return the lanes in which a fact waits to be dealt with."""
    rows = RuntimeEvent.objects.filter(
        workspace_id=workspace_id, lane__in=set(lanes), state="pending"
    )
    return set(rows.values_list("lane", flat=True).distinct())


def paused_flows(workspace_id: str) -> frozenset[str]:
    """Return the flows that are paused."""
    rows = FlowPause.objects.filter(workspace_id=workspace_id, resumed_at=None)
    return frozenset(rows.values_list("flow", flat=True))


def rollouts_of(workspace_id: str) -> dict[str, Rollout]:
    """Return the newest rollout of each flow that has one, by name."""
    rows = Rollout.objects.filter(workspace_id=workspace_id).order_by("id")
    return {row.flow: row for row in rows}


def keep_paused(workspace_id: str, flow: str) -> bool:
    """Return whether a flow is paused, and keep it from being resumed until the commit.

    Any number of decisions may do so beside each other; whoever resumes waits for them.
    """
    # SQLite has one writer at a time, and knows no shared lock.
    shared = "" if connection.vendor == "sqlite" else " FOR SHARE"
    return bool(sql.select(_PAUSE + shared, [workspace_id, flow]))


_PAUSE = """
SELECT id FROM store_flowpause WHERE workspace_id = %s AND flow = %s AND resumed_at IS NULL"""


def held_facts(workspace_id: str, flow: str, *, limit: int) -> list[HeldFact]:
    """Return what is held of a flow: what happened first, then what fell due."""
    rows = HeldFact.objects.filter(workspace_id=workspace_id, flow=flow)
    is_time = Case(When(kind="silence_passed", then=Value(1)), default=Value(0))
    return list(rows.order_by(is_time, "id")[:limit])


def reported_events(workspace_id: str) -> frozenset[str]:
    """Return the names of the events that were ever reported."""
    rows = ReportedEvent.objects.filter(workspace_id=workspace_id)
    return frozenset(rows.values_list("name", flat=True))
