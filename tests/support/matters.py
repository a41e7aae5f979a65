"""Matters of a flow as reports count them, kept without a talk behind each."""

from datetime import datetime, timedelta

from baton.core.kpis import Grain
from baton.services.evidence import days
from baton.services.house import House
from baton.store.models import Episode


def keep_matters(
    house: House,
    workspace_id: str,
    count: int,
    *,
    began: datetime,
    handed: int = 0,
    mark: float | None = None,
    flow: str = "faq",
    returned: int = 0,
) -> tuple[str, ...]:
    """Keep matters of a flow, the first of them handed over or back soon, all marked alike.

    Return their conversations.
    """
    known = Episode.objects.count()
    talks = tuple(f"c{known + number}" for number in range(count))
    Episode.objects.bulk_create(
        Episode(
            id=f"e{known + number}",
            workspace_id=workspace_id,
            conversation_id=talk,
            number=1,
            began_at=began,
            channel="webchat",
            inbox_id="",
            intent="",
            triage="",
            opened_by="contact",
            flow=flow,
            version=1,
            handoffs=int(number < handed),
            ended_at=began + timedelta(minutes=9),
            ended_by="bot",
            returned_after=3_600 * (1 + number % 20) if number < returned else None,
            csat=None if mark is None else mark + number % 3,
            csat_after=None if mark is None else 60,
        )
        for number, talk in enumerate(talks)
    )
    days.mark(house, workspace_id, Grain.EPISODE, [began])
    return talks
