"""Rollouts as people lead them: begun, answered for, moved on, set back, ended (PL1, PL8, X12).

Every move leaves a mark on the time line with who, when, why and what the gates said then, and
an entry in the audit trail. Forward goes one stage at a time, once all that the stage needs is
answered for and the gates hold; whoever decides on rollbacks may move on in spite of a gate,
and says why. Backward is always open: it is the safe direction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from baton.core import privacy, rollout
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.roles import Action
from baton.core.rollout import Bounds, Check, Kind, Plan, Stage
from baton.flows import conditions
from baton.flows.document import Flow
from baton.services import inbox
from baton.services.conversation import runs
from baton.services.desk import compliance
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.pilot import stage_gates
from baton.services.workspace import authority, editions, monthly_audit, reaching
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, Rollout, RolloutMark, Run, User

MAX_REASON = 300
ANSWERERS: Mapping[Check, Action] = {
    Check.COMPLIANCE: Action.READ_AUDIT,
    Check.TEMPLATES: Action.APPROVE_COPY,
}
"""Who may answer for what else than whoever runs the pilot may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a rollout is to go; no share takes the stage's own. `despite` its gates is told why."""

    stage: str
    share: float | None = None
    reason: str
    is_despite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a rollout begins with."""

    plan: str
    reason: str
    bounds: Bounds = field(default_factory=Bounds)


def begin(house: House, user: User, flow: str, given: Beginning) -> Rollout:
    """Begin a rollout at its plan's first stage; a stage of drafts takes the flow out of use.

    One that runs a plan which cannot scale is completed by it, and so is a pilot whose gates
    hold by the plan that follows it. Raises Forbidden for a role, NotFound for a flow that was
    never published, InvalidInput, Conflict where one runs, or where none was proven that the
    plan could follow.
    """
    inbox.require(user, Action.RUN_PILOT)
    plan, reason = rollout.plan_of(given.plan), checked_reason(house, user, given.reason)
    _check_bounds(given.bounds)
    document = flow_of(house, user, flow)
    if plan.follows:
        _require_proven(house, user, document, plan)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        ledger = Ledger(house, house.clock.now())
        running = find(user.workspace_id, flow)
        last = running or _last_of(user.workspace_id, flow)
        is_on = running is not None and rollout.plan_of(running.plan).may_scale
        if is_on and not plan.follows:
            raise Conflict("A rollout of this flow is running already.")
        if running is not None:
            _end(ledger, user, running, reaching.COMPLETED, reason)
        checks = last.checks if last and (running or plan.follows) else {}
        first = plan.stages[0]
        row = Rollout.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            flow=flow,
            plan=plan.name,
            stage=first.name,
            share=first.share,
            bounds=reaching.render_bounds(given.bounds),
            checks=dict(checks),
            owner_id=user.id,
            state=reaching.RUNNING,
            began_at=ledger.now,
            stage_at=ledger.now,
        )
        mark(ledger, row, "begun", by=f"user:{user.id}", reason=reason)
        ledger.flush()
        editions.count_up(user.workspace_id)
    return row


def take_up(house: House, user: User, flow: str, reason: str) -> Rollout:
    """Serve people again after a rollback: what was answered for holds, the share is the least.

    It begins at the first stage that serves a share. Raises Forbidden for who does not decide
    on rollbacks, NotFound, InvalidInput, Conflict where the flow is not off.
    """
    authority.require_roll_back(user)
    reason = checked_reason(house, user, reason)
    flow_of(house, user, flow)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        ledger = Ledger(house, house.clock.now())
        last = _last_of(user.workspace_id, flow)
        if last is None or last.state not in (reaching.ROLLED_BACK, reaching.STOPPED):
            raise Conflict("This flow is not off.")
        plan = rollout.plan_of(last.plan)
        stage = next(one for one in plan.stages if one.kind is Kind.SHARE)
        row = Rollout.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            flow=flow,
            plan=plan.name,
            stage=stage.name,
            share=stage.least,
            bounds=last.bounds,
            checks=last.checks,
            owner_id=last.owner_id,
            state=reaching.RUNNING,
            began_at=ledger.now,
            stage_at=ledger.now,
        )
        mark(ledger, row, "taken_up", by=f"user:{user.id}", reason=reason)
        ledger.flush()
        editions.count_up(user.workspace_id)
    return row


def answer(house: House, user: User, flow: str, check: Check, words: str) -> None:
    """Answer for something a stage needs, in one's own words; again, to say it anew.

    Compliance is answered for by a run of its check-list as well as by a person's word.
    Raises Forbidden for a role, InvalidInput without words, NotFound without a rollout, and
    Conflict where the check-list finds something that fails.
    """
    inbox.require(user, ANSWERERS.get(check, Action.RUN_PILOT))
    words = checked_reason(house, user, words)
    if check is Check.COMPLIANCE:
        compliance.run(house, user.workspace_id, f"user:{user.id}")
        _require_compliance(user.workspace_id)
    if check is Check.MONTH_AUDITED:
        _require_audit(running_of(user.workspace_id, flow))
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row = held(user.workspace_id, flow)
        by = f"user:{user.id}"
        row.checks = {
            **row.checks,
            check.value: {"by": by, "at": ledger.now.isoformat(), "words": words},
        }
        row.save(update_fields=["checks"])
        mark(ledger, row, "answered", by=by, reason=words, what=check.value)
        ledger.flush()


def move(house: House, user: User, flow: str, wanted: Move) -> None:
    """Move a rollout to a stage, or set the share of the one that it is in.

    Raises Forbidden for a role, InvalidInput, NotFound, and Conflict for a stage that may not
    begin yet, with what keeps it.
    """
    inbox.require(user, Action.RUN_PILOT)
    reason = checked_reason(house, user, wanted.reason)
    row = running_of(user.workspace_id, flow)
    plan = rollout.plan_of(row.plan)
    stage = plan.at(wanted.stage)
    share = rollout.checked_share(stage, stage.share if wanted.share is None else wanted.share)
    is_on = stage not in (*plan.before(row.stage), plan.at(row.stage))
    lines = stage_gates.lines_of(house, row, flow_of(house, user, flow)) if is_on else ()
    if is_on:
        _require_open(user, row, plan, stage, lines, is_despite=wanted.is_despite)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        ledger = Ledger(house, house.clock.now())
        row = held(user.workspace_id, flow, stage=row.stage)
        is_other = row.stage != stage.name
        row.stage, row.share = stage.name, share
        row.stage_at = ledger.now if is_other else row.stage_at
        row.save(update_fields=["stage", "share", "stage_at"])
        kind = "moved" if is_other else "share_set"
        if not all(one.is_met for one in lines):
            kind = "moved_despite"
        told = [f"{'met' if one.is_met else 'not met'}: {one.text}" for one in lines]
        mark(ledger, row, kind, by=f"user:{user.id}", reason=reason, told=told)
        ledger.flush()
        editions.count_up(user.workspace_id)


def complete(house: House, user: User, flow: str, *, reason: str, goes_on: bool) -> None:
    """End a rollout: the flow serves everybody from now on, or nobody where it is stopped.

    Only what serves nobody is stopped so: who is in a flow, at an earlier stage too, is cared for
    by taking it back, which operations decide on (X38). Raises Forbidden for a role, InvalidInput,
    Conflict where the last stage is not reached, or where people are in it that it would leave.
    """
    inbox.require(user, Action.RUN_PILOT)
    reason = checked_reason(house, user, reason)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        row = held(user.workspace_id, flow)
        plan = rollout.plan_of(row.plan)
        if goes_on and plan.at(row.stage).kind is not Kind.FULL:
            message = (
                "It serves everybody first: move it to its last stage, or begin a longer plan."
            )
            raise Conflict(message)
        if not goes_on and plan.at(row.stage).kind in (Kind.SHARE, Kind.FULL):
            raise Conflict("It serves people: roll it back, which says what becomes of them.")
        if not goes_on and (inside := people_inside(user.workspace_id, flow)):
            who = "One person is" if inside == 1 else f"{inside} people are"
            raise Conflict(f"{who} still in it: roll it back, which says what becomes of them.")
        ledger = Ledger(house, house.clock.now())
        state = reaching.COMPLETED if goes_on else reaching.STOPPED
        _end(ledger, user, row, state, reason)
        ledger.flush()
        editions.count_up(user.workspace_id)


def people_inside(workspace_id: str, flow: str) -> int:
    """Return how many a flow has asked something, or keeps waiting: runs in shadow are nobody."""
    return Run.objects.filter(
        workspace_id=workspace_id, flow=flow, status=runs.WAITING, is_shadow=False
    ).count()


def _end(ledger: Ledger, user: User, row: Rollout, state: str, reason: str) -> None:
    row.state, row.ended_at = state, ledger.now
    row.save(update_fields=["state", "ended_at"])
    mark(ledger, row, state, by=f"user:{user.id}", reason=reason)


def _require_open(  # noqa: PLR0913 - who moves what where, by what
    user: User,
    row: Rollout,
    plan: Plan,
    stage: Stage,
    lines: "tuple[stage_gates.GateLine, ...]",
    *,
    is_despite: bool,
) -> None:
    if plan.after(row.stage) != stage:
        raise Conflict("One stage after the other: none is left out.")
    _require_compliance(row.workspace_id)
    if left := left_for(row, plan, stage):
        told = ", ".join(one.value.replace("_", " ") for one in left)
        message = f"Answer for {told} first: {stage.title} begins with that."
        raise Conflict(message)
    unmet = [one for one in lines if not one.is_met]
    if unmet and is_despite:
        authority.require_roll_back(user)
    elif unmet:
        message = f"Not yet: {'; '.join(one.text for one in unmet)}."
        raise Conflict(message)


def left_for(row: Rollout, plan: Plan, stage: Stage) -> tuple[Check, ...]:
    """Return what is still to be answered for before a rollout goes on to a stage."""
    known = row.checks
    left = [check for check in plan.needed_for(stage.name) if check.value not in known]
    stale = (
        check
        for check in stage.renews
        if check.value not in known
        or datetime.fromisoformat(known[check.value]["at"]) <= row.stage_at
    )
    return tuple(dict.fromkeys((*left, *stale)))


def _require_proven(house: House, user: User, flow: Flow, wanted: Plan) -> None:
    """Raise Conflict unless a pilot of a flow stands before everybody, with all that it takes."""
    row = find(user.workspace_id, flow.name)
    if row is None:
        last = _last_of(user.workspace_id, flow.name)
        needed = wanted.needed_for(wanted.stages[0].name)
        is_proven = last is not None and last.state == reaching.COMPLETED
        if last is not None and is_proven and all(one.value in last.checks for one in needed):
            return
        raise Conflict("This plan follows a pilot whose gates held. Begin with one of those.")
    plan = rollout.plan_of(row.plan)
    following = plan.after(row.stage)
    if plan.follows or following is None or following.kind is not Kind.FULL:
        raise Conflict("This plan follows a pilot: lead that one to its last share first.")
    lines = stage_gates.lines_of(house, row, flow)
    _require_open(user, row, plan, following, lines, is_despite=False)


def _last_of(workspace_id: str, flow: str) -> Rollout | None:
    """Return the newest rollout of a flow, running or over; None without one."""
    rows = Rollout.objects.filter(workspace_id=workspace_id, flow=flow).order_by("-id")
    return rows.first()


def _require_compliance(workspace_id: str) -> None:
    """Raise Conflict while the newest compliance check fails: nobody may go on in spite of it."""
    if broken := compliance.find_broken(workspace_id):
        message = f"The compliance check fails, which holds every rollout: {broken}."
        raise Conflict(message)


def _require_audit(row: Rollout) -> None:
    """Raise Conflict where nobody finished a month's audit since the stage of a rollout began."""
    done = AuditEntry.objects.filter(
        workspace_id=row.workspace_id, action=monthly_audit.AUDITED, at__gte=row.stage_at
    ).exclude(subject__contains="W")
    if not done.exists():
        message = "Finish the audit of a month first: its returns and escalations, under Review."
        raise Conflict(message)


