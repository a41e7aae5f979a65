"""Thresholds of confidence as they were set, and turns by how sure the reader was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Floor

from baton.core.confidence import ConfidencePolicy, Scope, Thresholds
from baton.store.models import ThresholdChange, Turn

# Thresholds have two decimals, so turns may be counted by whole percents of confidence; the
# margin keeps 0.29 * 100 = 28.999... in the percent that it belongs to.
_PERCENT = Floor(F("confidence") * 100 + 1e-9)
_HEARD = ("flowed", "handed_over", "replied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many turns were read alike: same intent, flow, percent of confidence and decision."""

    intent: str
    flow: str
    confidence: float
    is_handed_over: bool
    count: int


def newest_changes(workspace_id: str) -> QuerySet[ThresholdChange]:
    """Return the change that holds in each scope where anybody ever set something."""
    rows = ThresholdChange.objects.filter(workspace_id=workspace_id)
    alike = rows.filter(scope=OuterRef("scope"), name=OuterRef("name")).order_by("-version")
    return rows.filter(id=Subquery(alike.values("id")[:1]))


def with_changes(policy: ConfidencePolicy, workspace_id: str) -> ConfidencePolicy:
    """Return a policy with everything that the workspace's people set."""
    for row in newest_changes(workspace_id):
        policy = policy.with_set(Scope(row.scope), row.name, set_by(row))
    return policy


def set_by(row: ThresholdChange) -> Thresholds | None:
    """Return the thresholds that a change set, or None when it took its scope's away."""
    if row.new_answer is None or row.new_floor is None:
        return None
    return Thresholds(answer=row.new_answer, floor=row.new_floor)


def tally_turns(workspace_id: str, *, since: datetime, until: datetime) -> tuple[Tally, ...]:
    """Count the turns in which something was heard and read, but for those of the silent bot."""
    rows = (
        Turn.objects.filter(
            workspace_id=workspace_id,
            at__gte=since,
            at__lt=until,
            # Ids begin with their time: the primary key finds a window without an index of its own.
            id__gte=lowest_id(since),
            confidence__isnull=False,
            decision__in=_HEARD,
        )
        .annotate(percent=_PERCENT)
        .values("intent", "flow", "percent", "decision")
        .annotate(turns=Count("id"))
        .order_by("intent", "flow", "percent", "decision")
    )
    return tuple(_tally(row) for row in rows)


def lowest_id(moment: datetime) -> str:
    """Return the lowest id that can have been made at a moment (`core.ids`)."""
    return f"{int(moment.timestamp() * 1000) << 80:032x}"


def _tally(row: Mapping[str, object]) -> Tally:
    return Tally(
        intent=str(row["intent"]),
        flow=str(row["flow"]),
        confidence=int(str(row["percent"]).partition(".")[0]) / 100,
        is_handed_over=row["decision"] == "handed_over",
        count=int(str(row["turns"])),
    )
