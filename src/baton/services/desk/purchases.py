"""What somebody bought, how it came, and what went back, as lines of their timeline."""

from collections.abc import Iterator

from baton.core.orders import OrderState, ScanState
from baton.services.desk.happenings import Happening
from baton.store.models import Order, OrderMoney, Parcel, ParcelScan, Return

_TELLING = (
    ScanState.OUT_FOR_DELIVERY,
    ScanState.READY_FOR_PICKUP,
    ScanState.DELIVERED,
    ScanState.FAILED,
    ScanState.RETURNING,
    ScanState.LOST,
)
"""Of a parcel's scans, those that a buyer would speak of; all of them stand with the order."""


def list_of(contact_id: str, *, limit: int) -> tuple[Happening, ...]:
    """Return the newest of each kind, in no order."""
    mine = Order.objects.filter(contact_id=contact_id).order_by("-placed_at", "-id")[:limit]
    orders = {one.id: one for one in mine}
    return (
        *(_order(one, "placed") for one in orders.values()),
        *(_order(one, "cancelled") for one in orders.values() if one.state == OrderState.CANCELLED),
        *_ways(orders, limit),
        *_money(orders, limit),
        *_returns(contact_id, limit),
    )


def _order(row: Order, state: str) -> Happening:
    return Happening(
        at=row.placed_at if state == "placed" else row.changed_at,
        kind="order",
        title=row.number,
        order_id=row.id,
        state=state,
        amount_minor=row.total_minor if state == "placed" else 0,
        currency=row.currency,
    )


def _ways(orders: dict[str, Order], limit: int) -> Iterator[Happening]:
    parcels = dict(Parcel.objects.filter(order_id__in=orders).values_list("id", "order_id"))
    scans = ParcelScan.objects.filter(parcel_id__in=parcels, state__in=_TELLING)
    for scan in scans.order_by("-at", "-id")[:limit]:
        row = orders[parcels[scan.parcel_id]]
        yield Happening(
            at=scan.at,
            kind="parcel",
            title=row.number,
            order_id=row.id,
            state=scan.state,
            reason=scan.place,
        )


def _money(orders: dict[str, Order], limit: int) -> Iterator[Happening]:
    back = OrderMoney.objects.filter(order_id__in=orders, kind="refunded").order_by("-at", "-id")
    for one in back[:limit]:
        row = orders[one.order_id]
        yield Happening(
            at=one.at,
            kind="refund",
            title=row.number,
            order_id=row.id,
            state="refunded",
            amount_minor=one.amount_minor,
            currency=row.currency,
        )


def _returns(contact_id: str, limit: int) -> Iterator[Happening]:
    for row in Return.objects.filter(contact_id=contact_id).order_by("-id")[:limit]:
        steps = (
            ("asked", row.asked_at),
            (row.outcome, row.decided_at),
            ("labelled", row.labelled_at),
        )
        for state, at in steps:
            if at is not None and state:
                by = row.decided_by.partition(":")[0] if state == row.outcome else ""
                yield Happening(
                    at=at, kind="return", title=row.number, return_id=row.id, state=state, actor=by
                )
