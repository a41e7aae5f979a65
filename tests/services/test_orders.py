"""Orders and parcels as a shop and a carrier tell of them: whoever is first, and however often."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.orders import STUCK_AFTER, OrderState, Scan, ScanState
from baton.core.records import (
    LineRecord,
    MoneyRecord,
    OrderRecord,
    ParcelRecord,
    Person,
    TrackingRecord,
    stamp_at,
)
from baton.services.ledger import Ledger
from baton.services.orders import mirror
from baton.services.orders.mirror import Bought
from baton.services.orders.telling import Teller
from baton.store.models import Order, OrderLine, Parcel, ParcelScan, RuntimeEvent
from baton.store.queries import orders

STORY = Story.model_validate(
    {
        "story": "orders",
        "title": "Somebody waits for a parcel",
        "pack": "fitness",
        "people": {"ana": {"contact": "email", "name": "Ana"}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def order_at(now: datetime, state: OrderState = OrderState.PLACED, **changed: Any) -> OrderRecord:
    fields: dict[str, Any] = {
        "reference": "o-1",
        "stamp": stamp_at(now),
        "person": Person(),
        "number": "#A-1001",
        "state": state,
        "placed_at": now,
        "currency": "USD",
        "total_minor": 42_00,
        "lines": (LineRecord(reference="l-1", title="Socks", quantity=2, price_minor=21_00),),
        "money": (MoneyRecord(reference="m-1", kind="paid", amount_minor=42_00, at=now),),
    }
    return OrderRecord(**{**fields, **changed})


def parcel_at(now: datetime, reference: str = "p-1", tracking: str = "1z 99 9") -> ParcelRecord:
    return ParcelRecord(
        reference=reference, stamp=stamp_at(now), order="o-1", tracking=tracking, shipped_at=now
    )


def seen(number: int, *scans: Scan, expected_at: datetime | None = None) -> TrackingRecord:
    return TrackingRecord(
        reference=f"t-{number}",
        stamp=stamp_at(scans[-1].at),
        tracking="1Z999",
        scans=scans,
        expected_at=expected_at,
    )


def hears(world: World, *told: Bought, is_quiet: bool = False) -> list[str]:
    """Lay records over their rows, each in a transaction of its own; return what flows heard."""
    contact_id = world.known("ana")
    before = RuntimeEvent.objects.filter(kind="event_reported").count()
    for record in told:
        with world.house.engine.transaction():
            ledger = Ledger(world.house, world.clock.now())
            system = "carrier" if isinstance(record, TrackingRecord) else "shop"
            teller = Teller(
                ledger=ledger, workspace_id=world.workspace_id, system_id=system, is_quiet=is_quiet
            )
            mirror.lay(teller, contact_id, record)
            ledger.flush()
    return _events()[before:]


def _events() -> list[str]:
    rows = RuntimeEvent.objects.filter(kind="event_reported").order_by("seq")
    keys = rows.values_list("dedupe_key", flat=True)
    return [key.split(":")[2] for key in keys]


def _rows() -> list[object]:
    scans = ParcelScan.objects.order_by("at").values_list("at", "state", "place")
    sent = Parcel.objects.values_list("system_id", "reference", "tracking", "state", "order_id")
    bought = Order.objects.values_list("id", "state", "said", "delivered_at", "total_minor")
    return [*scans, *((*row[:4], bool(row[4])) for row in sent), *(row[1:] for row in bought)]


@pytest.mark.req("OR9", "DI5")
@pytest.mark.parametrize("order", list(permutations(range(4)))[::4])
def test_a_shop_and_a_carrier_in_any_order_come_to_the_same_rows(
    world: World, order: tuple[int, ...]
) -> None:
    now = world.clock.now()
    out = Scan(at=now + timedelta(hours=1), state=ScanState.OUT_FOR_DELIVERY, place="Austin")
    come = Scan(at=now + timedelta(hours=5), state=ScanState.DELIVERED, place="Austin")
    told = (order_at(now), parcel_at(now), seen(1, out), seen(2, come))
    world.clock.advance(timedelta(hours=6))
    heard = hears(world, *(told[place] for place in (*order, *order)))  # and each of them twice
    rows = _rows()
    assert rows[-2:] == [
        ("shop", "p-1", "1Z999", "delivered", True),
        ("delivered", "placed", come.at, 42_00),
    ]
    assert len(rows) == 5
    assert len(heard) == len(set(heard))
    assert heard.count("delivered") == 1
    assert heard[-1] == "delivered" or heard.index("delivered") < heard.index("order_placed")


def test_what_was_paid_and_given_back_and_which_articles_is_as_told_last(world: World) -> None:
    now = world.clock.now()
    later = now + timedelta(minutes=5)
    back = (MoneyRecord(reference="r-1", kind="refunded", amount_minor=21_00, at=later),)
    lines = (
        LineRecord(reference="l-1", title="Socks", quantity=1, price_minor=21_00),
        LineRecord(reference="l-2", title="Cap", quantity=1, price_minor=9_00, sku="CAP"),
    )
    assert hears(world, order_at(now)) == ["order_placed"]
    kept = OrderLine.objects.get().id
    newer = order_at(now, stamp=stamp_at(later), lines=lines, money=back)
    assert hears(world, newer, order_at(now)) == []
    found = orders.find_own(world.workspace_id, world.known("ana"), "a1001")
    assert found is not None
    assert (found.paid_minor, found.refunded_minor) == (42_00, 21_00)
    assert [(line.title, line.quantity) for line in found.lines] == [("Socks", 1), ("Cap", 1)]
    assert found.lines[0].id == kept
    assert orders.list_own(world.workspace_id, world.known("ana")) == (found,)


def test_two_parcels_are_one_delivery_and_a_cancelled_order_is_silent(world: World) -> None:
    now = world.clock.now()
    hears(world, order_at(now), parcel_at(now), parcel_at(now, "p-2", "other"))
    world.clock.advance(timedelta(hours=5))
    come = Scan(at=now + timedelta(hours=4), state=ScanState.DELIVERED)
    assert hears(world, seen(1, come)) == ["delivered"]
    assert Order.objects.get().state == "shipped"
    cancelled = order_at(now, OrderState.CANCELLED, stamp=stamp_at(now + timedelta(hours=5)))
    assert hears(world, cancelled) == ["order_cancelled"]
    out = Scan(at=now + timedelta(hours=4), state=ScanState.OUT_FOR_DELIVERY)
    other = TrackingRecord(reference="t-9", stamp=stamp_at(out.at), tracking="OTHER", scans=(out,))
    assert hears(world, other) == []


@pytest.mark.req("OR1")
def test_a_parcel_of_which_nothing_is_heard_is_told_as_late_and_as_stuck(world: World) -> None:
    now = world.clock.now()
    moving = Scan(at=now, state=ScanState.IN_TRANSIT, place="Austin")
    hears(
        world, order_at(now), parcel_at(now), seen(1, moving, expected_at=now + timedelta(days=2))
    )
    begun = len(_events())
    world.pass_time(timedelta(days=3, minutes=1))
    assert _events()[begun:] == ["late"]
    world.pass_time(STUCK_AFTER)
    assert _events()[begun:] == ["late", "stuck"]
    world.pass_time(STUCK_AFTER)
    assert _events()[begun:] == ["late", "stuck"]


def test_an_import_of_old_orders_is_kept_and_told_to_nobody(world: World) -> None:
    now = world.clock.now()
    assert hears(world, order_at(now), parcel_at(now), is_quiet=True) == []
    assert Order.objects.get().state == "shipped"
    # What was kept quietly is not told with the next scan either.
    moving = Scan(at=now + timedelta(minutes=9), state=ScanState.IN_TRANSIT, place="Austin")
    world.clock.advance(timedelta(minutes=10))
    assert hears(world, seen(1, moving)) == []


@pytest.mark.req("RT8")
def test_an_order_is_disputed_as_its_system_says_and_stays_so_where_it_says_nothing(
    world: World,
) -> None:
    since = []
    for hours, is_disputed in enumerate([None, True, None, True, False]):
        at = world.now + timedelta(hours=hours)
        hears(world, order_at(at, is_disputed=is_disputed))
        since.append(Order.objects.get().disputed_at)
    begun = since[1]
    assert begun is not None
    assert since == [None, begun, begun, begun, None]
