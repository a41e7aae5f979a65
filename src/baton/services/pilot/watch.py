"""The watch over live flows: one that clearly harms pauses itself, and people hear (X38, X39).

Pausing is the safe direction, so it asks nobody; letting a flow go on is for people. After that
only what came since is counted: the old harm does not pause it again.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from baton.core import kpis as core
from baton.core.errors import Conflict
from baton.core.policy import Policy
from baton.core.rollout import Kind
from baton.flows.document import Flow
from baton.flows.trigger import TriggerKind
from baton.reports import stops
from baton.reports.kpis import kpis_of
from baton.reports.slices import Slice
from baton.reports.stops import Look
from baton.services import notices
from baton.services.desk import baselines
from baton.services.evidence import keeping
from baton.services.flows import flow_pauses
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.pilot import shadow_measures
from baton.services.workspace import reaching
from baton.services.workspace.standards import standards_cache
from baton.store.models import FlowPause, Rollout, Workspace
from baton.store.queries import flows

BY = "system"
_PAGES_A_LOOK = 20


@dataclass(slots=True, kw_only=True)
class Watch:
    """Looks at every workspace's flows several times a day."""

    house: House
    _looked_at: datetime | None = field(default=None)

    def run_once(self) -> int:
        """Look, if it is time; return how many flows were paused."""
        now = self.house.clock.now()
        if self._looked_at is not None and now - self._looked_at < stops.EVERY:
            return 0
        self._looked_at = now
        ids = list(Workspace.objects.order_by("id").values_list("id", flat=True))
        return sum(len(look(self.house, one)) for one in ids)


def look(house: House, workspace_id: str) -> dict[str, tuple[str, ...]]:
    """Pause each flow of a workspace that clearly harms; return why, by flow."""
    keeping.catch_up(house, workspace_id, pages=_PAGES_A_LOOK)
    standards = standards_cache(house).standards_of(workspace_id)
    rows = flows.rollouts_of(workspace_id)
    found: dict[str, tuple[str, ...]] = {}
    for name, version in standards.library.live.items():
        flow = standards.library.flows[name, version]
        if not standards.library.starts(name) or flow.trigger.on is TriggerKind.CALL:
            continue
        harms = harms_of(house, workspace_id, flow, rows.get(name), standards.policy)
        if harms and _pause(house, workspace_id, flow, rows.get(name), harms):
            found[name] = harms
    return found


def harms_of(
    house: House, workspace_id: str, flow: Flow, row: Rollout | None, policy: Policy
) -> tuple[str, ...]:
    """Return what a flow does harm by, in words; nothing while nothing is clear."""
    if row is not None and reaching.reach_of(row).kind is Kind.SHADOW:
        return ()
    since = _counts_since(workspace_id, flow.name, row)
    is_soft = _is_soft(row)
    looks = _looks(house, workspace_id, policy, flow.name, since, is_soft=is_soft)
    limits = stops.limits_of(policy, flow.charter.gates)
    find = stops.find_first_harms if is_soft else stops.find_harms
    return find(looks, limits)


def _is_soft(row: Rollout | None) -> bool:
    """Return whether a flow is let to its first people, so that less is waited for (AL8)."""
    if row is None or row.state != reaching.RUNNING:
        return False
    return reaching.reach_of(row).kind is Kind.SHARE and row.share <= stops.CAUTIOUS_SHARE


def _looks(  # noqa: PLR0913 - what is looked at is told by these
    house: House,
    workspace_id: str,
    policy: Policy,
    flow: str,
    since: datetime | None,
    *,
    is_soft: bool,
) -> tuple[Look, ...]:
    now = house.clock.now()
    limits = core.limits_of(policy, now)
    # A second further, so that what was written this moment is in it.
    until = now + timedelta(seconds=1)
    whole = Slice(workspace_id=workspace_id, until=until, only={"flow": flow})
    brought = baselines.current(workspace_id, flow).items()
    kept = {name: reading for name, reading in brought if name in stops.NAMES}
    shadowed = shadow_measures.measure(workspace_id, flow, limits) if is_soft else None
    found = []
    for span in stops.SPANS:
        begins = max(now - span, since) if since else now - span
        ago = replace(whole, since=begins - stops.BEFORE, until=begins)
        served = replace(whole, since=begins)
        look = Look(
            span=span,
            now=kpis_of(served, limits, stops.NAMES),
            before=kpis_of(ago, limits, stops.NAMES),
        )
        if shadowed is not None and since is not None:
            look = shadow_measures.beside(look, shadowed, served, limits, since=since)
        found.append(replace(look, before={**look.before, **kept}))
    return tuple(found)


def _counts_since(workspace_id: str, flow: str, row: Rollout | None) -> datetime | None:
    """Return from when on matters count: the stage's beginning, and when it went on last."""
    resumed = FlowPause.objects.filter(workspace_id=workspace_id, flow=flow).exclude(
        resumed_at=None
    )
    last = resumed.order_by("-resumed_at").values_list("resumed_at", flat=True).first()
    stage = row.stage_at if row and row.state == reaching.RUNNING else None
    return max((at for at in (last, stage) if at), default=None)


def _pause(
    house: House, workspace_id: str, flow: Flow, row: Rollout | None, harms: tuple[str, ...]
) -> bool:
    reason = "; ".join(harms)
    try:
        flow_pauses.pause(house, workspace_id, flow.name, actor=BY, reason=reason)
    except Conflict:  # somebody paused it this very moment
        return False
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        people = [*notices.leading(workspace_id), *notices.owning(workspace_id)]
        people += [row.owner_id] if row else []
        notices.tell(
            ledger,
            workspace_id,
            dict.fromkeys(people),
            notices.Kind.FLOW_PAUSED,
            details=f"{flow.title}: {reason}",
        )
        ledger.flush()
    return True
