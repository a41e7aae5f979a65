"""A flow's waiting runs: held, stopped, begun anew; `run_search` finds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import msgspec

from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import arrivals, inbox, sight
from baton.services.conversation import runs
from baton.services.facts import RestartAsked
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Run, User
from baton.store.queries import flows
from baton.store.rows import RunRow

AT_ONCE = 100
"""Runs that one transaction takes: their contacts' lanes are held so long, and no longer."""

Batch: TypeAlias = list[tuple[str, str]]
"""Runs by id, each with its conversation."""

MAX_REASON = 300

_COLUMNS = tuple(field.name for field in msgspec.structs.fields(RunRow))


class Deed(StrEnum):
    """What a person may do to runs besides moving them."""

    STOP = "stop"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A run that waits, with its contact's lane held until the transaction ends."""

    row: RunRow
    lane: str


def batches(workspace_id: str, name: str) -> Iterable[Batch]:
    """Yield the waiting runs of a flow, each with its conversation."""
    after = ""
    while batch := flows.waiting_runs(workspace_id, name, after=after, limit=AT_ONCE):
        yield batch
        after = batch[-1][0]


def batches_in(workspace_id: str, name: str, version: int) -> Iterable[Batch]:
    """Yield the runs that wait in a version of a flow, other flows' among them."""
    after = ""
    while batch := flows.runs_waiting_in(workspace_id, name, version, after=after, limit=AT_ONCE):
        yield batch
        after = batch[-1][0]


def hold(house: House, workspace_id: str, batch: Batch) -> tuple[Held, ...]:
    """Hold the lanes of some runs, and return those that still wait; inside a transaction."""
    conversations = [conversation for _run, conversation in batch]
    lanes = flows.lanes_of(conversations)
    # In one order, so that two who hold lanes never wait for each other in a circle.
    for lane in sorted(set(lanes.values())):
        house.engine.lock_lane(workspace_id, lane)
    if flows.lanes_of(conversations) != lanes:  # two contacts were merged or parted meanwhile
        raise Conflict("Whose runs these are has just been changed. Try again.")
    ids = [run_id for run_id, _conversation in batch]
    found = Run.objects.filter(workspace_id=workspace_id, id__in=ids, status=runs.WAITING)
    rows = (
        RunRow(**{name: getattr(run, name) for name in _COLUMNS}) for run in found.order_by("id")
    )
    return tuple(Held(row=row, lane=lanes.get(row.conversation_id, "")) for row in rows)


def change(  # noqa: PLR0913 - what is done to which runs, by whom and why
    house: House,
    user: User,
    name: str,
    deed: Deed,
    *,
    chosen: Sequence[str] | None,
    reason: str,
) -> int:
    """Stop runs of a flow, or let them begin anew; return how many. None chooses all.

    Those of contacts of other places go on, as the list shows none of them (P10).

    One that begins anew ends and starts in the version in force, with the facts that it
    began with. Raises InvalidInput without a reason or a run, Conflict for a flow that is
    paused or that only words start, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise InvalidInput({"reason": "Say in a few words why; it stands in the audit trail."})
    if chosen is not None and not chosen:
        raise InvalidInput({"run": "Choose at least one run."})
    if deed is Deed.RESTART:
        _require_startable(house, user, name)
    act = stop if deed is Deed.STOP else _ask_to_restart
    actor, wanted, done = f"user:{user.id}", set(chosen or ()), 0
    for batch in batches(user.workspace_id, name):
        meant = batch if chosen is None else [one for one in batch if one[0] in wanted]
        meant = _met_by(user, meant)
        if meant:
            with house.engine.transaction():
                done += act(house, user.workspace_id, name, meant, actor=actor, reason=reason)
    return done


def _met_by(user: User, batch: Batch) -> Batch:
    if not user.locations:
        return batch
    found = Run.objects.filter(id__in=[run_id for run_id, _conversation in batch])
    ours = set(sight.met_by(user, found).values_list("id", flat=True))
    return [one for one in batch if one[0] in ours]


def _require_startable(house: House, user: User, name: str) -> None:
    library = standards_cache(house).standards_of(user.workspace_id).library
    flow = library.at(name, library.live.get(name, 0))
    if not library.starts(name):
        message = "The flow is paused or off. Let it start runs again first, then begin these anew."
        raise Conflict(message)
    if flow is None or not flow.trigger.is_proactive:
        raise Conflict("Only a flow that begins by itself can let its runs begin anew.")


def _ask_to_restart(  # noqa: PLR0913 - as `stop`
    house: House, workspace_id: str, name: str, batch: Batch, *, actor: str, reason: str
) -> int:
    ledger = Ledger(house, house.clock.now())
    lanes = flows.lanes_of([conversation for _run, conversation in batch])
    asked = [
        arrivals.arrival_of(
            RestartAsked(run_id=run_id),
            house.keyset,
            workspace_id=workspace_id,
            lane=lanes[conversation],
            dedupe_key=f"restart:{run_id}:{ledger.next_id()}",
            received_at=ledger.now,
        )
        for run_id, conversation in batch
        if conversation in lanes
    ]
    house.engine.inbox.append(asked)
    ledger.audit(
        workspace_id,
        actor,
        "flow_runs_restarted",
        f"flow:{name}",
        restarted=len(asked),
        reason=reason,
    )
    ledger.flush()
    return len(asked)


def stop_all(house: House, workspace_id: str, name: str, *, actor: str, reason: str) -> int:
    """Stop every waiting run of a flow without a word to its contact; return how many."""
    stopped = 0
    for batch in batches(workspace_id, name):
        with house.engine.transaction():
            stopped += stop(house, workspace_id, name, batch, actor=actor, reason=reason)
    return stopped


def stop(  # noqa: PLR0913 - what is stopped, by whom and why
    house: House,
    workspace_id: str,
    name: str,
    batch: Batch,
    *,
    actor: str,
    reason: str,
) -> int:
    """Stop some runs that wait; return how many. Inside a transaction."""
    ledger = Ledger(house, house.clock.now())
    held = hold(house, workspace_id, batch)
    for one in held:
        runs.end(ledger, one.row, runs.STOPPED)
    if held:
        ledger.audit(
            workspace_id,
            actor,
            "flow_runs_stopped",
            f"flow:{name}",
            stopped=len(held),
            reason=reason,
        )
    ledger.flush()
    return len(held)
