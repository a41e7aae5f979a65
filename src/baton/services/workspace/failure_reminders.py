"""Who is to mend a failure hears once that its week is over, and so does who leads (FL1)."""

from baton.services import notices
from baton.services.ledger import Ledger
from baton.store.models import Failure


def remind(ledger: Ledger, workspace_id: str) -> None:
    """Tell the owners of failures whose day has come, once for each; a fixed one tells nothing."""
    late = list(
        Failure.objects.filter(
            workspace_id=workspace_id,
            fixed_at=None,
            reminded_at=None,
            due_at__lte=ledger.now,
        ).order_by("due_at", "id")
    )
    for row in late:
        people = dict.fromkeys((row.owner_id, *notices.leading(workspace_id)))
        notices.tell(
            ledger,
            workspace_id,
            people,
            notices.Kind.FAILURE_OVERDUE,
            details=f"{row.cause.replace('_', ' ')}, {row.flow or 'no flow'}",
            conversation_id=row.conversation_id,
        )
    Failure.objects.filter(id__in=[row.id for row in late]).update(reminded_at=ledger.now)
