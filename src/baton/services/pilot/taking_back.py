"""One button takes a flow back: it starts nothing more, and what it had goes to people (PL9, X38).

From the next message on, whoever writes what the flow would have answered gets a person. What
becomes of those who are in it is declared by the flow and shown before: by default whoever
answers a question that it asked gets a person, and whoever only waits hears nothing more.
"""

from dataclasses import dataclass

from baton.core import rollout
from baton.core.errors import Conflict, NotFound
from baton.core.roles import Action
from baton.core.rollout import Kind
from baton.flows.charter import WhenRolledBack
from baton.flows.trigger import TriggerKind
from baton.services import inbox, notices
from baton.services.conversation import runs
from baton.services.flows import flow_pauses, flow_runs
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.pilot import rollouts
from baton.services.workspace import authority, editions, reaching
from baton.store.models import FlowVersion, Rollout, Run, User
from baton.store.queries import flows


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What taking a flow back would do to those in it.

    `asked` were asked something that they have not answered, `waiting` only wait; `inside` are
    those of them whom the flow serves, and does not only follow in its shadow.
    """

    runs: WhenRolledBack
    asked: int
    waiting: int
    inside: int


def preview(house: House, user: User, flow: str) -> Preview:
    """Return what taking a flow back would do; raises Forbidden for a role, NotFound."""
    inbox.require(user, Action.READ_INBOX)
    declared = rollouts.flow_of(house, user, flow).charter.when_rolled_back
    waiting = Run.objects.filter(workspace_id=user.workspace_id, flow=flow, status=runs.WAITING)
    asked = waiting.filter(awaits__in=runs.FOR_REPLIES, is_shadow=False).count()
    inside = rollouts.people_inside(user.workspace_id, flow)
    return Preview(runs=declared, asked=asked, waiting=waiting.count() - asked, inside=inside)


def take_back(house: House, user: User, flow: str, *, reason: str) -> int:
    """Take a flow back; return how many runs were stopped at once.

    Raises Forbidden for who does not decide on it, NotFound for a flow that was never
    published, Conflict for one that is off already, InvalidInput without a reason.
    """
    authority.require_roll_back(user)
    reason = rollouts.checked_reason(house, user, reason)
    declared, by = _declared(house, user, flow), f"user:{user.id}"
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        ledger = Ledger(house, house.clock.now())
        row = _row(ledger, user, flow, declared)
        rollouts.mark(ledger, row, "rolled_back", by=by, reason=reason, told=[declared.value])
        people = dict.fromkeys((*notices.leading(user.workspace_id), row.owner_id))
        notices.tell(
            ledger,
            user.workspace_id,
            [one for one in people if one != user.id],
            notices.Kind.FLOW_ROLLED_BACK,
            details=f"{flow}: {reason}",
        )
        ledger.flush()
        editions.count_up(user.workspace_id)
    stopped = _stop(house, user, flow, declared, reason)
    if flow in flows.paused_flows(user.workspace_id):
        # Off is off: what the pause held finds no run any more, and is let go.
        flow_pauses.resume(house, user.workspace_id, flow, actor=by, reason=f"Taken back: {reason}")
    return stopped


def _declared(house: House, user: User, flow: str) -> WhenRolledBack:
    if not FlowVersion.objects.filter(workspace_id=user.workspace_id, name=flow).exists():
        raise NotFound("flow", flow)
    try:
        found = rollouts.flow_of(house, user, flow)
    except NotFound:  # published, but this Baton cannot read it
        return WhenRolledBack.HAND_OVER
    if found.trigger.on is TriggerKind.CALL:
        raise Conflict("Only other flows start this one: take those back that go through it.")
    return found.charter.when_rolled_back


def _row(ledger: Ledger, user: User, flow: str, declared: WhenRolledBack) -> Rollout:
    """Return the flow's rollout, ended by this; one is made for a flow that had none."""
    rows = Rollout.objects.select_for_update()
    row = rows.filter(workspace_id=user.workspace_id, flow=flow).order_by("-id").first()
    if row is not None and row.state in (reaching.ROLLED_BACK, reaching.STOPPED):
        raise Conflict("This flow is off already.")
    if row is None or row.state != reaching.RUNNING:
        row = Rollout(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            flow=flow,
            plan=rollout.NINETY_DAYS.name,
            stage=Kind.FULL.value,
            share=1.0,
            owner_id=user.id,
            began_at=ledger.now,
            stage_at=ledger.now,
        )
    row.state, row.runs, row.ended_at = reaching.ROLLED_BACK, declared.value, ledger.now
    row.save()
    return row


def _stop(house: House, user: User, flow: str, declared: WhenRolledBack, reason: str) -> int:
    by, stopped = f"user:{user.id}", 0
    if declared is WhenRolledBack.FINISH:
        return 0
    if declared is WhenRolledBack.END:
        return flow_runs.stop_all(house, user.workspace_id, flow, actor=by, reason=reason)
    # Who was asked something is left in place: their answer must find a person, not a menu.
    for batch in flow_runs.batches(user.workspace_id, flow):
        ids = [run_id for run_id, _conversation in batch]
        asked = set(
            Run.objects.filter(id__in=ids, awaits__in=runs.LEFT, is_shadow=False).values_list(
                "id", flat=True
            )
        )
        meant = [one for one in batch if one[0] not in asked]
        if meant:
            with house.engine.transaction():
                stopped += flow_runs.stop(
                    house, user.workspace_id, flow, meant, actor=by, reason=reason
                )
    return stopped
