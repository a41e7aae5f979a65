"""The road of one flow in six steps, and what its pilot has to show (PL30, PL13).

Each step is told by what is there, with its figure, and by who answered for it and when: nothing
here is ticked by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from baton.core.kpi_catalogue import measures
from baton.core.rollout import Check, Kind
from baton.reports import touches, verdicts
from baton.reports.verdicts import GateReading
from baton.services.desk import baselines
from baton.services.house import House
from baton.services.pilot import stage_gates
from baton.services.pilot.pilot_board import FlowPilot
from baton.services.workspace import library, reaching
from baton.services.workspace.standards import standards_cache
from baton.store.models import Failure, FlowVersion, Rollout, RolloutMark, User

FEWER_TOUCHES = 0.20  # K13
WITHIN = timedelta(days=60)  # K13
PICKED = 2  # PL13


class Step(StrEnum):
    """A step of the road."""

    PRIORITISE = "prioritise"
    TARGETS = "targets"
    CONNECT = "connect"
    BUILD = "build"
    PILOT = "pilot"
    SCALE = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLine:
    """A step: whether it is done, by what figure, and who last answered for it, "" for nobody."""

    step: Step
    is_done: bool
    told: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessLine:
    """Something that a pilot has to show; `is_met` is None while nobody can say."""

    title: str
    told: str
    is_met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """The steps in order, and what the pilot has to show by a day."""

    steps: tuple[RoadLine, ...]
    success: tuple[SuccessLine, ...]
    due_at: datetime | None


def road_of(house: House, user: User, pilot: FlowPilot) -> Road | None:
    """Return the road of a flow; None where it has no rollout, or is gone."""
    row = pilot.row
    if row is None or pilot.flow is None:
        return None
    began = _served_from(row)
    return Road(
        steps=tuple(_steps(house, user, pilot, row)),
        success=tuple(_success(house, pilot, row, began)),
        due_at=began + WITHIN if began else None,
    )


def _steps(house: House, user: User, pilot: FlowPilot, row: Rollout) -> Iterator[RoadLine]:
    flow = pilot.flow
    assert flow is not None  # noqa: S101 - road_of asked
    often, kept = flow.charter.triage, baselines.current(user.workspace_id, flow.name)
    asked = f"{often.frequency} a week" if often else "how often it is asked is not known"
    yield _answered(user, row, Step.PRIORITISE, (Check.TRIAGE, Check.OWNER), told=asked)
    gates = len(flow.charter.gates)
    told = f"{gates} gate{'s' * (gates != 1)} of its own, {len(kept)} figures kept as the baseline"
    checks = (Check.METRICS, Check.BASELINE, Check.TRIGGERS)
    yield _answered(user, row, Step.TARGETS, checks, told=told, also=bool(gates and kept))
    yield _connected(house, user, flow_needs=library.needs_of(flow))
    yield _built(user, row)
    yield _piloted(pilot, row)
    yield _scaled(user, pilot, row)


def _answered(  # noqa: PLR0913 - a step is told by these
    user: User,
    row: Rollout,
    step: Step,
    checks: tuple[Check, ...],
    *,
    told: str,
    also: bool = True,
) -> RoadLine:
    """Return a step that is done once somebody answered for all that belongs to it."""
    given = [row.checks[one.value] for one in checks if one.value in row.checks]
    last = max(given, key=lambda one: one["at"], default=None)
    return RoadLine(
        step=step,
        is_done=len(given) == len(checks) and also,
        told=told,
        by=_name(user, str(last["by"])) if last else "",
        at=datetime.fromisoformat(last["at"]) if last else None,
    )


def _connected(house: House, user: User, *, flow_needs: library.Needs) -> RoadLine:
    standards = standards_cache(house).standards_of(user.workspace_id)
    missing = [one for one in flow_needs.events if one not in standards.reported]
    wanted = len(flow_needs.events)
    told = f"{wanted - len(missing)} of {wanted} events have come in"
    if missing:
        told += f"; none yet of {', '.join(missing).replace('_', ' ')}"
    return RoadLine(
        step=Step.CONNECT,
        is_done=not missing,
        told=told if wanted else "it needs no event of another system",
    )


def _built(user: User, row: Rollout) -> RoadLine:
    rows = FlowVersion.objects.filter(workspace_id=row.workspace_id, name=row.flow)
    newest = rows.order_by("-version").first()
    is_approved = Check.TEMPLATES.value in row.checks
    words = "its words are answered for" if is_approved else "nobody answered for its words yet"
    return RoadLine(
        step=Step.BUILD,
        is_done=newest is not None and is_approved,
        told=f"version {newest.version if newest else 0} is in force; {words}",
        by=_name(user, newest.published_by) if newest else "",
        at=newest.published_at if newest else None,
    )


def _piloted(pilot: FlowPilot, row: Rollout) -> RoadLine:
    shares = [line for line in pilot.lines if line.stage.kind is Kind.SHARE]
    over = sum(line.is_over for line in shares)
    is_done = row.state == reaching.COMPLETED or (bool(shares) and over == len(shares))
    told = f"{over} of {len(shares)} stages with people are over"
    return RoadLine(step=Step.PILOT, is_done=is_done, told=told)


def _scaled(user: User, pilot: FlowPilot, row: Rollout) -> RoadLine:
    failed = Failure.objects.filter(
        workspace_id=row.workspace_id, flow=row.flow, logged_at__gte=row.began_at
    )
    mended = failed.exclude(fixed_at=None).count()
    is_all = pilot.stage is not None and pilot.stage.kind is Kind.FULL
    moves = RolloutMark.objects.filter(rollout_id=row.id, kind__startswith="moved")
    last = moves.order_by("-id").first()
    return RoadLine(
        step=Step.SCALE,
        is_done=row.state == reaching.COMPLETED or is_all,
        told=f"{row.share:.0%} are served; {mended} of {failed.count()} failures are mended",
        by=_name(user, last.by) if last else "",
        at=last.at if last else None,
    )


def _success(
    house: House, pilot: FlowPilot, row: Rollout, began: datetime | None
) -> Iterator[SuccessLine]:
    flow = pilot.flow
    assert flow is not None  # noqa: S101 - road_of asked
    picked = Rollout.objects.filter(workspace_id=row.workspace_id).values("flow").distinct().count()
    told = f"{picked} flow{'s were' if picked != 1 else ' was'} picked"
    yield SuccessLine(title="Two flows are tried", told=told, is_met=picked >= PICKED)
    held = stage_gates.readings_of(house, row, flow)
    blind = [one.gate.kpi.replace("_", " ") for one in held if one.reading is None]
    told = f"nobody measures {', '.join(blind)}" if blind else f"all {len(held)} gates are measured"
    yield SuccessLine(title="It is measured to the end", told=told, is_met=not blind)
    yield _touched(house, row, began)
    yield _of_gate("The business metric rose", held, flow.charter.metric)
    fallen = next((one for one in held if one.gate.kpi == "csat_change"), None)
    title = f"CSAT fell by no more than {verdicts.MOST_CSAT_FALL:.0f} points of 100"
    is_known = fallen is not None and fallen.value is not None
    yield SuccessLine(
        title=title,
        told=f"{fallen.value:+.1f} points" if fallen and is_known else "nobody can say yet",
        is_met=fallen.value >= -verdicts.MOST_CSAT_FALL
        if fallen and fallen.value is not None
        else None,
    )


def _touched(house: House, row: Rollout, began: datetime | None) -> SuccessLine:
    title = f"People touch matters at least {FEWER_TOUCHES:.0%} less"
    if began is None:
        return SuccessLine(title=title, told="nobody was served yet", is_met=None)
    now = house.clock.now()
    span = min(now - began, WITHIN)
    before = touches.touches_of(row.workspace_id, since=began - span, until=began)
    after = touches.touches_of(row.workspace_id, since=now - span, until=now)
    less = touches.reduction(before, after)
    if less is None:
        return SuccessLine(title=title, told="no matters to hold against each other", is_met=None)
    told = f"{less:.0%} less in {span.days} days than in as many before"
    return SuccessLine(title=title, told=told, is_met=less >= FEWER_TOUCHES)


def _of_gate(title: str, held: tuple[GateReading, ...], metric: str) -> SuccessLine:
    """Return whether the gate on the business metric, as it is or as it moved, holds by value."""
    kpi = measures.kpis_behind([metric])
    own = next((one for one in held if measures.kpis_behind([one.gate.kpi]) == kpi), None)
    if own is None or own.value is None:
        return SuccessLine(title=title, told="nobody can say yet", is_met=None)
    return SuccessLine(title=title, told=stage_gates.told(own), is_met=own.is_within)


def _served_from(row: Rollout) -> datetime | None:
    marks = RolloutMark.objects.filter(rollout_id=row.id, share__gt=0).order_by("id")
    return marks.values_list("at", flat=True).first()


def _name(user: User, by: str) -> str:
    found = User.objects.filter(workspace_id=user.workspace_id, id=by.removeprefix("user:")).first()
    return found.name if found else "Baton"
