"""A look back on a rollout: the plan and how it went, what changed, what was learned (RP12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from baton.core import kpis as core
from baton.core.errors import Conflict, NotFound
from baton.core.failures import Group
from baton.core.kpi_catalogue import measures
from baton.core.roles import Action
from baton.core.rollout import Kind, Stage
from baton.flows.document import Flow
from baton.reports import changes, verdicts
from baton.reports.changes import Change
from baton.reports.kpis import KpiReading, kpis_of
from baton.reports.of_flow import kpis_of_flow
from baton.reports.slices import Slice
from baton.reports.verdicts import Judged
from baton.services import inbox
from baton.services.desk import baselines, kpi_board
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.pilot import pilot_board, rollouts, stage_costs
from baton.services.pilot.pilot_board import FlowPilot, StageLine
from baton.services.pilot.stage_costs import StageCosts
from baton.services.reading import failure_board
from baton.services.workspace import review_reminders
from baton.services.workspace.standards import standards_cache
from baton.store.models import Failure, FlowPause, Rollout, RolloutMark, User

_TOLD = (
    "containment",
    "automated_resolution",
    "escalation_rate",
    "recontact_72h",
    "csat",
    "csat_after_handoff",
    "people_contacts",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTook:
    """A stage as it was planned and as it was; `took` is None for one that was not reached."""

    stage: Stage
    planned: timedelta
    took: timedelta | None
    is_despite: bool

    @property
    def is_late(self) -> bool:
        """Whether it took longer than planned by a day or more."""
        return self.took is not None and self.took >= self.planned + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A pause, or the flow taken back; `lasted` is None while it lasts."""

    kind: str
    at: datetime
    reason: str
    lasted: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """Failures of the flow since the rollout began; `in_time` were mended within their week."""

    logged: int
    mended: int
    in_time: int
    causes: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrospective:
    """A rollout, looked back on; `served_from` is None while nobody was served yet.

    `readings` are of what was served since, each with its change from the baseline, or None.
    """

    pilot: FlowPilot
    began_at: datetime
    day: int
    due_at: datetime
    is_due: bool
    stages: tuple[StageTook, ...]
    incidents: tuple[Incident, ...]
    served_from: datetime | None
    readings: tuple[tuple[KpiReading, Change | None], ...]
    judged: Judged | None
    costs: StageCosts
    mending: Mending
    learned: RolloutMark | None


