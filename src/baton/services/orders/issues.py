"""A buyer says on the page of an order that something is wrong with it (M18, M19)."""

from datetime import timedelta

from django.db.models import QuerySet

from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.orders import keeping, telling
from baton.services.people import telling as people_telling
from baton.store.models import AuditEntry, Order

ISSUE = "order_issue"
_REPORTED = "order_issue_reported"
_AGAIN_AFTER = timedelta(days=1)


def report(house: House, workspace_id: str, order_id: str) -> None:
    """Tell flows that its buyer reports a problem, once for an order in a day."""
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, keeping.LANE)
        order = Order.objects.get(id=order_id, workspace_id=workspace_id)
        ledger = Ledger(house, house.clock.now())
        if not _reports(order).filter(at__gt=ledger.now - _AGAIN_AFTER).exists():
            actor, subject = f"contact:{order.contact_id}", f"order:{order.id}"
            ledger.audit(workspace_id, actor, _REPORTED, subject)
            key = f"order:{order.id}:issue:{ledger.now.isoformat()}"
            facts = telling.facts_of(house, order)
            people_telling.tell(house, order.contact_id, ISSUE, facts, key=key)
        ledger.flush()


def is_reported(order: Order) -> bool:
    """Return whether its buyer has reported a problem with an order."""
    return _reports(order).exists()


def _reports(order: Order) -> "QuerySet[AuditEntry]":
    return AuditEntry.objects.filter(
        workspace_id=order.workspace_id, subject=f"order:{order.id}", action=_REPORTED
    )
