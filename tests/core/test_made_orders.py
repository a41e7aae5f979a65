"""Orders, parcels and scans made of what a map found: each kind whole, and what is wrong named."""

from datetime import UTC, datetime

import pytest

from baton.core import making, mapping
from baton.core.json import Json
from baton.core.making import Reading
from baton.core.mapping import FieldMap, Mapped, Unmapped
from baton.core.orders import OrderState, Scan, ScanState
from baton.core.records import OrderRecord, ParcelRecord, Person, TrackingRecord, stamp_at

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
READING = Reading(zone=UTC, received_at=NOW)
ANN = Person(phone="+447700900123")


def made(makes: str, **facts: Json) -> object:
    mapped = Mapped(by=FieldMap(name="m", makes=makes), person={}, facts=facts)
    return making.record_of(mapped, ANN, READING)


@pytest.mark.req("DI5", "OR1")
def test_an_order_a_parcel_and_a_scan_are_made_of_their_fields() -> None:
    order = made(
        "order", number="#1001", placed_at="2026-03-01T09:00:00Z", currency="usd", total="42.50",
        state="Shipped", article="Socks",
    )  # fmt: skip
    assert isinstance(order, OrderRecord)
    assert (order.number, order.reference, order.state) == ("1001", "1001", OrderState.SHIPPED)
    assert (order.currency, order.total_minor, order.money[0].amount_minor) == ("USD", 4250, 4250)
    assert order.stamp == stamp_at(NOW)
    parcel = made("shipment", order="1001", tracking="1Z9", shipped_at="2026-03-01T12:00:00Z")
    assert isinstance(parcel, ParcelRecord)
    assert (parcel.reference, parcel.order, parcel.tracking) == ("1001-1Z9", "1001", "1Z9")
    scan = made("tracking", tracking="1Z9", state="Out_For_Delivery", at="2026-03-02T08:00:00Z")
    assert isinstance(scan, TrackingRecord)
    out = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert scan.scans == (Scan(at=out, state=ScanState.OUT_FOR_DELIVERY),)


@pytest.mark.parametrize(
    ("makes", "facts", "wrong"),
    [
        ("order", {"placed_at": "2026-03-01", "currency": "USD"}, {"number"}),
        ("order", {"number": "1", "currency": "USD"}, {"placed_at"}),
        ("order", {"number": "1", "placed_at": "2026-03-01", "currency": "dollars"}, {"currency"}),
        ("order", {"number": "1", "placed_at": "2026-03-01", "currency": "USD", "total": "x"},
         {"total"}),
        ("shipment", {"tracking": "1Z9"}, {"order"}),
        ("shipment", {"order": "1", "page_url": "javascript:x"}, {"page_url"}),
        ("tracking", {"tracking": "1Z9", "at": "2026-03-01"}, {"state"}),
        ("tracking", {"tracking": "1Z9", "at": "2026-03-01", "state": "eaten"}, {"state"}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(makes: str, facts: dict[str, Json], wrong: set[str]) -> None:
    refused = made(makes, **facts)
    assert isinstance(refused, Unmapped)
    assert set(refused.problems) == wrong


def test_a_scan_names_no_person_and_an_order_must() -> None:
    scan = FieldMap(name="scan", makes="tracking", fields={"tracking": "no"})
    assert isinstance(mapping.apply(scan, {"no": "1Z9"}), Mapped)
    assert "phone" not in mapping.problems_with(scan)
    order = FieldMap(name="order", makes="order", fields={"number": "no"})
    assert isinstance(mapping.apply(order, {"no": "1"}), Unmapped)
    assert "phone" in mapping.problems_with(order)


@pytest.mark.req("RT8", "DI5")
@pytest.mark.parametrize(
    ("said", "known"),
    [("yes", True), (True, True), ("0", False), (False, False), ("", None), (None, None)],
)
def test_a_sign_of_fraud_is_known_only_where_it_is_told(
    said: Json,
    *,
    known: bool | None,
) -> None:
    facts = {} if said is None else {"addresses_differ": said, "disputed": said}
    order = made("order", number="1", placed_at="2026-03-01", currency="USD", **facts)
    assert isinstance(order, OrderRecord)
    assert (order.is_elsewhere, order.is_disputed) == (known, known)


def test_a_sign_of_fraud_that_nobody_can_read_is_named() -> None:
    facts = {"addresses_differ": "perhaps", "disputed": "perhaps"}
    refused = made("order", number="1", placed_at="2026-03-01", currency="USD", **facts)
    assert isinstance(refused, Unmapped)
    assert set(refused.problems) == {"addresses_differ", "disputed"}
