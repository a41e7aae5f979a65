"""The pilot board: every flow where its rollout stands, and one flow's whole way (PL2, PL8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from baton.core import rollout
from baton.core.errors import NotFound
from baton.core.roles import Action
from baton.core.rollout import Bounds, Check, Kind, Plan, Stage
from baton.flows.document import Flow
from baton.flows.trigger import TriggerKind
from baton.services import inbox
from baton.services.flows import flow_pauses, flow_places
from baton.services.flows.flow_pauses import Pause
from baton.services.house import House
from baton.services.knowledge import knowledge
from baton.services.pilot import next_steps, rollouts, stage_gates, taking_back
from baton.services.pilot.stage_gates import GateLine
from baton.services.pilot.taking_back import Preview
from baton.services.workspace import authority, reaching
from baton.services.workspace.standards import standards_cache
from baton.store.models import FlowPause, Rollout, RolloutMark, User
from baton.store.queries import flows


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowInPilot:
    """A flow of the board; `stage` is None where it was never rolled out, or serves everybody."""

    name: str
    title: str
    state: str
    stage: Stage | None
    plan: Plan | None
    share: float
    since: datetime | None
    is_paused: bool
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All flows; `unproven` of them are on their way at a time, which may be too many."""

    flows: tuple[FlowInPilot, ...]
    unproven: int

    @property
    def is_many(self) -> bool:
        """Whether more flows are unproven than can be watched well (X11)."""
        return self.unproven > rollout.MANY_FLOWS


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """A stage of the plan: over, running or to come; the days are as planned, or as they were."""

    stage: Stage
    is_over: bool
    is_now: bool
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """Something to answer for; `stage` is the first that needs it."""

    check: Check
    stage: Stage
    words: str
    by: str
    may_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A mark of the time line, in who, when, why and what the gates said then."""

    kind: str
    at: datetime
    by: str
    reason: str
    stage: str
    share: float
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPilot:
    """One flow's rollout, as its page shows it; `behind` are titles of flows it stands in for."""

    name: str
    title: str
    behind: tuple[str, ...]
    flow: Flow | None
    row: Rollout | None
    plan: Plan | None
    stage: Stage | None
    following: Stage | None
    lines: tuple[StageLine, ...]
    gates: tuple[GateLine, ...]
    checks: tuple[CheckLine, ...]
    happenings: tuple[Happening, ...]
    pause: Pause | None
    preview: Preview | None
    next_step: str
    may_run: bool
    may_roll_back: bool
    bounds: Bounds

    @property
    def is_off(self) -> bool:
        """Whether the flow was taken back or stopped, and starts nothing."""
        return self.row is not None and self.row.state in (reaching.ROLLED_BACK, reaching.STOPPED)

    @property
    def is_running(self) -> bool:
        """Whether its rollout is under way."""
        return self.row is not None and self.row.state == reaching.RUNNING

    @property
    def is_shadow(self) -> bool:
        """Whether there may be drafts of it to look at."""
        return self.plan is not None and any(o.kind is Kind.SHADOW for o in self.plan.stages)


def show(house: House, user: User) -> Board:
    """Return every flow with its rollout; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    library = standards_cache(house).standards_of(user.workspace_id).library
    rows, paused = flows.rollouts_of(user.workspace_id), flows.paused_flows(user.workspace_id)
    lines = [
        _line(house, library.flows[name, version], rows.get(name), is_paused=name in paused)
        for name, version in library.live.items()
        if library.flows[name, version].trigger.on is not TriggerKind.CALL
    ]
    unproven = sum(one.stage is not None and one.stage.kind is Kind.SHARE for one in lines)
    ranked = sorted(lines, key=lambda one: (one.stage is None, one.title.casefold(), one.name))
    return Board(flows=tuple(ranked), unproven=unproven)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A rollout that runs, with its flow's title."""

    flow: str
    title: str
    began_at: datetime


def running(house: House, user: User) -> tuple[Running, ...]:
    """Return the rollouts that run, the oldest first; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    library = standards_cache(house).standards_of(user.workspace_id).library
    rows = Rollout.objects.filter(workspace_id=user.workspace_id, ended_at=None)
    found = []
    for row in rows.order_by("began_at", "id"):
        flow = library.at(row.flow, library.live.get(row.flow, 0))
        title = flow.title if flow else row.flow
        found.append(Running(flow=row.flow, title=title, began_at=row.began_at))
    return tuple(found)


def open_flow(house: House, user: User, name: str) -> FlowPilot:
    """Return one flow's rollout, running or the last; raises Forbidden for a role, NotFound."""
    inbox.require(user, Action.READ_REPORTS)
    library = standards_cache(house).standards_of(user.workspace_id).library
    flow = library.at(name, library.live.get(name, 0))
    row = flows.rollouts_of(user.workspace_id).get(name)
    if flow is None and row is None:
        raise NotFound("flow", name)
    pause = flow_pauses.pauses_of(user).get(name)
    plan = rollout.PLANS.get(row.plan) if row else None
    is_running = row is not None and row.state == reaching.RUNNING
    stage = plan.at(row.stage) if plan and row else None
    gates = stage_gates.lines_of(house, row, flow) if row and is_running and flow else ()
    following = plan.after(row.stage) if plan and row and is_running else None
    return FlowPilot(
        name=name,
        title=flow.title if flow else name,
        behind=tuple(one.title for one in flow_places.places_of(house, user, flow, name).behind),
        flow=flow,
        row=row,
        plan=plan,
        stage=stage,
        following=following,
        lines=_stage_lines(house, row, plan) if row and plan else (),
        gates=gates,
        checks=tuple(_checks(user, row, plan)) if row and plan and is_running else (),
        happenings=_happenings(user, name),
        pause=pause,
        preview=taking_back.preview(house, user, name) if flow else None,
        next_step=next_steps.told(row, plan, following, gates, is_paused=pause is not None),
        may_run=inbox.may(user, Action.RUN_PILOT),
        may_roll_back=authority.may_roll_back(user),
        bounds=reaching.bounds_of(row.bounds) if row else Bounds(),
    )


