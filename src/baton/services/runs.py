"""Runs as rows: a state sealed and opened, its wake-up set, its end."""

from datetime import timedelta

from msgspec.structs import replace

from baton.flows import run
from baton.flows.run import RunState
from baton.services import arrivals
from baton.services.arrivals import SilencePassed
from baton.services.ledger import Ledger
from baton.store.rows import ConversationRow, RunRow


def open_state(ledger: Ledger, row: RunRow) -> RunState:
    """Return the state that a run was saved in."""
    return run.parse_json(ledger.house.keyset.unseal(row.state_sealed, f"run:{row.id}"))


def save(
    ledger: Ledger, known: RunRow | None, conversation: ConversationRow, state: RunState
) -> RunRow:
    """Keep a run's new state, in its own row or in a new one; return the row."""
    run_id = known.id if known else ledger.next_id()
    sealed = ledger.house.keyset.seal(run.render_json(state), f"run:{run_id}")
    if known:
        row = replace(known, step=state.step, state_sealed=sealed, updated_at=ledger.now)
    else:
        row = RunRow(
            id=run_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            flow=state.flow,
            version=state.version,
            step=state.step,
            status="waiting",
            state_sealed=sealed,
            started_at=ledger.now,
            updated_at=ledger.now,
        )
    ledger.keep(row)
    return row


def set_wake(ledger: Ledger, row: RunRow, lane: str, after: timedelta | None) -> None:
    """Wake a run after a silence; None lets it wait for words alone."""
    key = f"run:{row.id}"
    if after is None:
        ledger.cancel_timer(row.workspace_id, key)
        return
    ledger.set_timer(
        arrivals.timer_of(
            SilencePassed(run_id=row.id, stamp=stamp(row)),
            ledger.house.keyset,
            workspace_id=row.workspace_id,
            lane=lane,
            key=key,
            due_at=ledger.now + after,
        )
    )


def end(ledger: Ledger, row: RunRow, status: str = "ended") -> None:
    """End a run, by itself or because a person "stopped" it; nothing wakes it any more."""
    ledger.keep(replace(row, status=status, updated_at=ledger.now))
    ledger.cancel_timer(row.workspace_id, f"run:{row.id}")


def stamp(row: RunRow) -> str:
    """Return what tells this state of a run from every other, so that no old timer wakes it."""
    return f"{row.step}@{row.updated_at.isoformat()}"
