"""A refund that a person confirmed is paid at the shop: once, never above what was paid."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from typing_extensions import override

from baton.config.stories.world import World
from baton.connectors.shopify import settings as shopify
from baton.connectors.shopify.settings import ShopifySettings
from baton.connectors.woocommerce import settings as woocommerce
from baton.connectors.woocommerce.settings import WooCommerceSettings
from baton.core.errors import Conflict, InvalidInput
from baton.services.desk import return_board, return_desk
from baton.services.systems import asking, kinds, systems
from baton.services.systems.kinds import SystemSettings
from baton.store.models import Approval, AuditEntry, RuntimeEffect, Task
from tests.nlu.outside.server import Answer, Asked, running
from tests.services.test_returns import bought, sends, world
from tests.support.photos import a_photo

__all__ = ["world"]

TOKEN, SECRET = "t" * 32, "s" * 32


@dataclass
class Shop:
    """A shop that keeps what it pays back; `faults` are answered to the next payments.

    A fault with `keeps` was paid all the same: its answer was lost.
    """

    received: str = "42.00"
    currency: str = "USD"
    refunds: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    fault: Answer | None = None
    keeps: bool = True

    def __call__(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def paid(self, refund: dict[str, Any], said: object) -> Answer:
        fault, self.fault = self.fault, None
        if fault is None or self.keeps:
            self.refunds.append(refund)
        return fault or _said(said)


class Shopify(Shop):
    """Modelled on the documents of refundCreate."""

    @override
    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.path == "/admin/oauth/access_token":
            given = parse_qs(asked.body.decode())
            is_known = given["client_id"] == [TOKEN] and given["client_secret"] == [SECRET]
            assert given["grant_type"] == ["client_credentials"]
            return _said({"access_token": "of_a_day"}) if is_known else Answer(status=400)
        if asked.headers["x-shopify-access-token"] not in (TOKEN, "of_a_day"):
            return Answer(status=401)
        said = json.loads(asked.body)
        variables = said["variables"]
        if "shop {" in said["query"]:
            return _said({"data": {"shop": {"id": "gid://shopify/Shop/1"}}})
        if "refundCreate" in said["query"]:
            wanted = variables["input"]
            backs = {one["parentId"][-1]: one["amount"] for one in wanted["transactions"]}
            amount = f"{sum(map(float, backs.values())):.2f}"
            kept = {"note": wanted["note"], "amount": amount, "key": variables["key"]}
            made = {"refund": {"id": "gid://shopify/Refund/509562969"}, "userErrors": []}
            assert backs == self.backs
            return self.paid(kept, {"data": {"refundCreate": made}})
        back_sum = sum(float(str(one["amount"])) for one in self.refunds)
        return _said({"data": {"order": {
            "id": variables["id"],
            "totalReceivedSet": self._sum(self.received),
            "totalRefundedSet": self._sum(f"{back_sum:.2f}"),
            "refunds": [
                {"id": "gid://shopify/Refund/509562969", "note": one["note"]}
                for one in self.refunds
            ],
            "transactions": [self._transaction(1, "AUTHORIZATION"), *self.payments()],
        }}})  # fmt: skip

    def _sum(self, amount: str) -> object:
        money = {"amount": amount, "currencyCode": self.currency}
        return {"presentmentMoney": money, "shopMoney": {"currencyCode": self.currency}}

    @property
    def backs(self) -> dict[str, str]:
        """What goes back to each payment."""
        return {"2": "42.00"}

    def payments(self) -> list[object]:
        """Return what was paid, and given back of it."""
        return [self._transaction(2, "CAPTURE")]

    def _transaction(
        self, number: int, kind: str, amount: str = "", parent: int = 0
    ) -> dict[str, Any]:
        name = "gid://shopify/OrderTransaction/"
        return {
            "id": f"{name}{number}",
            "kind": kind,
            "status": "SUCCESS",
            "gateway": "bogus",
            "amountSet": self._sum(amount or self.received),
            "parentTransaction": {"id": f"{name}{parent}"} if parent else None,
        }


class InParts(Shopify):
    """An order that a gift card and a card paid; of the gift card some was given back."""

    @property
    @override
    def backs(self) -> dict[str, str]:
        return {"2": "10.00", "3": "32.00"}

    @override
    def payments(self) -> list[object]:
        failed = {**self._transaction(4, "SALE", "99.00"), "status": "FAILURE"}
        return [
            failed,
            self._transaction(2, "SALE", "15.00"),
            self._transaction(3, "CAPTURE", "60.00"),
            self._transaction(5, "REFUND", "5.00", parent=2),
        ]


class WooCommerce(Shop):
    """Modelled on the documents of its order refunds."""

    @override
    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.method == "POST":
            said = json.loads(asked.body)
            assert said["api_refund"] is True
            return self.paid(said, {"id": 509562969, "reason": said["reason"]})
        if asked.path.endswith("orders?per_page=1"):
            return _said([])
        return _said({
            "id": 10442,
            "currency": self.currency,
            "total": self.received,
            "date_paid_gmt": "2026-04-02T10:00:00",
            "refunds": [
                {"id": 509562969, "reason": one["reason"], "total": f"-{one['amount']}"}
                for one in self.refunds
            ],
        })  # fmt: skip


SHOPS: dict[str, tuple[Callable[..., Shop], SystemSettings]] = {
    shopify.KIND: (Shopify, ShopifySettings(shop="mystore", access_token=TOKEN)),
    woocommerce.KIND: (
        WooCommerce,
        WooCommerceSettings(
            site="https://shop.example", consumer_key=f"ck_{TOKEN}", consumer_secret=f"cs_{TOKEN}"
        ),
    ),
}


def _said(said: object) -> Answer:
    return Answer(status=200, pieces=(json.dumps(said).encode(),))


class Paying:
    """A return of an order of a shop, ready to be paid back."""

    def __init__(self, world: World, settings: SystemSettings, url: str) -> None:
        self.world = world
        known = kinds.unpack(
            kinds.kind_of(settings).name,
            json.dumps({**json.loads(kinds.pack(settings)), "api_url": url}),
        )
        wanted = systems.Wanted(kind=kinds.kind_of(settings).name, name="Shop", settings=known)
        system, _ = systems.connect(world.house, world.workspace_id, wanted, actor="test")
        self.settings = known
        self.row = sends(world, bought(world, system_id=system.id), a_photo())

    def click(self, reference: str = "") -> Approval:
        return_desk.refund(self.world.house, self.world.users["sam"], self.row.id, reference)
        self.world.run_idle()
        self.row.refresh_from_db()
        return Approval.objects.get()


@pytest.mark.req("RT4", "RT12", "BI6", "DI5")
@pytest.mark.parametrize("kind", SHOPS)
def test_one_click_pays_it_at_the_shop_once_with_its_number_in_the_trail(
    world: World, kind: str
) -> None:
    make, settings = SHOPS[kind]
    shop = make()
    with running() as server:
        server.answer = shop
        paying = Paying(world, settings, server.url)
        assert asking.problem_with(paying.settings) == ""
        sheet = return_board.get_sheet(world.house, world.users["sam"], paying.row.id)
        assert (sheet.is_ours, sheet.shop) == (False, "Shop")
        row = paying.click()
        with pytest.raises((Conflict, InvalidInput)):
            paying.click()
    assert (row.state, paying.row.state) == ("done", "refunded")
    assert [one["amount"] for one in shop.refunds] == ["42.00"]
    assert AuditEntry.objects.filter(action="approval_done").count() == 1
    place = f"approval.reference:{row.id}"
    assert world.house.keyset.unseal(bytes(row.reference_sealed), place) == "509562969"
    assert not Task.objects.exists()
    assert TOKEN not in str(shop.refunds)


@pytest.mark.req("RT4", "BI6")
@pytest.mark.parametrize("kind", SHOPS)
def test_a_payment_whose_answer_was_lost_is_seen_and_not_paid_again(
    world: World, kind: str
) -> None:
    make, settings = SHOPS[kind]
    shop = make(fault=Answer(status=502))
    with running() as server:
        server.answer = shop
        row = Paying(world, settings, server.url).click()
    assert (row.state, len(shop.refunds)) == ("done", 1)


@pytest.mark.req("RT4", "BI6")
@pytest.mark.parametrize("kind", SHOPS)
def test_what_nobody_can_tell_waits_for_a_person_and_is_not_tried_again(
    world: World, kind: str
) -> None:
    make, settings = SHOPS[kind]
    shop = make(fault=Answer(status=502), keeps=False)
    with running() as server:
        server.answer = shop
        paying = Paying(world, settings, server.url)
        row = paying.click()
        tries = len(shop.asked)
        world.run_idle()
        with pytest.raises((Conflict, InvalidInput)):
            paying.click()
    assert (row.state, shop.refunds, len(shop.asked)) == ("being_done", [], tries)
    assert RuntimeEffect.objects.get(kind="carry_out_approval").state == "unknown"
    assert Task.objects.count() == 1


@pytest.mark.req("RT4", "RT6", "BI6")
@pytest.mark.parametrize("kind", SHOPS)
@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"received": "41.99"}, "more than what is left"),
        ({"currency": "EUR"}, "paid in EUR"),
        ({"fault": Answer(status=422), "keeps": False}, "answered 422"),
    ],
)
def test_what_the_shop_refuses_is_a_task_and_may_be_paid_by_hand(
    world: World, kind: str, named: dict[str, Any], why: str
) -> None:
    make, settings = SHOPS[kind]
    shop = make(**named)
    with running() as server:
        server.answer = shop
        paying = Paying(world, settings, server.url)
        row = paying.click()
        assert (row.state, shop.refunds) == ("approved", [])
        assert why in row.problem
        task = Task.objects.get()
        title = world.house.keyset.unseal(bytes(task.title_sealed), f"task:{task.id}")
        assert why in title
        tries = len(shop.asked)
        world.pass_time(timedelta(seconds=1))
        row = paying.click("RE-7")
        assert (row.state, len(shop.asked)) == ("done", tries)  # nothing is asked of the shop


@pytest.mark.req("RT4", "BI6")
def test_an_app_asks_for_a_token_of_a_day_and_pays_each_part_back_to_its_payment(
    world: World,
) -> None:
    shop = InParts(received="75.00")
    app = ShopifySettings(shop="mystore", client_id=TOKEN, client_secret=SECRET)
    with running() as server:
        server.answer = shop
        paying = Paying(world, app, server.url)
        assert asking.problem_with(paying.settings) == ""
        assert paying.click().state == "done"
    assert [one["amount"] for one in shop.refunds] == ["42.00"]
    assert SECRET not in str(AuditEntry.objects.values_list("details", flat=True))


@pytest.mark.req("RT4", "BI6")
def test_an_app_that_the_shop_does_not_know_pays_nothing(world: World) -> None:
    shop = Shopify()
    app = ShopifySettings(shop="mystore", client_id=TOKEN, client_secret="x" * 32)
    with running() as server:
        server.answer = shop
        row = Paying(world, app, server.url).click()
    assert (row.state, shop.refunds) == ("approved", [])
    assert "answered 400" in row.problem


@pytest.mark.req("RT4")
def test_a_shop_without_a_key_is_paid_back_by_hand(world: World) -> None:
    paying = Paying(world, ShopifySettings(), "")
    with pytest.raises(InvalidInput):
        paying.click()
    assert paying.click("RE-7").state == "done"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (ShopifySettings(shop="mystore.myshopify.com", access_token=TOKEN), "shop"),
        (ShopifySettings(shop="mystore"), "access_token"),
        (ShopifySettings(shop="mystore", client_id=TOKEN), "client_secret"),
        (ShopifySettings(shop="mystore", client_secret=TOKEN), "client_id"),
        (WooCommerceSettings(site="http://shop.example"), "site"),
        (WooCommerceSettings(site="https://a@shop.example"), "site"),
        (WooCommerceSettings(site="https://shop.example/../x?y"), "site"),
    ],
)
def test_settings_that_lead_elsewhere_are_refused(wrong: SystemSettings, field: str) -> None:
    assert field in kinds.problems_with(wrong)
    assert kinds.problems_with(ShopifySettings()) == {}
