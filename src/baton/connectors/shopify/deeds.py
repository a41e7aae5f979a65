"""What Shopify is asked to pay back: a refund of an order, to what it was paid with.

https://shopify.dev/docs/api/admin-graphql/2026-04/mutations/refundCreate. A try bears a key that
Shopify knows again, and a refund our mark in its note, by which it is found before it is paid.
An app without a lasting token asks for one of a day first:
https://shopify.dev/docs/apps/build/authentication-authorization/client-credentials-grant.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

import msgspec

from baton.connectors import PaidState, Payback, UnreadableError, told_as
from baton.connectors.shopify.settings import ShopifySettings
from baton.core.deeds import Asking
from baton.core.json import Json

VERSION = "2026-04"
"""The version of the Admin API whose words these are."""

_WHOSE = "Shopify's"
_TOOK = frozenset({"SALE", "CAPTURE"})
_GIVES = frozenset({"SUCCESS", "PENDING"})
"""States in which a refund takes from what its payment has left."""
_LOOK = """query($id: ID!) { order(id: $id) { id
  totalReceivedSet { presentmentMoney { amount currencyCode } shopMoney { currencyCode } }
  totalRefundedSet { presentmentMoney { amount currencyCode } }
  refunds(first: 250) { id note }
  transactions(first: 100) { id kind status gateway parentTransaction { id }
    amountSet { presentmentMoney { amount currencyCode } } } } }"""
_PAY = """mutation($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id } userErrors { field message } } }"""
_NOT_BEGUN = frozenset({"ACCESS_DENIED", "THROTTLED"})
"""Faults of a request that Shopify has not begun."""
_MAX_WORDS = 150


class _Money(msgspec.Struct, rename="camel"):
    currency_code: str
    amount: str = "0"


class _Sum(msgspec.Struct, rename="camel"):
    presentment_money: _Money
    shop_money: _Money | None = None


class _Refund(msgspec.Struct):
    id: str
    note: str | None = None


class _Parent(msgspec.Struct):
    id: str


class _Transaction(msgspec.Struct, rename="camel"):
    id: str
    kind: str
    status: str
    gateway: str
    amount_set: _Sum
    parent_transaction: _Parent | None = None


class _Order(msgspec.Struct, rename="camel"):
    id: str
    total_received_set: _Sum
    total_refunded_set: _Sum
    refunds: list[_Refund]
    transactions: list[_Transaction]


class _Found(msgspec.Struct):
    order: _Order | None


class _Looked(msgspec.Struct):
    data: _Found


class _Wrong(msgspec.Struct):
    message: str


class _Code(msgspec.Struct):
    code: str = ""


class _Fault(msgspec.Struct):
    message: str
    extensions: _Code = msgspec.field(default_factory=_Code)


class _Faults(msgspec.Struct):
    errors: list[_Fault] = []


class _Created(msgspec.Struct, rename="camel"):
    refund: _Refund | None = None
    user_errors: list[_Wrong] = []


class _Deed(msgspec.Struct, rename="camel"):
    refund_create: _Created


class _Done(msgspec.Struct):
    data: _Deed


class _Pass(msgspec.Struct):
    access_token: str


@dataclass(frozen=True, slots=True)
class ShopifyDeeds:
    """The part of the connector that pays back."""

    settings: ShopifySettings
    token: str = ""

    def enter(self) -> Asking | None:
        """Return what is asked for a token of a day, None where the settings hold a lasting one."""
        return None if self.settings.access_token else self._pass()

    def entered(self, said: Json) -> "ShopifyDeeds":
        """Return this part with the token that it was given; raises UnreadableError."""
        return replace(self, token=told_as(said, _Pass, _WHOSE).access_token)

    def look(self, payback: Payback) -> Asking:
        """Return how an order is asked for, with its payments and refunds."""
        return self._asking(_LOOK, {"id": _name_of(payback)})

    def stands(self, payback: Payback, said: Json) -> PaidState:
        """Return how a payback stands by the answer; raises UnreadableError."""
        order = told_as(said, _Looked, _WHOSE).data.order
        if order is None:
            return PaidState(problem="the shop knows no such order any more")
        for one in order.refunds:
            if payback.mark in (one.note or "").split():
                return PaidState(number=_number_of(one))
        received = order.total_received_set
        paid_in = received.presentment_money.currency_code
        if paid_in != payback.currency:
            return PaidState(problem=f"the order was paid in {paid_in}")
        left = _amount(received) - _amount(order.total_refunded_set)
        if Decimal(payback.amount) > left:
            return PaidState(problem="it is more than what is left of what was paid")
        if not _parts_of(payback, order):
            return PaidState(problem="its payments there do not make up the sum")
        return PaidState()

    def pay(self, payback: Payback, said: Json) -> Asking:
        """Return what pays it to what the order was paid with; raises UnreadableError."""
        order = told_as(said, _Looked, _WHOSE).data.order
        parts = _parts_of(payback, order) if order else ()
        if not parts:
            raise UnreadableError("there is no payment to give back")
        back: list[Json] = [
            {
                "orderId": _name_of(payback),
                "parentId": payment.id,
                "gateway": payment.gateway,
                "kind": "REFUND",
                "amount": f"{amount:.2f}",
            }
            for payment, amount in parts
        ]
        wanted: dict[str, Json] = {
            "orderId": _name_of(payback),
            "note": f"Baton {payback.mark}",
            "notify": False,
            "currency": payback.currency,
            "transactions": back,
        }
        return self._asking(_PAY, {"input": wanted, "key": payback.mark})

    def paid(self, said: Json) -> PaidState:
        """Return the number that it has got, or why it was refused; raises UnreadableError."""
        for fault in told_as(said, _Faults, _WHOSE).errors:
            if fault.extensions.code in _NOT_BEGUN:
                return PaidState(problem=f"the shop refuses it: {fault.message[:_MAX_WORDS]}")
        made = told_as(said, _Done, _WHOSE).data.refund_create
        if made.refund is not None:
            return PaidState(number=_number_of(made.refund))
        words = "; ".join(one.message for one in made.user_errors)[:_MAX_WORDS]
        if not words:
            raise UnreadableError("it says neither that it was paid nor why not")
        return PaidState(problem=f"the shop refuses it: {words}")

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self.enter() or self._asking("query { shop { id } }", {})

    def _pass(self) -> Asking:
        given = {
            "grant_type": "client_credentials",
            "client_id": self.settings.client_id,
            "client_secret": self.settings.client_secret,
        }
        return Asking(
            method="POST",
            url=f"{self.settings.base_url}/admin/oauth/access_token",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(given).encode(),
        )

    def _asking(self, query: str, variables: dict[str, Json]) -> Asking:
        return Asking(
            method="POST",
            url=f"{self.settings.base_url}/admin/api/{VERSION}/graphql.json",
            headers={
                "X-Shopify-Access-Token": self.token or self.settings.access_token,
                "Content-Type": "application/json",
            },
            body=msgspec.json.encode({"query": query, "variables": variables}),
        )


def _name_of(payback: Payback) -> str:
    return f"gid://shopify/Order/{payback.order}"


def _number_of(refund: _Refund) -> str:
    return refund.id.rpartition("/")[2]


def _amount(of: _Sum) -> Decimal:
    try:
        return Decimal(of.presentment_money.amount)
    except InvalidOperation:
        raise UnreadableError(f"it does not fit {_WHOSE} form: no amount") from None


def _parts_of(payback: Payback, order: _Order) -> Sequence[tuple[_Transaction, Decimal]]:
    """Return what each payment gives back, the first that took money first; () for too little."""
    given: dict[str, Decimal] = defaultdict(Decimal)
    for one in order.transactions:
        if one.kind == "REFUND" and one.status in _GIVES and one.parent_transaction:
            given[one.parent_transaction.id] += _amount(one.amount_set)
    wanted, parts = Decimal(payback.amount), []
    for one in order.transactions:
        left = _amount(one.amount_set) - given[one.id]
        if wanted and left > 0 and one.kind in _TOOK and one.status == "SUCCESS":
            parts.append((one, min(left, wanted)))
            wanted -= parts[-1][1]
    return () if wanted else tuple(parts)
