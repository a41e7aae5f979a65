"""What the rules may know of a return: the order as the shop has it, and the account's past."""

from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from django.db.models import Sum

from baton.core import return_states
from baton.core.return_policy import ReturnPolicy
from baton.core.returns import Bought, Claim, Item, Past, Reason
from baton.services.ledger import Ledger
from baton.services.returns import photos
from baton.store.models import Order, OrderLine, OrderMoney, Return, ReturnItem

_LEAST_ORDERS = 2  # of one other order nobody knows what is usual
_MOST_ORDERS = 20


def claim_of(ledger: Ledger, row: Return, policy: ReturnPolicy) -> Claim:
    """Return a return as its rules see it now."""
    order = Order.objects.get(id=row.order_id)
    items = list(ReturnItem.objects.filter(return_id=row.id).order_by("id"))
    left = left_of(order, without=row.id)
    return Claim(
        bought=bought_of(order),
        items=tuple(
            Item(
                sku=item.sku or item.title,
                category=item.category,
                quantity=item.quantity,
                left=left.get(item.line_id, 0),
                unit_minor=item.unit_minor,
            )
            for item in items
        ),
        reason=Reason(row.reason),
        photos=photos.list_of(row),
        past=_past_of(ledger, row, order, policy),
        on=ledger.now.date(),
        are_items_named=row.source != "talk" or sum(left.values()) <= 1,
    )


def left_of(order: Order, *, without: str = "") -> dict[str, int]:
    """Return how many pieces of each line may still come back, leaving one return out."""
    taken = _back_of(order, without)
    lines = OrderLine.objects.filter(order_id=order.id).values_list("id", "quantity")
    return {line: max(quantity - taken.get(line, 0), 0) for line, quantity in lines}


def bought_of(order: Order) -> Bought:
    """Return an order as the rules see it; the window begins with its delivery."""
    moved = dict(
        OrderMoney.objects.filter(order_id=order.id)
        .values("kind")
        .annotate(total=Sum("amount_minor"))
        .values_list("kind", "total")
    )
    return Bought(
        since=(order.delivered_at or order.placed_at).date(),
        paid_minor=moved.get("paid", 0),
        refunded_minor=moved.get("refunded", 0),
        is_elsewhere=order.is_elsewhere,
        is_disputed=order.disputed_at is not None,
    )


def _back_of(order: Order, without: str) -> dict[str, int]:
    counted = Return.objects.filter(order_id=order.id, state__in=list(return_states.COUNTED))
    ids = counted.exclude(id=without).values("id")
    back = ReturnItem.objects.filter(return_id__in=ids).values("line_id")
    return dict(back.annotate(total=Sum("quantity")).values_list("line_id", "total"))


def _past_of(ledger: Ledger, row: Return, order: Order, policy: ReturnPolicy) -> Past:
    since = ledger.now - timedelta(days=policy.repeat_days)
    mine = Return.objects.filter(contact_id=row.contact_id, asked_at__gte=since)
    others = Order.objects.filter(workspace_id=row.workspace_id, contact_id=row.contact_id)
    totals = (
        others.exclude(id=order.id).order_by("-placed_at").values_list("total_minor", flat=True)
    )
    return Past(
        returns=mine.exclude(id=row.id).exclude(state=return_states.State.WITHDRAWN).count(),
        usual_minor=_usual(totals[:_MOST_ORDERS]),
    )


def _usual(totals: Iterable[int]) -> int:
    known = [total for total in totals if total > 0]
    return int(median(known)) if len(known) >= _LEAST_ORDERS else 0
