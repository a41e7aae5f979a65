"""A flow's waiting runs, taken page by page with their contacts' lanes held."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from baton.services import runs
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Run
from baton.store.queries import flows
from baton.store.rows import RunRow

AT_ONCE = 100
"""Runs that one transaction takes: their contacts' lanes are held so long, and no longer."""

_COLUMNS = tuple(field.name for field in msgspec.structs.fields(RunRow))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A run that waits, with its contact's lane held until the transaction ends."""

    row: RunRow
    lane: str


def batches(
    workspace_id: str, name: str, version: int | None = None
) -> Iterable[list[tuple[str, str]]]:
    """Yield the waiting runs of a flow, or of one of its versions, with their conversations."""
    after = ""
    while batch := flows.waiting_runs(workspace_id, name, version, after=after, limit=AT_ONCE):
        yield batch
        after = batch[-1][0]


def hold(house: House, workspace_id: str, batch: list[tuple[str, str]]) -> tuple[Held, ...]:
    """Hold the lanes of some runs, and return those that still wait; inside a transaction."""
    lanes = flows.lanes_of([conversation for _run, conversation in batch])
    # In one order, so that two who hold lanes never wait for each other in a circle.
    for lane in sorted(set(lanes.values())):
        house.engine.lock_lane(workspace_id, lane)
    ids = [run_id for run_id, _conversation in batch]
    found = Run.objects.filter(workspace_id=workspace_id, id__in=ids, status=runs.WAITING)
    rows = (
        RunRow(**{name: getattr(run, name) for name in _COLUMNS}) for run in found.order_by("id")
    )
    return tuple(Held(row=row, lane=lanes.get(row.conversation_id, "")) for row in rows)


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
    batch: list[tuple[str, str]],
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
