"""What other systems read of a workspace by a key: standings, KPIs and the audit trail."""

from datetime import timedelta

from baton.core import kpis as core
from baton.reports.kpis import KpiReading, kpis_of
from baton.reports.slices import Slice
from baton.services.desk.api_keys import Caller
from baton.services.evidence import keeping
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, Conversation
from baton.store.queries import located

MAX_PAGE = 200


def list_conversations(
    caller: Caller, *, after: str, limit: int
) -> tuple[list[Conversation], str | None]:
    """Return conversations in the order they began, and after which the next page begins."""
    every = Conversation.objects.filter(workspace_id=caller.workspace_id, id__gt=after)
    found = located.of_contacts(every, caller.workspace_id, caller.locations)
    page = list(found.order_by("id")[: limit + 1])
    return page[:limit], page[limit - 1].id if len(page) > limit else None


def list_entries(workspace_id: str, *, after: int, limit: int) -> list[AuditEntry]:
    """Return entries of the audit trail behind a place, in order."""
    found = AuditEntry.objects.filter(workspace_id=workspace_id, seq__gt=after)
    return list(found.order_by("seq")[:limit])


def list_kpis(house: House, caller: Caller, *, days: int) -> list[KpiReading]:
    """Return every KPI over the last days."""
    workspace_id = caller.workspace_id
    keeping.catch_up(house, workspace_id)
    now = house.clock.now()
    policy = standards_cache(house).standards_of(workspace_id).policy
    since = now - timedelta(days=days)
    looked_at = Slice(workspace_id=workspace_id, since=since, places=caller.locations)
    return list(kpis_of(looked_at, core.limits_of(policy, now)).values())
