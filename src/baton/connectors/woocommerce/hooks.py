"""WooCommerce's webhooks: believed by their signature; each an order as it stands.

https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from baton.connectors import (
    Heard,
    Hook,
    UnreadableError,
    differ,
    heard_whole,
    moment_of,
    page_of,
    require_body_digest,
    told_as,
)
from baton.core.json import Json
from baton.core.making import minor_of
from baton.core.orders import OrderState
from baton.core.records import (
    LineRecord,
    MoneyRecord,
    OrderRecord,
    ParcelRecord,
    Person,
    Record,
    stamp_at,
)

HEADER = "X-WC-Webhook-Signature"

_WHOSE = "WooCommerce's"
_TRACKED = "_wc_shipment_tracking_items"
"""Where the extension Shipment Tracking keeps what was sent."""

_STATES = {
    "cancelled": OrderState.CANCELLED,
    "failed": OrderState.CANCELLED,
    "trash": OrderState.CANCELLED,
    "completed": OrderState.SHIPPED,
}
_ADDRESSED = ("address_1", "address_2", "city", "postcode", "country")
_MAX_TITLE = 200
_MOST = 100


class _Billing(msgspec.Struct):
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""


class _Line(msgspec.Struct):
    id: int
    name: str = ""
    sku: str | None = None
    quantity: int = 1
    price: float | str = 0


class _Refund(msgspec.Struct):
    id: int
    total: str = "0"


class _Sent(msgspec.Struct):
    tracking_number: str = ""
    tracking_provider: str = ""
    custom_tracking_provider: str = ""
    custom_tracking_link: str = ""
    date_shipped: str | int = ""


class _Meta(msgspec.Struct):
    key: str = ""
    value: Any = None  # an extension may keep anything


class _Order(msgspec.Struct):
    """An order; further fields are the shop's own business."""

    id: int
    number: str
    status: str
    currency: str
    total: str
    date_created_gmt: str
    date_modified_gmt: str
    line_items: list[_Line]
    date_paid_gmt: str | None = None
    date_completed_gmt: str | None = None
    billing: _Billing | None = None
    shipping: dict[str, Any] | None = None
    customer_id: int = 0
    refunds: list[_Refund] = []
    meta_data: list[_Meta] = []


class WooCommerceHooks:
    """The connector: it hears, and says what a webhook tells."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        require_body_digest(hook, HEADER, proof)
        return heard_whole(hook)

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:
        """Return the order with its parcels; none for anything else."""
        if not isinstance(said, dict):
            raise UnreadableError(f"it does not fit {_WHOSE} form: it is no object")
        if "line_items" not in said or "status" not in said:
            return ()
        of = told_as(said, _Order, _WHOSE)
        changed_at = moment_of(of.date_modified_gmt) or received_at
        return (_order(of, changed_at), *_parcels(of, changed_at))


def _order(of: _Order, changed_at: datetime) -> OrderRecord:
    billing = of.billing or _Billing()
    return OrderRecord(
        reference=str(of.id),
        stamp=stamp_at(changed_at),
        person=Person(
            reference=str(of.customer_id) if of.customer_id else "",
            name=f"{billing.first_name} {billing.last_name}".strip(),
            email=billing.email,
            phone=billing.phone,
        ),
        number=of.number,
        state=_STATES.get(of.status, OrderState.PLACED),
        placed_at=moment_of(of.date_created_gmt) or changed_at,
        currency=of.currency[:3],
        total_minor=minor_of(of.total) or 0,
        lines=tuple(_line(one) for one in of.line_items[:_MOST]),
        money=_money(of, changed_at),
        is_elsewhere=differ(of.shipping, msgspec.to_builtins(billing), _ADDRESSED),
    )


def _line(of: _Line) -> LineRecord:
    return LineRecord(
        reference=str(of.id),
        title=of.name[:_MAX_TITLE],
        sku=of.sku or "",
        quantity=max(0, min(of.quantity, 10_000)),
        price_minor=_minor(of.price),
    )


def _minor(price: float | str) -> int:
    # It writes a price without its last nought: 12.5, or 12.349999 where tax was taken off.
    return minor_of(f"{price:.2f}" if isinstance(price, int | float) else price) or 0


def _money(of: _Order, changed_at: datetime) -> tuple[MoneyRecord, ...]:
    paid_at = moment_of(of.date_paid_gmt)
    total = minor_of(of.total) or 0
    paid = MoneyRecord(reference="paid", kind="paid", amount_minor=total, at=paid_at or changed_at)
    given_back = tuple(
        MoneyRecord(
            reference=f"refund-{one.id}",
            kind="refunded",
            amount_minor=minor_of(one.total.removeprefix("-")) or 0,
            at=changed_at,
        )
        for one in of.refunds[:_MOST]
    )
    return ((paid,) if paid_at else ()) + given_back


def _parcels(of: _Order, changed_at: datetime) -> tuple[ParcelRecord, ...]:
    kept = next((one.value for one in of.meta_data if one.key == _TRACKED), None)
    items = kept if isinstance(kept, list) else []
    sent = [told_as(one, _Sent, _WHOSE) for one in items[:_MOST]]
    if sent:
        return tuple(_parcel(of, one, changed_at) for one in sent if one.tracking_number)
    shipped_at = moment_of(of.date_completed_gmt)
    if of.status != "completed" or shipped_at is None:
        return ()
    # Nobody says with whom it was sent; that it was, is known.
    whole = ParcelRecord(
        reference=str(of.id), stamp=stamp_at(changed_at), order=str(of.id), shipped_at=shipped_at
    )
    return (whole,)


def _parcel(of: _Order, sent: _Sent, changed_at: datetime) -> ParcelRecord:
    day = str(sent.date_shipped)
    is_epoch = day.isascii() and day.isdecimal() and len(day) == 10  # noqa: PLR2004 - seconds
    shipped_at = datetime.fromtimestamp(int(day), UTC) if is_epoch else moment_of(day)
    return ParcelRecord(
        reference=f"{of.id}-{sent.tracking_number[:80]}",
        stamp=stamp_at(changed_at),
        order=str(of.id),
        carrier=sent.tracking_provider or sent.custom_tracking_provider,
        tracking=sent.tracking_number,
        page_url=page_of(sent.custom_tracking_link),
        shipped_at=shipped_at or changed_at,
    )
