"""Orders of our own store, as a test's contact bought them."""

from collections.abc import Sequence
from datetime import timedelta

from baton.services.house import House
from baton.store.models import Order, OrderLine, OrderMoney


def an_order(
    house: House,
    workspace_id: str,
    contact_id: str,
    number: str = "10442",
    *,
    lines: Sequence[tuple[str, int, int]] = (("Shirt", 1, 4_200),),
    days_ago: int = 10,
    paid: int | None = None,
    system_id: str = "",
) -> Order:
    """Keep an order of lines (title, pieces, price of one), delivered so many days ago."""
    at = house.clock.now() - timedelta(days=days_ago)
    total = sum(pieces * price for _title, pieces, price in lines)
    order = Order.objects.create(
        id=house.next_id(house.clock.now()),
        workspace_id=workspace_id,
        system_id=system_id,
        reference=number,
        contact_id=contact_id,
        number=number,
        plain_number=number,
        said="delivered",
        state="delivered",
        currency="USD",
        total_minor=total,
        placed_at=at,
        delivered_at=at,
        made_by="user:1",
        changed_at=at,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            id=house.next_id(house.clock.now()),
            workspace_id=workspace_id,
            order_id=order.id,
            reference=title,
            title=title,
            sku=title.lower(),
            category="clothes",
            quantity=pieces,
            price_minor=price,
        )
        for title, pieces, price in lines
    )
    OrderMoney.objects.create(
        id=house.next_id(house.clock.now()),
        workspace_id=workspace_id,
        order_id=order.id,
        reference="paid",
        kind="paid",
        amount_minor=total if paid is None else paid,
        at=at,
    )
    return order