def _line(house: House, flow: Flow, row: Rollout | None, *, is_paused: bool) -> FlowInPilot:
    plan = rollout.PLANS.get(row.plan) if row else None
    is_running = row is not None and plan is not None and row.state == reaching.RUNNING
    stage = plan.at(row.stage) if row and plan and is_running else None
    gates = stage_gates.lines_of(house, row, flow) if row and stage else ()
    following = plan.after(stage.name) if plan and stage else None
    return FlowInPilot(
        name=flow.name,
        title=flow.title,
        state=row.state if row else "",
        stage=stage,
        plan=plan,
        share=row.share if row else 1.0,
        since=(row.stage_at if is_running else row.ended_at) if row else None,
        is_paused=is_paused,
        next_step=next_steps.told(row, plan, following, gates, is_paused=is_paused),
    )


def _stage_lines(house: House, row: Rollout, plan: Plan) -> tuple[StageLine, ...]:
    """Return the plan as it ran so far, and as it goes on from now."""
    began = _begins(row)
    now, lines, at = house.clock.now(), [], row.began_at
    current = plan.stages.index(plan.at(row.stage))
    for place, stage in enumerate(plan.stages):
        begins = began.get(stage.name, at) if place <= current else at
        ends = begins + stage.lasts
        if place < current:
            ends = began.get(plan.stages[place + 1].name, ends)
        elif place == current and row.state == reaching.RUNNING:
            ends = max(ends, now)
        lines.append(
            StageLine(
                stage=stage,
                is_over=place < current,
                is_now=place == current,
                begins=begins,
                ends=ends,
            )
        )
        at = ends
    return tuple(lines)


def _begins(row: Rollout) -> Mapping[str, datetime]:
    """Return when each stage that was reached began last."""
    marks = RolloutMark.objects.filter(
        rollout_id=row.id, kind__in=("begun", "moved", "moved_despite", "taken_up")
    )
    return dict(marks.order_by("id").values_list("stage", "at"))


def _checks(user: User, row: Rollout, plan: Plan) -> Iterator[CheckLine]:
    people = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    seen: set[Check] = set()
    following = plan.after(row.stage)
    left = rollouts.left_for(row, plan, following) if following else ()
    anew = {check for check in left if following and check in following.renews}
    for stage in plan.stages:
        for check in (*stage.needs, *stage.renews):
            if check in seen or (check in anew and stage != following):
                continue
            seen.add(check)
            given = {} if check in anew else row.checks.get(check.value, {})
            by = str(given.get("by", "")).removeprefix("user:")
            needed = rollouts.ANSWERERS.get(check, Action.RUN_PILOT)
            yield CheckLine(
                check=check,
                stage=stage,
                words=str(given.get("words", "")),
                by=people.get(by, ""),
                may_answer=inbox.may(user, needed),
            )


def _happenings(user: User, name: str) -> tuple[Happening, ...]:
    """Return what happened to a flow's rollouts and by its pauses, the newest first."""
    ids = Rollout.objects.filter(workspace_id=user.workspace_id, flow=name).values("id")
    marks = list(RolloutMark.objects.filter(rollout_id__in=ids).order_by("-id")[:_MOST])
    pauses = list(
        FlowPause.objects.filter(workspace_id=user.workspace_id, flow=name).order_by("-id")[:_MOST]
    )
    actors = [mark.by for mark in marks]
    actors += [by for one in pauses for by in (one.paused_by, one.resumed_by)]
    names = knowledge.names_of(by.removeprefix("user:") for by in actors)

    def named(by: str) -> str:
        return names.get(by.removeprefix("user:"), "Baton")

    found = [
        Happening(
            kind=mark.kind,
            at=mark.at,
            by=named(mark.by),
            reason=mark.reason,
            stage=mark.stage,
            share=mark.share,
            told=tuple(mark.told),
        )
        for mark in marks
    ]
    for one in pauses:
        found.append(_stop("paused", one.paused_at, named(one.paused_by), one.reason))
        if one.resumed_at:
            by = named(one.resumed_by)
            found.append(_stop("resumed", one.resumed_at, by, one.resume_reason))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:_MOST])


_MOST = 100


def _stop(kind: str, at: datetime, by: str, reason: str) -> Happening:
    return Happening(kind=kind, at=at, by=by, reason=reason, stage="", share=0.0)