def look_back(house: House, user: User, flow: str) -> Retrospective:
    """Return the look back on a flow's newest rollout; raises NotFound, Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    pilot = pilot_board.open_flow(house, user, flow)
    if pilot.row is None:
        raise NotFound("rollout", flow)
    kpi_board.caught_up(house, user.workspace_id)
    row, now = pilot.row, house.clock.now()
    marks = list(RolloutMark.objects.filter(rollout_id=row.id).order_by("id"))
    served = _served_from(pilot, marks)
    counted = _counted(house, row, pilot.flow, served) if served else ((), None)
    return Retrospective(
        pilot=pilot,
        began_at=row.began_at,
        day=(now - row.began_at).days,
        due_at=row.began_at + review_reminders.RETROSPECTIVE,
        is_due=now >= row.began_at + review_reminders.RETROSPECTIVE,
        stages=tuple(_stages(pilot.lines, marks, row.ended_at or now)),
        incidents=tuple(_incidents(row, marks)),
        served_from=served,
        readings=counted[0],
        judged=counted[1],
        costs=stage_costs.costs_of(house, row, pilot.lines),
        mending=_mending(row),
        learned=next((m for m in reversed(marks) if m.kind == review_reminders.LOOKED_BACK), None),
    )


def conclude(house: House, user: User, flow: str, *, words: str) -> None:
    """Write down what was learned, on the time line; raises as `look_back`, InvalidInput."""
    inbox.require(user, Action.RUN_PILOT)
    words = rollouts.checked_reason(house, user, words)
    with house.engine.transaction():
        rows = Rollout.objects.select_for_update().filter(workspace_id=user.workspace_id, flow=flow)
        row = rows.order_by("-id").first()
        if row is None:
            raise NotFound("rollout", flow)
        kind = review_reminders.LOOKED_BACK
        if RolloutMark.objects.filter(rollout_id=row.id, kind=kind, reason=words).exists():
            message = "This stands there already."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        rollouts.mark(ledger, row, kind, by=f"user:{user.id}", reason=words)
        ledger.flush()


def _served_from(pilot: FlowPilot, marks: Sequence[RolloutMark]) -> datetime | None:
    if pilot.plan is None:
        return None
    serving = {one.name for one in pilot.plan.stages if one.kind in (Kind.SHARE, Kind.FULL)}
    begun = (one.at for one in marks if one.kind.startswith("moved") and one.stage in serving)
    return next(begun, None)


def _stages(
    lines: Sequence[StageLine], marks: Sequence[RolloutMark], until: datetime
) -> Iterator[StageTook]:
    despite = {one.stage for one in marks if one.kind == "moved_despite"}
    for line in lines:
        ends = until if line.is_now else line.ends
        is_reached = line.is_over or line.is_now
        yield StageTook(
            stage=line.stage,
            planned=line.stage.lasts,
            took=max(ends - line.begins, timedelta(0)) if is_reached else None,
            is_despite=line.stage.name in despite,
        )


def _incidents(row: Rollout, marks: Sequence[RolloutMark]) -> Iterator[Incident]:
    pauses = FlowPause.objects.filter(
        workspace_id=row.workspace_id, flow=row.flow, paused_at__gte=row.began_at
    )
    found = [
        Incident(
            kind="paused",
            at=one.paused_at,
            reason=one.reason,
            lasted=one.resumed_at - one.paused_at if one.resumed_at else None,
        )
        for one in pauses
    ]
    found += [
        Incident(kind=one.kind, at=one.at, reason=one.reason, lasted=None)
        for one in marks
        if one.kind in ("rolled_back", "stopped")
    ]
    yield from sorted(found, key=lambda one: one.at)


def _counted(
    house: House, row: Rollout, flow: Flow | None, served_from: datetime
) -> tuple[tuple[tuple[KpiReading, Change | None], ...], Judged]:
    now = house.clock.now()
    limits = core.limits_of(standards_cache(house).standards_of(row.workspace_id).policy, now)
    looked_at = Slice(
        workspace_id=row.workspace_id,
        since=served_from,
        until=(row.ended_at if row.state != "completed" else None) or now + timedelta(seconds=1),
    )
    gates = flow.charter.gates if flow else ()
    names = {*_TOLD, *verdicts.NAMES, *measures.kpis_behind(gate.kpi for gate in gates)}
    if flow is None:  # it is gone from the library: what is known is told by its name
        found = kpis_of(replace(looked_at, only={"flow": row.flow}), limits, sorted(names))
    else:
        found = kpis_of_flow(flow, looked_at, limits, sorted(names))
    kept = baselines.current(row.workspace_id, row.flow)
    changed = changes.changes_of(found, kept)
    held = tuple(verdicts.hold(one, found, changed) for one in gates)
    nothing = kpis_of(_nothing(looked_at, served_from), limits, verdicts.NAMES)
    judged = verdicts.judge(found, {**nothing, **kept}, held)
    shown = tuple((found[name], changed.get(name)) for name in _TOLD if found[name].among)
    return shown, judged


def _nothing(looked_at: Slice, moment: datetime) -> Slice:
    """Return a slice without a row: what KPIs are held against where no baseline was kept."""
    return Slice(
        workspace_id=looked_at.workspace_id, since=moment, until=moment, only=looked_at.only
    )


def _mending(row: Rollout) -> Mending:
    rows = Failure.objects.filter(
        workspace_id=row.workspace_id, flow=row.flow, logged_at__gte=row.began_at
    )
    told = list(rows.values_list("due_at", "fixed_at"))
    causes = failure_board.causes_of(row.workspace_id, since=row.began_at)
    return Mending(
        logged=len(told),
        mended=sum(fixed is not None for _due, fixed in told),
        in_time=sum(fixed is not None and fixed <= due for due, fixed in told),
        causes=tuple(one for one in causes if one.flow == row.flow),
    )
