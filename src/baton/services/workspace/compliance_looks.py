"""The weekly compliance check: asked for here, run where the check-list is kept (P20, PE8)."""

from datetime import timedelta

from baton.runtime.ports import Effect
from baton.services.ledger import Ledger
from baton.store.models import ComplianceRun

CHECK_COMPLIANCE = "check_compliance"
EVERY = timedelta(days=7)
"""So old the newest run may be before another is made; ours: leads meet weekly."""
_SLACK = timedelta(hours=2)  # a day of 23 hours must not put it off to the next


def order(ledger: Ledger, workspace_id: str) -> None:
    """Have a workspace's check-list run, unless somebody ran it within the week."""
    since = ledger.now - EVERY + _SLACK
    if ComplianceRun.objects.filter(workspace_id=workspace_id, at__gt=since).exists():
        return
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            lane=f"compliance:{workspace_id}",
            kind=CHECK_COMPLIANCE,
            intent_key=f"compliance:{workspace_id}:{ledger.now.isoformat()}",
            body=b"",
            due_at=ledger.now,
            repeatable=True,  # one run more changes nothing
        )
    )
