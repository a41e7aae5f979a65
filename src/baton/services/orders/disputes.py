"""Payments that buyers dispute with their bank: a person decides about such an order (X3)."""

from baton.core import records
from baton.core.records import DisputeRecord
from baton.services.orders import keeping
from baton.services.orders.telling import Teller
from baton.store.models import Order, OrderMoney


def lay(teller: Teller, record: DisputeRecord) -> tuple[str, ...] | None:
    """Note on its order how a dispute stands; return None where nothing changed.

    What the bank took back counts as given back. An order stays disputed when the shop has
    lost, so that nobody gives the same money back twice.
    """
    teller.ledger.house.engine.lock_lane(teller.workspace_id, keeping.LANE)
    mine = Order.objects.filter(workspace_id=teller.workspace_id, system_id=teller.system_id)
    row = mine.filter(reference=record.order).first()
    if row is None or not records.is_newer(record.stamp, row.dispute_stamp):
        return None
    is_lost = record.taken_minor is not None
    row.dispute_stamp, row.changed_at = record.stamp, teller.ledger.now
    row.disputed_at = record.since if record.is_open or is_lost else None
    row.save()
    if record.taken_minor:
        OrderMoney.objects.get_or_create(
            order_id=row.id,
            reference=f"dispute-{record.reference}",
            defaults={
                "id": teller.ledger.next_id(),
                "workspace_id": row.workspace_id,
                "kind": "refunded",
                "amount_minor": record.taken_minor,
                "at": teller.ledger.now,
            },
        )
    return ()
