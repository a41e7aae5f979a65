"""Shopify's webhooks: believed by their signature; an order or a fulfillment as it stands.

https://shopify.dev/docs/api/admin-rest/latest/resources/order
"""

from datetime import datetime
from typing import Any

import msgspec

from baton.connectors import (
    Heard,
    Hook,
    Moment,
    UnreadableError,
    differ,
    heard_whole,
    page_of,
    require_body_digest,
    told_as,
)
from baton.core.json import Json
from baton.core.making import minor_of
from baton.core.orders import OrderState, Scan, ScanState
from baton.core.records import (
    DisputeRecord,
    LineRecord,
    MoneyRecord,
    OrderRecord,
    ParcelRecord,
    Person,
    Record,
    stamp_at,
    stamp_of,
)

HEADER = "X-Shopify-Hmac-Sha256"

_WHOSE = "Shopify's"
_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_SHIPPED = frozenset({"fulfilled", "partial"})
_CALLED_OFF = frozenset({"cancelled", "error", "failure"})
_SEEN = {"delivered": ScanState.DELIVERED, "ready_for_pickup": ScanState.READY_FOR_PICKUP}
"""What of a carrier's word is taken from the shop, which repeats it at every change: what stays
as it is. All else of a parcel's way, its carrier tells with its own moments."""

_DISPUTED = ("needs_response", "under_review", "accepted", "charge_refunded", "lost", "won")
"""How far a dispute has come, the earlier first; the first two are open."""
_OPEN = frozenset(_DISPUTED[:2])
_LOST = frozenset({"accepted", "lost"})
_ADDRESSED = ("address1", "address2", "city", "zip", "country_code")

_MAX_TITLE = 200
_MOST = 100


class _Customer(msgspec.Struct):
    id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


class _Line(msgspec.Struct):
    id: int
    title: str = ""
    sku: str | None = None
    quantity: int = 1
    price: str = "0"


class _Transaction(msgspec.Struct):
    id: int
    amount: str = "0"
    kind: str = ""
    status: str = ""


class _Refund(msgspec.Struct):
    id: int
    created_at: Moment
    transactions: list[_Transaction] = []


class _Fulfillment(msgspec.Struct):
    id: int
    order_id: int
    created_at: Moment
    updated_at: Moment
    status: str | None = None
    shipment_status: str | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None


class _Dispute(msgspec.Struct):
    id: int
    order_id: int
    initiated_at: Moment
    status: str
    amount: str = "0"


class _Order(msgspec.Struct):
    """An order; further fields are the shop's own business."""

    id: int
    name: str
    created_at: Moment
    updated_at: Moment
    currency: str
    total_price: str
    line_items: list[_Line]
    financial_status: str | None = None
    fulfillment_status: str | None = None
    cancelled_at: Moment | None = None
    email: str | None = None
    phone: str | None = None
    customer: _Customer | None = None
    customer_locale: str | None = None
    order_status_url: str | None = None
    shipping_address: dict[str, Any] | None = None
    billing_address: dict[str, Any] | None = None
    fulfillments: list[_Fulfillment] = []
    refunds: list[_Refund] = []


class ShopifyHooks:
    """The connector: it hears, and says what a webhook tells."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        require_body_digest(hook, HEADER, proof)
        return heard_whole(hook)

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - likewise
        """Return the order with its parcels, one parcel or one dispute; none for all else."""
        if not isinstance(said, dict):
            raise UnreadableError(f"it does not fit {_WHOSE} form: it is no object")
        if "line_items" in said and "total_price" in said:
            order = told_as(said, _Order, _WHOSE)
            return (_order(order), *(_parcel(one) for one in order.fulfillments[:_MOST]))
        if "order_id" in said and "tracking_number" in said:
            return (_parcel(told_as(said, _Fulfillment, _WHOSE)),)
        if "order_id" in said and "initiated_at" in said:
            return (_dispute(told_as(said, _Dispute, _WHOSE)),)
        return ()


def _dispute(of: _Dispute) -> DisputeRecord:
    rank = _DISPUTED.index(of.status) if of.status in _DISPUTED else 0
    return DisputeRecord(
        reference=str(of.id),
        stamp=stamp_of(rank),
        order=str(of.order_id),
        since=of.initiated_at,
        is_open=of.status in _OPEN,
        taken_minor=minor_of(of.amount) if of.status in _LOST else None,
    )


def _order(of: _Order) -> OrderRecord:
    return OrderRecord(
        reference=str(of.id),
        stamp=stamp_at(of.updated_at),
        person=_person(of),
        number=of.name.removeprefix("#"),
        state=_state(of),
        placed_at=of.created_at,
        currency=of.currency[:3],
        total_minor=minor_of(of.total_price) or 0,
        lines=tuple(_line(one) for one in of.line_items[:_MOST]),
        money=_money(of),
        page_url=page_of(of.order_status_url),
        is_elsewhere=differ(of.shipping_address, of.billing_address, _ADDRESSED),
    )


def _state(of: _Order) -> OrderState:
    if of.cancelled_at:
        return OrderState.CANCELLED
    return OrderState.SHIPPED if of.fulfillment_status in _SHIPPED else OrderState.PLACED


def _line(of: _Line) -> LineRecord:
    return LineRecord(
        reference=str(of.id),
        title=of.title[:_MAX_TITLE],
        sku=of.sku or "",
        quantity=max(0, min(of.quantity, 10_000)),
        price_minor=minor_of(of.price) or 0,
    )


def _money(of: _Order) -> tuple[MoneyRecord, ...]:
    paid = MoneyRecord(
        reference="paid", kind="paid", amount_minor=minor_of(of.total_price) or 0, at=of.created_at
    )
    given_back = tuple(
        MoneyRecord(
            reference=f"refund-{moved.id}",
            kind="refunded",
            amount_minor=minor_of(moved.amount) or 0,
            at=refund.created_at,
        )
        for refund in of.refunds[:_MOST]
        for moved in refund.transactions[:_MOST]
        if moved.kind == "refund" and moved.status == "success"
    )
    return ((paid,) if of.financial_status in _PAID else ()) + given_back


def _parcel(of: _Fulfillment) -> ParcelRecord:
    state = _SEEN.get(of.shipment_status or "")
    is_off = of.status in _CALLED_OFF
    return ParcelRecord(
        reference=str(of.id),
        stamp=stamp_at(of.updated_at),
        order=str(of.order_id),
        carrier=of.tracking_company or "",
        tracking=of.tracking_number or "",
        page_url=page_of(of.tracking_url),
        shipped_at=None if is_off else of.created_at,
        cancelled_at=of.updated_at if is_off else None,
        scans=(Scan(at=of.updated_at, state=state),) if state and not is_off else (),
    )


def _person(of: _Order) -> Person:
    customer = of.customer or _Customer()
    names: tuple[Any, ...] = (customer.first_name, customer.last_name)
    return Person(
        reference=str(customer.id) if customer.id else "",
        name=" ".join(filter(None, names)),
        email=of.email or customer.email or "",
        phone=of.phone or customer.phone or "",
        language=of.customer_locale or "",
    )
