"""The daily look for harm: asked for here, done where the numbers are kept (AL1-AL10)."""

from baton.runtime.ports import Effect
from baton.services.ledger import Ledger

LOOK_FOR_HARM = "look_for_harm"


def order(ledger: Ledger, workspace_id: str) -> None:
    """Have a workspace's numbers looked at, as soon as all that happened is counted."""
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            lane=f"harm:{workspace_id}",
            kind=LOOK_FOR_HARM,
            intent_key=f"harm:{workspace_id}:{ledger.now.isoformat()}",
            body=b"",
            due_at=ledger.now,
            repeatable=True,  # what was told is not told again
        )
    )