def find(workspace_id: str, flow: str) -> Rollout | None:
    """Return the rollout of a flow that runs; None without one."""
    return Rollout.objects.filter(workspace_id=workspace_id, flow=flow, ended_at=None).first()


def running_of(workspace_id: str, flow: str) -> Rollout:
    """Return the rollout of a flow that runs; raises NotFound."""
    row = find(workspace_id, flow)
    if row is None:
        raise NotFound("rollout", flow)
    return row


def held(workspace_id: str, flow: str, *, stage: str | None = None) -> Rollout:
    """Hold the running rollout of a flow until the commit.

    Raises NotFound, and Conflict where somebody moved it away from `stage` meanwhile.
    """
    rows = Rollout.objects.select_for_update()
    row = rows.filter(workspace_id=workspace_id, flow=flow, ended_at=None).first()
    if row is None:
        raise NotFound("rollout", flow)
    if stage not in (None, row.stage):
        raise Conflict("A colleague moved this rollout meanwhile. Look at where it stands first.")
    return row


def mark(  # noqa: PLR0913 - what happened to which, by whom and why
    ledger: Ledger,
    row: Rollout,
    kind: str,
    *,
    by: str,
    reason: str = "",
    told: "list[str] | None" = None,
    what: str = "",
) -> None:
    """Put something on the time line of a rollout, and into the audit trail."""
    RolloutMark.objects.create(
        id=ledger.next_id(),
        workspace_id=row.workspace_id,
        rollout_id=row.id,
        kind=kind,
        stage=row.stage,
        share=row.share,
        at=ledger.now,
        by=by,
        reason=f"{what.replace('_', ' ')}: {reason}"[:MAX_REASON] if what else reason,
        told=told or [],
    )
    details: dict[str, Json] = {"stage": row.stage, "share": row.share, "reason": reason}
    if what:
        details["check"] = what
    ledger.audit(row.workspace_id, by, f"rollout_{kind}", f"flow:{row.flow}", **details)


def flow_of(house: House, user: User, name: str) -> Flow:
    """Return a flow as it is in force; raises NotFound for one that nobody published."""
    library = standards_cache(house).standards_of(user.workspace_id).library
    flow = library.at(name, library.live.get(name, 0))
    if flow is None:
        raise NotFound("flow", name)
    return flow


def checked_reason(house: House, user: User, reason: str) -> str:
    """Return somebody's words, without any identifier in them; raises InvalidInput without."""
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        told = f"Say in a few words why, in {MAX_REASON} characters at most."
        raise InvalidInput({"reason": told})
    return privacy.mask(reason, partial(house.keyset.token, user.workspace_id))[:MAX_REASON]


def _check_bounds(bounds: Bounds) -> None:
    if bounds.segment and (mistake := conditions.find_mistake(bounds.segment, ())):
        raise InvalidInput({"segment": mistake.words})
