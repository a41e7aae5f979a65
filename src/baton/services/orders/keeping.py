"""Orders laid over their rows, whoever tells of them: a shop's system or the staff (ADR 0024)."""

import re
from collections.abc import Sequence

from baton.core import orders, records
from baton.core.orders import OrderState, ScanState, Told
from baton.core.records import LineRecord, MoneyRecord, OrderRecord
from baton.services.ledger import Ledger
from baton.services.orders import telling
from baton.services.orders.telling import Teller
from baton.store.models import Order, OrderLine, OrderMoney, Parcel

LANE = "orders"
"""In which all that happens to a workspace's orders and parcels is ordered: a shop tells of a
parcel in its own lane, and its carrier in another."""

_NO_SIGN = re.compile(r"[^0-9a-z]")
_MAX_NUMBER = 40
_MAX_TITLE = 200
_MAX_WORD = 80


def plain(number: str) -> str:
    """Return an order's number as it is found by, however people write it: "#A-1001", "a 1001"."""
    return _NO_SIGN.sub("", number.casefold())[:_MAX_NUMBER]


def lay(teller: Teller, contact_id: str, record: OrderRecord) -> tuple[str, ...] | None:
    """Lay an order over its row; return what flows hear, None where nothing changed.

    Runs inside a transaction.
    """
    house = teller.ledger.house
    house.engine.lock_lane(teller.workspace_id, LANE)
    own = Order.objects.filter(workspace_id=teller.workspace_id, system_id=teller.system_id)
    row = own.filter(reference=record.reference).first()
    if row is not None and not records.is_newer(record.stamp, row.stamp):
        return None
    before = OrderState(row.said) if row else None
    row = row or _new(teller, record)
    _write(teller.ledger, row, contact_id, record)
    row.save(force_insert=before is None)
    _write_lines(teller.ledger, row, record.lines)
    _write_money(teller.ledger, row, record.money)
    event = orders.order_news(before, record.state)
    if event is None or teller.is_quiet or not _is_news(teller.ledger, event, row):
        return ()
    telling.tell_order(house, row, event)
    return (event.value,)


def restate(teller: Teller, row: Order, state: OrderState) -> None:
    """Let an order of ours go to another state, and tell flows of it."""
    before = OrderState(row.said)
    row.said, row.stamp = state.value, records.stamp_at(teller.ledger.now)
    row.changed_at = teller.ledger.now
    settle(row)
    row.save()
    if event := orders.order_news(before, state):
        telling.tell_order(teller.ledger.house, row, event)


def settle(order: Order) -> None:
    """Write how an order stands by its shop's word and its parcels."""
    states = Parcel.objects.filter(order_id=order.id).values_list("state", flat=True)
    parcels = [ScanState(state) if state else None for state in states]
    order.state = orders.state_of(OrderState(order.said), parcels).value


def _is_news(ledger: Ledger, event: Told, row: Order) -> bool:
    """Return whether buyers still care; an order of last month is no news of today."""
    return event is not Told.PLACED or ledger.now - row.placed_at <= orders.NEWS_LASTS


def _new(teller: Teller, record: OrderRecord) -> Order:
    return Order(
        id=teller.ledger.next_id(),
        workspace_id=teller.workspace_id,
        system_id=teller.system_id,
        reference=record.reference,
        made_by=teller.actor or f"system:{teller.system_id}",
    )


def _write(ledger: Ledger, row: Order, contact_id: str, record: OrderRecord) -> None:
    row.stamp, row.contact_id = record.stamp, contact_id
    row.number = record.number[:_MAX_NUMBER]
    row.plain_number = plain(record.number)
    row.said = record.state.value
    row.currency, row.total_minor = record.currency, record.total_minor
    row.placed_at, row.page_url = record.placed_at, record.page_url
    row.is_elsewhere = record.is_elsewhere
    if record.is_disputed is not None:
        row.disputed_at = (row.disputed_at or ledger.now) if record.is_disputed else None
    row.changed_at = ledger.now
    settle(row)


def _write_lines(ledger: Ledger, row: Order, lines: Sequence[LineRecord]) -> None:
    """Let an order have these lines and no others, each under the id that it had."""
    ids = dict(OrderLine.objects.filter(order_id=row.id).values_list("reference", "id"))
    wanted = [
        OrderLine(
            id=ids.get(line.reference) or ledger.next_id(),
            workspace_id=row.workspace_id,
            order_id=row.id,
            reference=line.reference,
            title=line.title[:_MAX_TITLE],
            sku=line.sku[:_MAX_WORD],
            category=line.category[:_MAX_WORD],
            quantity=line.quantity,
            price_minor=line.price_minor,
        )
        for line in lines
    ]
    gone = OrderLine.objects.filter(order_id=row.id)
    gone.exclude(id__in=[one.id for one in wanted]).delete()
    OrderLine.objects.bulk_create(
        wanted,
        update_conflicts=True,
        unique_fields=["order_id", "reference"],
        update_fields=["title", "sku", "category", "quantity", "price_minor"],
    )


def _write_money(ledger: Ledger, row: Order, money: Sequence[MoneyRecord]) -> None:
    """Keep what was paid and given back; what moved once is never forgotten."""
    OrderMoney.objects.bulk_create(
        [
            OrderMoney(
                id=ledger.next_id(),
                workspace_id=row.workspace_id,
                order_id=row.id,
                reference=one.reference,
                kind=one.kind,
                amount_minor=one.amount_minor,
                at=one.at,
            )
            for one in money
        ],
        update_conflicts=True,
        unique_fields=["order_id", "reference"],
        update_fields=["kind", "amount_minor", "at"],
    )
