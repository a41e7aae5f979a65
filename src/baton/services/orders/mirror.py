"""Whatever tells of an order, a parcel or its scans, laid over our rows."""

from baton.core.records import DisputeRecord, OrderRecord, ParcelRecord, TrackingRecord
from baton.services.orders import disputes, keeping, parcels
from baton.services.orders.telling import Teller

Bought = OrderRecord | DisputeRecord | ParcelRecord | TrackingRecord


def lay(teller: Teller, contact_id: str, record: Bought) -> tuple[str, ...] | None:
    """Lay a record over its row; return what flows hear, None where nothing changed.

    Runs inside a transaction. `contact_id` is whose an order is, "" for a parcel, of whose
    buyer its teller knows nothing.
    """
    if isinstance(record, DisputeRecord):
        return disputes.lay(teller, record)
    if not isinstance(record, OrderRecord):
        return parcels.lay(teller, record)
    told = keeping.lay(teller, contact_id, record)
    return None if told is None else told + parcels.adopt(teller, record.reference)
