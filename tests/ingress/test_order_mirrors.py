"""Shops and carriers tell of one order: shuffled, doubled and missing, nothing false is told."""

from itertools import permutations
from typing import cast

import pytest

from baton.connectors import differ
from baton.core.json import Json
from baton.store.models import (
    Contact,
    Order,
    OrderMoney,
    Parcel,
    ParcelScan,
    RuntimeEvent,
    SystemDelivery,
)
from baton.store.queries import orders
from tests.connectors.examples import CARRIERS, SHOPS, Example
from tests.ingress.installation import Installation
from tests.ingress.test_mirrors import connect, post

SHOPIFY, WOOCOMMERCE = SHOPS
EASYPOST, AFTERSHIP = CARRIERS


def _events() -> list[str]:
    rows = RuntimeEvent.objects.filter(kind="event_reported").order_by("seq")
    return [key.split(":", 2)[2] for key in rows.values_list("dedupe_key", flat=True)]


def _fates() -> set[str]:
    return set(SystemDelivery.objects.values_list("fate", flat=True))


@pytest.mark.req("DI5", "DI12")
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
@pytest.mark.parametrize(
    ("shop", "number", "refunded"),
    [(SHOPIFY, "1001", 25_50), (WOOCOMMERCE, "727", 10_00)],
    ids=["shopify", "woocommerce"],
)
def test_a_shops_webhooks_in_any_order_come_to_the_same_order(
    gym: Installation, shop: Example, number: str, refunded: int, order: tuple[int, ...]
) -> None:
    token = connect(gym, shop)
    for place in (*order, *order):  # and each of them twice
        post(gym, shop, token, shop.told[place])
    row = Order.objects.get()
    found = orders.find_own(gym.workspace.id, Contact.objects.get().id, number)
    assert found is not None
    assert (found.paid_minor, found.refunded_minor) == (found.total_minor, refunded)
    assert found.lines[0].quantity == 2
    assert Parcel.objects.get().order_id == row.id
    assert _fates() <= {"told", "kept", "unchanged"}
    assert len(_events()) == len(set(_events()))


@pytest.mark.req("OR9")
@pytest.mark.parametrize("missing", [None, 0, 1, 2])
@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda one: one.kind)
def test_a_carriers_webhooks_shuffled_doubled_and_missing_tell_nothing_false_and_nothing_twice(
    gym: Installation, carrier: Example, missing: int | None
) -> None:
    shop, tracker = connect(gym, SHOPIFY), connect(gym, carrier)
    kept = [place for place in range(len(carrier.told)) if place != missing]
    order = list(permutations(kept))[-2]
    post(gym, carrier, tracker, carrier.told[order[0]])  # the carrier may be first
    for told in SHOPIFY.told[:2]:
        post(gym, SHOPIFY, shop, told)
    for place in (*order, *order):
        post(gym, carrier, tracker, carrier.told[place])
    heard = _events()
    assert len(heard) == len(set(heard))
    assert not [one for one in heard if one.startswith(("lost", "returning", "failed:2"))]
    assert ParcelScan.objects.filter(state="delivered").exists() == (len(carrier.told) - 1 in kept)
    assert heard.count("delivered") == (len(carrier.told) - 1 in kept)
    parcel = Parcel.objects.get()
    assert parcel.order_id == Order.objects.get().id
    assert parcel.carrier == "UPS"


_HOME: dict[str, Json] = {
    "address1": "1 Mill Lane", "city": "Reading", "zip": "RG1 1AA", "country_code": "GB",
}  # fmt: skip
_ELSEWHERE: dict[str, Json] = {**_HOME, "address1": "9 Dock Road"}


@pytest.mark.req("RT8", "X3")
@pytest.mark.parametrize(
    ("ended", "is_disputed", "refunded"),
    [(None, True, 0), ("won", False, 0), ("lost", True, 59_00)],
)
def test_a_shop_tells_where_an_order_goes_and_that_its_payment_is_disputed(
    gym: Installation,
    ended: str | None,
    is_disputed: bool,  # noqa: FBT001 - a table
    refunded: int,
) -> None:
    token = connect(gym, SHOPIFY)
    told = dict(cast("dict[str, Json]", SHOPIFY.told[0]))
    dispute: dict[str, Json] = {
        "id": 7, "order_id": told["id"], "initiated_at": "2026-03-01T10:00:00Z",
        "status": "needs_response", "amount": "59.00",
    }  # fmt: skip
    # The bank may be faster than the shop; what it tells waits for the order.
    post(gym, SHOPIFY, token, dispute)
    post(gym, SHOPIFY, token, {**told, "billing_address": _HOME, "shipping_address": _ELSEWHERE})
    if ended:
        post(gym, SHOPIFY, token, {**dispute, "status": ended})
    post(gym, SHOPIFY, token, dispute)  # sent again, and late
    row = Order.objects.get()
    assert row.is_elsewhere is True
    assert (row.disputed_at is not None) is is_disputed
    lost = OrderMoney.objects.filter(reference="dispute-7").values_list("amount_minor", flat=True)
    assert sum(lost) == refunded
    assert _fates() <= {"told", "kept", "unchanged"}


@pytest.mark.parametrize(
    ("shipping", "is_elsewhere"),
    [
        (_ELSEWHERE, True),
        ({**_HOME, "address1": " 1, MILL lane"}, False),  # written otherwise, the same place
        ({}, None),
        (None, None),
        ({"address1": 7, "city": ["x"]}, None),
    ],
)
def test_addresses_are_compared_as_people_read_them(
    shipping: dict[str, object] | None, *, is_elsewhere: bool | None
) -> None:
    parts = ("address1", "city", "zip", "country_code")
    assert differ(shipping, _HOME, parts) is is_elsewhere
