"""What a contact bought, found by its number or by being theirs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from baton.store.models import Order, OrderLine, OrderMoney, Parcel, ParcelScan
from baton.store.queries import people


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One article of an order; `price_minor` is for one piece."""

    id: str
    reference: str
    title: str
    sku: str
    category: str
    quantity: int
    price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order with its lines, and what was paid and given back, in minor units.

    `delivered_at` is when its last parcel came, None before.
    """

    id: str
    contact_id: str
    system_id: str
    reference: str
    number: str
    state: str
    currency: str
    total_minor: int
    paid_minor: int
    refunded_minor: int
    placed_at: datetime
    delivered_at: datetime | None
    lines: tuple[LineRow, ...]


def find_order(workspace_id: str, order_id: str) -> OrderRow | None:
    """Return an order by its id."""
    return next(iter(_rows(Order.objects.filter(workspace_id=workspace_id, id=order_id))), None)


def find_own(workspace_id: str, contact_id: str, plain_number: str) -> OrderRow | None:
    """Return a contact's own order by its number without signs, the newest of that number."""
    own = Order.objects.filter(
        workspace_id=workspace_id,
        contact_id=people.whole_of(contact_id),
        plain_number=plain_number,
    )
    return next(iter(_rows(own.order_by("-placed_at")[:1])), None)


def list_own(workspace_id: str, contact_id: str, *, most: int = 20) -> tuple[OrderRow, ...]:
    """Return what a contact bought, the newest first."""
    own = Order.objects.filter(workspace_id=workspace_id, contact_id=people.whole_of(contact_id))
    return tuple(_rows(own.order_by("-placed_at", "-id")[:most]))


def list_parcels(order_id: str) -> tuple[Parcel, ...]:
    """Return an order's parcels, the first known first."""
    return tuple(Parcel.objects.filter(order_id=order_id).order_by("id"))


def list_scans(parcel_ids: Collection[str]) -> tuple[ParcelScan, ...]:
    """Return the scans of parcels, the newest first."""
    return tuple(ParcelScan.objects.filter(parcel_id__in=parcel_ids).order_by("-at", "-id"))


def _rows(found: Iterable[Order]) -> list[OrderRow]:
    orders = list(found)
    ids = [one.id for one in orders]
    lines: dict[str, list[LineRow]] = {one: [] for one in ids}
    for line in OrderLine.objects.filter(order_id__in=ids).order_by("id"):
        lines[line.order_id].append(_line(line))
    moved: dict[tuple[str, str], int] = {}
    for money in OrderMoney.objects.filter(order_id__in=ids):
        place = money.order_id, money.kind
        moved[place] = moved.get(place, 0) + money.amount_minor
    return [
        OrderRow(
            id=one.id,
            contact_id=one.contact_id,
            system_id=one.system_id,
            reference=one.reference,
            number=one.number,
            state=one.state,
            currency=one.currency,
            total_minor=one.total_minor,
            paid_minor=moved.get((one.id, "paid"), 0),
            refunded_minor=moved.get((one.id, "refunded"), 0),
            placed_at=one.placed_at,
            delivered_at=one.delivered_at,
            lines=tuple(lines[one.id]),
        )
        for one in orders
    ]


def _line(line: OrderLine) -> LineRow:
    return LineRow(
        id=line.id,
        reference=line.reference,
        title=line.title,
        sku=line.sku,
        category=line.category,
        quantity=line.quantity,
        price_minor=line.price_minor,
    )
