"""The request types that a workspace took from its past: new ones, and its own axes for known ones.

They are laid over the pack, so that all who triage, route and report see them alike.
"""

from dataclasses import replace

from baton.core.pack import Pack, RequestType
from baton.core.triage import TriageScore
from baton.services.ledger import Ledger
from baton.store.models import OwnRequestType

MAX_TITLE = 100


def with_own_types(edition: Pack, workspace_id: str) -> Pack:
    """Return the edition with the workspace's own request types."""
    rows = OwnRequestType.objects.filter(workspace_id=workspace_id).order_by("id")
    known = {kind.name: kind for kind in edition.request_types}
    for row in rows:
        of_pack = known.get(row.name) or RequestType(
            name=row.name,
            title=row.title,
            complexity=row.complexity,
            emotion=row.emotion,
            frequency_per_week=row.frequency_per_week,
            value=row.value,
            queue=edition.queues[0].name,
        )
        known[row.name] = replace(
            of_pack,
            complexity=row.complexity,
            emotion=row.emotion,
            frequency_per_week=row.frequency_per_week,
            value=row.value,
        )
    return replace(edition, request_types=tuple(known.values())) if rows else edition


def keep(  # noqa: PLR0913 - a request type is told by these
    ledger: Ledger,
    workspace_id: str,
    name: str,
    title: str,
    axes: TriageScore,
    *,
    assessment_id: str,
    by: str,
) -> None:
    """Keep a request type's axes, in place of what was kept of it before."""
    OwnRequestType.objects.filter(workspace_id=workspace_id, name=name).delete()
    OwnRequestType.objects.create(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        name=name,
        title=title[:MAX_TITLE],
        complexity=axes.complexity,
        emotion=axes.emotion,
        frequency_per_week=axes.frequency,
        value=axes.value,
        assessment_id=assessment_id,
        made_by=by,
        made_at=ledger.now,
    )
    ledger.audit(
        workspace_id,
        by,
        "request_type_set",
        f"request_type:{name}",
        complexity=axes.complexity,
        emotion=axes.emotion,
        frequency=axes.frequency,
        value=axes.value,
    )
