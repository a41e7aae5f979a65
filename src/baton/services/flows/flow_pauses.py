"""Pausing a flow and letting it go on, each with who, when and why (PL31, GV8).

A pause is no rollback: the version in force stays. Nothing new starts meanwhile, and those
who are in the flow wait on or are let go, as its document declares or whoever pauses says.
Whoever writes is still heard: what a paused flow would have answered goes to a person.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from baton.core import privacy
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.flows.charter import WhenPaused
from baton.flows.document import Flow
from baton.flows.trigger import TriggerKind
from baton.services import inbox
from baton.services.conversation import held_facts
from baton.services.flows import flow_runs
from baton.services.house import House
from baton.services.knowledge import knowledge
from baton.services.ledger import Ledger
from baton.services.workspace import authority, editions
from baton.services.workspace.standards import standards_cache
from baton.store.models import FlowPause, FlowVersion, User
from baton.store.queries import flows

MAX_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A flow that is paused: since when, by whom and why, and what became of those in it."""

    flow: str
    since: datetime
    by: str
    reason: str
    ends_runs: bool


def pauses_of(user: User) -> dict[str, Pause]:
    """Return the flows that are paused, by name; raises Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    rows = list(FlowPause.objects.filter(workspace_id=user.workspace_id, resumed_at=None))
    names = knowledge.names_of(row.paused_by.removeprefix("user:") for row in rows)
    return {
        row.flow: Pause(
            flow=row.flow,
            since=row.paused_at,
            by=names.get(row.paused_by.removeprefix("user:"), row.paused_by),
            reason=row.reason,
            ends_runs=row.ends_runs,
        )
        for row in rows
    }


def may_pause(flow: Flow | None) -> bool:
    """Return whether a flow can be paused by itself: one that others call is a part of them."""
    return flow is None or flow.trigger.on is not TriggerKind.CALL


def pause_as(
    house: House, user: User, name: str, *, reason: str, when_paused: WhenPaused | None = None
) -> int:
    """Pause a flow in a person's name; see `pause`. Raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    return pause(
        house,
        user.workspace_id,
        name,
        actor=f"user:{user.id}",
        reason=reason,
        when_paused=when_paused,
    )


def resume_as(house: House, user: User, name: str, *, reason: str) -> None:
    """Resume a flow in a person's name; see `resume`. Raises Forbidden for a role (X38)."""
    authority.require_roll_back(user)
    resume(house, user.workspace_id, name, actor=f"user:{user.id}", reason=reason)


def pause(  # noqa: PLR0913 - who, what, why and how
    house: House,
    workspace_id: str,
    name: str,
    *,
    actor: str,
    reason: str,
    when_paused: WhenPaused | None = None,
) -> int:
    """Pause a flow from the next message or event on; return how many runs were let go.

    Without `when_paused`, the flow's own declaration holds. Raises NotFound for a flow that
    was never published, InvalidInput without a reason, Conflict for one that is paused
    already or is only called by others.
    """
    reason = _checked(house, workspace_id, reason)
    with house.engine.transaction():
        # A pause before the workspace, as a decision takes them that holds a fact.
        found = _open(workspace_id, name)
        editions.lock(workspace_id)
        flow = _in_force(house, workspace_id, name)
        if found or name in flows.paused_flows(workspace_id):
            raise Conflict("This flow is paused already.")
        if not may_pause(flow):
            message = "Only other flows start this one: pause those that go through it."
            raise Conflict(message)
        declared = flow.charter.when_paused if flow else WhenPaused.HOLD
        ends_runs = (when_paused or declared) is WhenPaused.END
        ledger = Ledger(house, house.clock.now())
        FlowPause.objects.create(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            flow=name,
            ends_runs=ends_runs,
            paused_at=ledger.now,
            paused_by=actor,
            reason=reason,
        )
        ledger.audit(
            workspace_id,
            actor,
            "flow_paused",
            f"flow:{name}",
            reason=reason,
            runs="ended" if ends_runs else "held",
        )
        ledger.flush()
        editions.count_up(workspace_id)
    if not ends_runs:
        return 0
    return flow_runs.stop_all(house, workspace_id, name, actor=actor, reason=reason)


def resume(house: House, workspace_id: str, name: str, *, actor: str, reason: str) -> None:
    """Let a paused flow go on: new runs start, and what was held for its runs moves them.

    Runs that the pause was to end, and did not since its process died, are let go first.
    Raises InvalidInput without a reason, Conflict for a flow that is not paused.
    """
    reason = _checked(house, workspace_id, reason)
    _end_left_runs(house, workspace_id, name)
    with house.engine.transaction():
        row = _open(workspace_id, name)
        if row is None:
            raise Conflict("This flow is not paused.")
        editions.lock(workspace_id)
        ledger = Ledger(house, house.clock.now())
        row.resumed_at, row.resumed_by, row.resume_reason = ledger.now, actor, reason
        row.save(update_fields=["resumed_at", "resumed_by", "resume_reason"])
        ledger.audit(workspace_id, actor, "flow_resumed", f"flow:{name}", reason=reason)
        house.engine.inbox.append([held_facts.ended(ledger, workspace_id, name)])
        ledger.flush()
        editions.count_up(workspace_id)


def _end_left_runs(house: House, workspace_id: str, name: str) -> None:
    ending = FlowPause.objects.filter(
        workspace_id=workspace_id, flow=name, resumed_at=None, ends_runs=True
    ).first()
    if ending:
        who, why = ending.paused_by, ending.reason
        flow_runs.stop_all(house, workspace_id, name, actor=who, reason=why)


def _open(workspace_id: str, name: str) -> FlowPause | None:
    return (
        FlowPause.objects.select_for_update()
        .filter(workspace_id=workspace_id, flow=name, resumed_at=None)
        .first()
    )


def _in_force(house: House, workspace_id: str, name: str) -> Flow | None:
    """Return a flow as it is in force; None where this Baton cannot read it."""
    rows = FlowVersion.objects.filter(workspace_id=workspace_id, name=name)
    version = rows.order_by("-version").values_list("version", flat=True).first()
    if version is None:
        raise NotFound("flow", name)
    return standards_cache(house).standards_of(workspace_id).library.at(name, version)


def _checked(house: House, workspace_id: str, reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        told = f"Say in a few words why, in {MAX_REASON} characters at most."
        raise InvalidInput({"reason": told})
    # Somebody may quote a contact here; what is kept holds tokens alone.
    return privacy.mask(reason, partial(house.keyset.token, workspace_id))[:MAX_REASON]
