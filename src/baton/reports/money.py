"""Matters as money counts them: whether they held, and how long people had them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum

from baton.core.kpis import Limits
from baton.core.money import Matters
from baton.store.models import Episode, OfferMade

_CLOSED = Q(ended_at__isnull=False)
_HELD = _CLOSED & Q(returned_after__isnull=True)
_BOT = Q(ended_by="bot", handoffs=0)


def matters_of(workspace_id: str, since: datetime, until: datetime, limits: Limits) -> Matters:
    """Return the matters that contacts began in a span."""
    found = _rows(workspace_id, since, until).aggregate(**_counts(limits))
    return _matters(found)


def asked_of_people(workspace_id: str, intent: str, since: datetime, until: datetime) -> int:
    """Return how many matters of an intent people had in a span."""
    return int(_rows(workspace_id, since, until).filter(intent=intent, touches__gt=0).count())


def matters_by_flow(
    workspace_id: str, since: datetime, until: datetime, limits: Limits
) -> Mapping[str, Matters]:
    """Return the same by the flow that spoke last; "" where none did."""
    grouped = _rows(workspace_id, since, until).order_by().values("flow")
    return {row["flow"]: _matters(row) for row in grouped.annotate(**_counts(limits))}


def offers_by_flow(workspace_id: str, since: datetime, until: datetime) -> Mapping[str, int]:
    """Return how many offers each flow made."""
    made = OfferMade.objects.filter(workspace_id=workspace_id, at__gte=since, at__lt=until)
    return dict(made.order_by().values("flow").annotate(n=Count("pk")).values_list("flow", "n"))


def _rows(workspace_id: str, since: datetime, until: datetime) -> Any:
    return Episode.objects.filter(
        workspace_id=workspace_id, opened_by="contact", began_at__gte=since, began_at__lt=until
    )


def _counts(limits: Limits) -> dict[str, Any]:
    proven = Q(is_confirmed=True) | Q(ended_at__lte=limits.silent_since)
    return {
        "n_closed": Count("pk", filter=_CLOSED),
        "n_resolved": Count("pk", filter=_HELD),
        "n_bot_resolved": Count("pk", filter=_HELD & _BOT),
        "n_proven": Count("pk", filter=_HELD & _BOT & proven),
        "n_bot_returned": Count("pk", filter=_CLOSED & _BOT & Q(returned_after__isnull=False)),
        "n_handed": Count("pk", filter=Q(handoffs__gt=0)),
        "n_had": Count("pk", filter=Q(touches__gt=0)),
        "n_seconds": Sum("handled"),
        "n_touches": Sum("touches"),
    }


def _matters(found: Mapping[str, Any]) -> Matters:
    return Matters(
        **{
            name.removeprefix("n_"): int(value or 0)
            for name, value in found.items()
            if name.startswith("n_")
        }
    )
