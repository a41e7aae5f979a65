"""Orders, parcels and scans made of what a map found in another system's payload or file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from baton.core.orders import OrderState, Scan, ScanState
from baton.core.records import (
    LineRecord,
    MoneyRecord,
    OrderRecord,
    ParcelRecord,
    Person,
    Stamp,
    TrackingRecord,
)

_MAX_REFERENCE = 120
_MAX_NUMBER = 40
_MAX_TITLE = 200
_MAX_TRACKING = 80
_ORDER_STATES: Mapping[str, str] = {
    **dict.fromkeys(
        ("placed", "new", "open", "paid", "pending", "processing", "on hold"), "placed"
    ),
    **dict.fromkeys(("packed", "ready", "ready to ship"), "packed"),
    **dict.fromkeys(("shipped", "sent", "fulfilled", "completed", "dispatched"), "shipped"),
    "delivered": "delivered",
    **dict.fromkeys(("cancelled", "canceled", "void", "deleted"), "cancelled"),
}
_SCANS: Mapping[str, str] = {
    **{state.value.replace("_", " "): state.value for state in ScanState},
    **dict.fromkeys(("pre transit", "announced", "info received", "label created"), "labelled"),
    **dict.fromkeys(("transit", "shipped", "on its way", "accepted"), "in_transit"),
    **dict.fromkeys(("with the courier", "on vehicle"), "out_for_delivery"),
    **dict.fromkeys(("available for pickup", "pickup"), "ready_for_pickup"),
    **dict.fromkeys(("attempt fail", "failed attempt", "not delivered"), "failed"),
    **dict.fromkeys(("returned", "return to sender", "returned to sender"), "returning"),
    **dict.fromkeys(("damaged", "exception"), "lost"),
    "canceled": "cancelled",
}


class Told(Protocol):
    """What a payload says, field by field; what cannot be read is noted by whom is asked."""

    def text(self, name: str, most: int = 80, *, is_required: bool = False) -> str: ...
    def moment(self, name: str, *, is_required: bool = False) -> datetime | None: ...
    def amount(self, name: str) -> int: ...
    def choice(self, name: str, words: Mapping[str, str], default: str) -> str: ...
    def is_so(self, name: str, *, default: bool = False) -> bool: ...
    def url(self, name: str) -> str: ...
    def stamp(self) -> Stamp: ...


def order(told: Told, person: Person) -> OrderRecord | None:
    """Return the order that a payload tells of; an article makes its one line."""
    number = told.text("number", _MAX_NUMBER, is_required=True).removeprefix("#")
    placed_at = told.moment("placed_at", is_required=True)
    total, article = told.amount("total"), told.text("article", _MAX_TITLE)
    state = OrderState(told.choice("state", _ORDER_STATES, OrderState.PLACED.value))
    if placed_at is None or not number:
        return None
    paid = MoneyRecord(reference="paid", kind="paid", amount_minor=total, at=placed_at)
    line = LineRecord(reference="1", title=article, price_minor=total, sku=told.text("sku"))
    return OrderRecord(
        reference=told.text("reference", _MAX_REFERENCE) or number,
        stamp=told.stamp(),
        person=person,
        number=number,
        state=state,
        placed_at=placed_at,
        currency=told.text("currency", 3, is_required=True).upper(),
        total_minor=total,
        lines=(line,) if article else (),
        money=(paid,) if told.is_so("is_paid", default=True) and total else (),
        page_url=told.url("page_url"),
        is_elsewhere=_told_so(told, "addresses_differ"),
        is_disputed=_told_so(told, "disputed"),
    )


def _told_so(told: Told, name: str) -> bool | None:
    """Return what a field says, None where nothing stands there: nobody is suspected for that."""
    return told.is_so(name) if told.text(name) else None


def parcel(told: Told, _person: Person) -> ParcelRecord | None:
    """Return the parcel that a shop tells of."""
    of = told.text("order", _MAX_REFERENCE, is_required=True)
    tracking = told.text("tracking", _MAX_TRACKING)
    reference = told.text("reference", _MAX_REFERENCE) or f"{of}-{tracking}"[:_MAX_REFERENCE]
    return ParcelRecord(
        reference=reference,
        stamp=told.stamp(),
        order=of,
        carrier=told.text("carrier"),
        tracking=tracking,
        page_url=told.url("page_url"),
        shipped_at=told.moment("shipped_at"),
        expected_at=told.moment("expected_at"),
    )


def tracking(told: Told, _person: Person) -> TrackingRecord | None:
    """Return what a carrier scanned: one scan a payload, or a line of a file."""
    number = told.text("tracking", _MAX_TRACKING, is_required=True)
    state = told.choice("state", _SCANS, "")
    at = told.moment("at", is_required=True)
    if at is None or not state or not number:
        told.text("state", is_required=True)
        return None
    scan = Scan(at=at, state=ScanState(state), place=told.text("place", 120))
    return TrackingRecord(
        reference=number,
        stamp=told.stamp(),
        tracking=number,
        scans=(scan,),
        carrier=told.text("carrier"),
        order=told.text("order", _MAX_NUMBER),
        page_url=told.url("page_url"),
        expected_at=told.moment("expected_at"),
    )
