"""The page of an order: how it stands, its way and what was scanned; a look changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from baton.core.orders import OrderState, Scan, ScanState
from baton.core.records import OrderRecord, ParcelRecord, Person, TrackingRecord, stamp_at
from baton.services.ledger import Ledger
from baton.services.orders import mirror
from baton.services.orders.telling import Teller
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import AuditEntry, Contact, Order, RuntimeEvent
from baton.web.taps.route import HEIGHT, WIDTH, route_of
from tests.web.conftest import Gym


def bought(gym: Gym, *scans: Scan) -> str:
    """Keep an order of Mia's with one parcel, and return the path of its page."""
    gym.hear("mia", "hello", name="Mia Moss")
    now = gym.clock.now()
    order = OrderRecord(
        reference="o-1", stamp=stamp_at(now), person=Person(), number="A-1001",
        state=OrderState.PLACED, placed_at=now - timedelta(days=3), currency="USD",
        total_minor=42_00,
    )  # fmt: skip
    parcel = ParcelRecord(
        reference="p-1", stamp=stamp_at(now), order="o-1", carrier="UPS", tracking="1z 999",
        page_url="https://carrier.example.com/1Z999", shipped_at=now - timedelta(days=2),
    )  # fmt: skip
    seen = TrackingRecord(
        reference="t-1", stamp=stamp_at(now), tracking="1Z999", scans=scans,
        expected_at=now + timedelta(days=1),
    )  # fmt: skip
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, now)
        teller = Teller(ledger=ledger, workspace_id=gym.workspace.id, system_id="shop")
        for record in (order, parcel, seen):
            mirror.lay(teller, Contact.objects.get().id, record)
        ledger.flush()
    row = Order.objects.get()
    url = one_tap.link(gym.house, Errand.TRACK, gym.workspace.id, row.id)
    return url.removeprefix(gym.house.base_url)


@pytest.mark.req("OR18", "OR19")
def test_a_buyer_sees_where_the_order_is_and_a_look_changes_nothing(gym: Gym) -> None:
    now = gym.clock.now()
    path = bought(
        gym,
        Scan(at=now - timedelta(hours=30), state=ScanState.IN_TRANSIT, place="Louisville, KY"),
        Scan(at=now - timedelta(hours=2), state=ScanState.OUT_FOR_DELIVERY, place="<b>Austin"),
    )
    before = RuntimeEvent.objects.count(), AuditEntry.objects.count(), Order.objects.get()
    shown = Client().get(path)
    text = shown.content.decode()
    assert shown.status_code == 200
    for told in ("Order A-1001", "It arrives today.", "1Z999", "With the courier", "UPS"):
        assert told in text
    assert 'aria-label="The way of your parcel: Louisville, KY, &lt;b&gt;Austin"' in text
    assert "Mia" not in text
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert Client().post(path).status_code == 302  # nothing was tapped
    assert (RuntimeEvent.objects.count(), AuditEntry.objects.count()) == before[:2]
    assert Order.objects.get().changed_at == before[2].changed_at


@pytest.mark.req("M18", "OR7")
def test_one_tap_reports_a_problem_once(gym: Gym) -> None:
    path = bought(gym)
    assert "Report a problem" in Client().get(path).content.decode()
    for _ in range(2):
        assert Client(enforce_csrf_checks=True).post(path, {"do": "issue"}).status_code == 302
    keys = RuntimeEvent.objects.filter(dedupe_key__contains=":issue:")
    assert keys.count() == 1
    text = Client().get(path).content.decode()
    assert "A colleague looks into it" in text
    assert "Report a problem" not in text


def test_an_order_without_a_scan_says_that_it_is_in(gym: Gym) -> None:
    path = bought(gym)
    Order.objects.update(state=OrderState.PACKED)
    text = Client().get(path).content.decode()
    assert "It is packed and ships soon." in text
    assert "<svg" not in text


def a_scan(place: str, latitude: float | None = None, longitude: float | None = None) -> Scan:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Scan(
        at=at, state=ScanState.IN_TRANSIT, place=place, latitude=latitude, longitude=longitude
    )


def test_a_way_with_coordinates_keeps_its_shape_and_all_ways_stay_inside() -> None:
    north_first = [a_scan("Hamburg", 53.55, 9.99), a_scan("Kassel", 51.31, 9.48),
                   a_scan("München", 48.14, 11.58)]  # fmt: skip
    on_map = route_of(north_first, is_there=True)
    assert on_map is not None
    assert [stop.y for stop in on_map.stops] == sorted(stop.y for stop in on_map.stops)
    assert on_map.onward == ""
    first, last = on_map.stops[0], on_map.stops[-1]
    assert (first.label_y < first.y, last.label_y > last.y) == (True, True)
    assert route_of(north_first, is_there=False) == on_map  # nobody says where the buyer lives
    in_line = route_of([a_scan(f"Place {n // 2}") for n in range(40)], is_there=False)
    assert in_line is not None
    assert len(in_line.stops) == 7
    assert in_line.stops[0].name == "Place 0"
    assert in_line.stops[-1].name == "Place 19"
    assert in_line.onward
    for stop in (*on_map.stops, *in_line.stops):
        assert 0 <= stop.x <= WIDTH
        assert 0 <= stop.y <= HEIGHT
    assert route_of([a_scan("")], is_there=False) is None
