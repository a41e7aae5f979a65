"""What would move a run of a paused flow: held, and given back when the flow is resumed.

What happened comes back before what fell due, each in the order in which it came: a booking
that was cancelled meanwhile is cancelled before its reminder would go.
"""

from baton.flows.standing import Setting
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.facts import Fact, PauseEnded
from baton.services.ledger import Ledger
from baton.store.models import HeldFact
from baton.store.queries import flows
from baton.store.rows import HeldFactRow, RunRow

_PAGE = 500  # facts given back in one batch


def hold(ledger: Ledger, setting: Setting, lane: str, row: RunRow, fact: Fact) -> bool:
    """Hold a fact for a run whose flow is paused; False when it is not, or no longer.

    Asked of the database as well, so that nothing is held behind the back of whoever resumes.
    """
    if row.flow not in setting.library.paused:
        return False
    if not flows.keep_paused(row.workspace_id, row.flow):
        return False
    arrival = arrivals.arrival_of(
        fact,
        ledger.house.keyset,
        workspace_id=row.workspace_id,
        lane=lane,
        dedupe_key="",
        received_at=ledger.now,
    )
    ledger.add(
        HeldFactRow(
            id=ledger.next_id(),
            workspace_id=row.workspace_id,
            flow=row.flow,
            lane=lane,
            kind=arrival.kind,
            body=arrival.body,
            at=ledger.now,
        )
    )
    return True


def give_back(ledger: Ledger, workspace_id: str, setting: Setting, fact: PauseEnded) -> None:
    """Put a page of what was held into the inbox again, and go on behind it."""
    if fact.flow in setting.library.paused:
        return  # paused again meanwhile: it stays where it is
    found = flows.held_facts(workspace_id, fact.flow, limit=_PAGE)
    if not found:
        return
    told = [_arrival(held, ledger) for held in found]
    ledger.house.engine.inbox.append([*told, ended(ledger, workspace_id, fact.flow)])
    HeldFact.objects.filter(id__in=[held.id for held in found]).delete()


def ended(ledger: Ledger, workspace_id: str, flow: str) -> Arrival:
    """Return the fact by which what was held of a flow comes back."""
    return arrivals.arrival_of(
        PauseEnded(flow=flow),
        ledger.house.keyset,
        workspace_id=workspace_id,
        lane=f"pause:{flow}",
        dedupe_key=f"pause_ended:{flow}:{ledger.next_id()}",
        received_at=ledger.now,
    )


def _arrival(held: HeldFact, ledger: Ledger) -> Arrival:
    return Arrival(
        workspace_id=held.workspace_id,
        lane=held.lane,
        kind=held.kind,
        dedupe_key=f"held:{held.id}",
        body=bytes(held.body),
        received_at=ledger.now,
        due_at=ledger.now,
    )
