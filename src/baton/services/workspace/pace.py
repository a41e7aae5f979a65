"""How long a conversation takes people, measured by queue, for the waits that are told (U18)."""

from datetime import timedelta

from baton.core import routing
from baton.services.ledger import Ledger
from baton.store.models import Handoff, QueuePace

_WINDOW = timedelta(days=28)
_NEWEST = 1_000


def measure(ledger: Ledger, workspace_id: str) -> None:
    """Measure each queue anew, from what people settled in the last four weeks."""
    spans: dict[str, list[timedelta]] = {}
    settled = Handoff.objects.filter(
        workspace_id=workspace_id, state="resolved", ended_at__gte=ledger.now - _WINDOW
    ).exclude(accepted_at=None)
    newest = settled.order_by("-ended_at")[:_NEWEST]
    for queue, accepted_at, ended_at in newest.values_list("queue", "accepted_at", "ended_at"):
        if accepted_at and ended_at:
            spans.setdefault(queue, []).append(ended_at - accepted_at)
    QueuePace.objects.filter(workspace_id=workspace_id).exclude(queue__in=list(spans)).delete()
    for queue, found in spans.items():
        if (typical := routing.typical(found)) is None:
            QueuePace.objects.filter(workspace_id=workspace_id, queue=queue).delete()
            continue
        seconds = int(typical.total_seconds())
        QueuePace.objects.update_or_create(
            workspace_id=workspace_id,
            queue=queue,
            defaults={"seconds": seconds},
            create_defaults={"id": ledger.next_id(), "seconds": seconds},
        )
