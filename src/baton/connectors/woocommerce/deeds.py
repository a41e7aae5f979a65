"""What WooCommerce is asked to pay back: a refund of an order, by its own payment gateway.

https://woocommerce.github.io/woocommerce-rest-api-docs/#create-a-refund. It knows no keys of
tries: a refund bears our mark in its reason, by which it is found before it is paid again.
"""

import base64
from dataclasses import dataclass

import msgspec

from baton.connectors import PaidState, Payback, told_as
from baton.connectors.woocommerce.settings import WooCommerceSettings
from baton.core.deeds import Asking
from baton.core.json import Json
from baton.core.making import minor_of

_WHOSE = "WooCommerce's"
_ORDERS = "/wp-json/wc/v3/orders"


class _Refund(msgspec.Struct):
    id: int
    total: str = "0"
    reason: str | None = None


class _Order(msgspec.Struct):
    id: int
    currency: str
    total: str
    date_paid_gmt: str | None = None
    refunds: list[_Refund] = []


@dataclass(frozen=True, slots=True)
class WooCommerceDeeds:
    """The part of the connector that pays back."""

    settings: WooCommerceSettings

    def enter(self) -> Asking | None:
        """Return nothing: its keys last."""
        return None

    def entered(self, said: Json) -> "WooCommerceDeeds":  # noqa: ARG002 - every shop's form
        """Return this part as it is."""
        return self

    def look(self, payback: Payback) -> Asking:
        """Return how an order is asked for; its refunds come with it."""
        return self._asking(f"{_ORDERS}/{payback.order}")

    def stands(self, payback: Payback, said: Json) -> PaidState:
        """Return how a payback stands by the answer; raises UnreadableError."""
        order = told_as(said, _Order, _WHOSE)
        for one in order.refunds:
            if payback.mark in (one.reason or "").split():
                return PaidState(number=str(one.id))
        back = sum(minor_of(one.total.removeprefix("-")) or 0 for one in order.refunds)
        if not order.date_paid_gmt:
            return PaidState(problem="the shop says that the order is not paid")
        if order.currency != payback.currency:
            return PaidState(problem=f"the order was paid in {order.currency}")
        if (minor_of(payback.amount) or 0) > (minor_of(order.total) or 0) - back:
            return PaidState(problem="it is more than what is left of what was paid")
        return PaidState()

    def pay(self, payback: Payback, said: Json) -> Asking:  # noqa: ARG002 - every shop's form
        """Return what pays it by the gateway that took the money."""
        wanted = {"amount": payback.amount, "reason": f"Baton {payback.mark}", "api_refund": True}
        return self._asking(f"{_ORDERS}/{payback.order}/refunds", msgspec.json.encode(wanted))

    def paid(self, said: Json) -> PaidState:
        """Return the number that it has got; raises UnreadableError."""
        return PaidState(number=str(told_as(said, _Refund, _WHOSE).id))

    def check(self) -> Asking:
        """Return what is asked to see whether the key holds."""
        return self._asking(f"{_ORDERS}?per_page=1")

    def _asking(self, place: str, body: bytes = b"") -> Asking:
        proof = f"{self.settings.consumer_key}:{self.settings.consumer_secret}".encode()
        return Asking(
            method="POST" if body else "GET",
            url=f"{self.settings.base_url}{place}",
            headers={
                "Authorization": f"Basic {base64.b64encode(proof).decode()}",
                **({"Content-Type": "application/json"} if body else {}),
            },
            body=body,
        )
