"""What flows hear of an order and its parcels: facts, and links that open this one order."""

from dataclasses import dataclass
from datetime import UTC, datetime

from baton.core.json import Json
from baton.core.orders import News, OrderState
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import Order, Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who tells of orders: a system of a workspace, "" for its staff.

    `actor` is who did it where a person did, and `is_quiet` where flows hear nothing of it.
    """

    ledger: Ledger
    workspace_id: str
    system_id: str = ""
    actor: str = ""
    is_quiet: bool = False


def facts_of(house: House, order: Order, parcel: Parcel | None = None) -> dict[str, Json]:
    """Return all that flows may say of an order; amounts in minor units.

    `redeliver_url` is the carrier's own page where it has one, since only the carrier can
    come again.
    """
    track = track_url(house, order)
    facts: dict[str, Json] = {
        "order": order.number,
        "order_state": order.state,
        "total": order.total_minor,
        "currency": order.currency,
        "placed_at": _moment(order.placed_at),
        "track_url": track,
        "map_url": f"{track}#map",
        "return_url": one_tap.link(house, Errand.RETURN, order.workspace_id, order.id),
        "redeliver_url": (parcel.page_url if parcel else "") or track,
    }
    if parcel is not None:
        facts |= {"carrier": parcel.carrier, "tracking": parcel.tracking}
        if parcel.expected_at:
            facts["expected_at"] = _moment(parcel.expected_at)
    return facts


def track_url(house: House, order: Order) -> str:
    """Return the address of the page that shows its buyer where an order is."""
    return one_tap.link(house, Errand.TRACK, order.workspace_id, order.id)


def tell_order(house: House, order: Order, event: str) -> None:
    """Tell what became of an order by its shop's word, in its contact's lane."""
    key = f"order:{order.id}:{event}:{order.stamp}"
    telling.tell(house, order.contact_id, event, facts_of(house, order), key=key)


def tell_parcel(house: House, order: Order, parcel: Parcel, news: News) -> None:
    """Tell what became of a parcel, in the lane of the contact whose order it is."""
    facts = facts_of(house, order, parcel)
    if news.attempt:
        facts |= {"attempt": news.attempt}
    if news.reports:
        facts |= {"reports": news.reports}
    if news.problem:
        facts |= {"problem": news.problem}
    if order.state == OrderState.DELIVERED:
        facts |= {"delivered_at": _moment(news.at)}
    key = f"parcel:{parcel.id}:{news.key}"
    telling.tell(house, order.contact_id, news.event, facts, key=key)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
