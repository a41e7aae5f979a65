"""Orders as the staff see them: found by number or by buyer, and each with all that happened."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from baton.core.errors import NotFound
from baton.core.orders import Attempt, OrderState, ScanState
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.orders import by_hand, keeping, parcels, telling
from baton.services.orders.by_hand import Draft
from baton.services.people import contact_list
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, ConnectedSystem, Contact, Order, Parcel, User
from baton.store.queries import orders
from baton.store.queries.orders import LineRow

PAGE_SIZE = 50
_MOST_FOUND = 500
_AMISS = (ScanState.FAILED.value, ScanState.RETURNING.value, ScanState.LOST.value)
_SHELVED = (OrderState.DELIVERED.value, OrderState.CANCELLED.value)


class Wanted(StrEnum):
    """Which orders a list shows."""

    COMING = "coming"
    AMISS = "amiss"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineRow:
    """An order of a list; `parcel` is how its newest parcel stands, "" for none."""

    row: Order
    who: str
    parcel: str
    is_amiss: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """A page of the list; `has_more` says that another follows."""

    lines: tuple[OrderLineRow, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLine:
    """Something that was scanned."""

    at: datetime
    state: str
    place: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSheet:
    """One parcel with its scans, the newest first, and the deliveries of it that failed."""

    row: Parcel
    scans: tuple[ScanLine, ...]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSheet:
    """One order with its articles, its money in minor units, its parcels and its deeds."""

    line: OrderLineRow
    system: str
    lines: tuple[LineRow, ...]
    paid_minor: int
    refunded_minor: int
    parcels: tuple[ParcelSheet, ...]
    deeds: tuple[tuple[datetime, str, str], ...]
    track_url: str


def list_orders(
    house: House, user: User, *, wanted: Wanted, words: str = "", page: int = 1
) -> OrderPage:
    """Return a page of orders, the newest first."""
    inbox.require(user, Action.READ_INBOX)
    begin = (page - 1) * PAGE_SIZE
    found = _narrowed(house, user, wanted, words).order_by("-placed_at", "-id")
    rows = list(found[begin : begin + PAGE_SIZE + 1])
    return OrderPage(lines=_lines(house, rows[:PAGE_SIZE]), has_more=len(rows) > PAGE_SIZE)


def get_sheet(house: House, user: User, order_id: str) -> OrderSheet:
    """Return one order; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    mine = Order.objects.filter(id=order_id, workspace_id=user.workspace_id)
    row = sight.met_by(user, mine).first()
    whole = orders.find_order(user.workspace_id, order_id)
    if row is None or whole is None:
        raise NotFound("order", order_id)
    system = ConnectedSystem.objects.filter(id=row.system_id).values_list("name", flat=True)
    deeds = AuditEntry.objects.filter(workspace_id=row.workspace_id, subject=f"order:{row.id}")
    noted = list(deeds.order_by("seq"))
    names = _names([one.actor for one in noted])
    return OrderSheet(
        line=_lines(house, [row])[0],
        system=system.first() or "",
        lines=whole.lines,
        paid_minor=whole.paid_minor,
        refunded_minor=whole.refunded_minor,
        parcels=tuple(_parcel(one) for one in orders.list_parcels(row.id)),
        deeds=tuple((one.at, one.action, names[one.actor]) for one in noted),
        track_url=telling.track_url(house, row),
    )


def find_who(house: House, user: User, contact_id: str) -> str:
    """Return the name of whom an order is written for; raises NotFound."""
    found = Contact.objects.filter(workspace_id=user.workspace_id, id=contact_id).first()
    if found is None:
        raise NotFound("contact", contact_id)
    guarding.refuse_elsewhere(user, contact_id)
    return inbox.name_of(house, found.id, bytes(found.name_sealed))


def write(house: House, user: User, contact_id: str, number: str, total_minor: int) -> str:
    """Write an order and return its id; raises InvalidInput or NotFound."""
    inbox.require(user, Action.ANSWER)
    draft = Draft(
        contact_id=contact_id,
        number=number,
        currency=currency_of(house, user),
        total_minor=total_minor,
    )
    return by_hand.write(house, user.workspace_id, draft, actor=f"user:{user.id}").id


def currency_of(house: House, user: User) -> str:
    """Return the currency of a workspace's own orders."""
    return standards_cache(house).standards_of(user.workspace_id).policy.currency


def pack(house: House, user: User, order_id: str) -> None:
    """Note that an order is packed; raises Conflict or NotFound."""
    inbox.require(user, Action.ANSWER)
    by_hand.pack(house, user.workspace_id, order_id, actor=f"user:{user.id}")


def cancel(house: House, user: User, order_id: str) -> None:
    """Cancel an order; raises Conflict or NotFound."""
    inbox.require(user, Action.ANSWER)
    by_hand.cancel(house, user.workspace_id, order_id, actor=f"user:{user.id}")


def send(house: House, user: User, order_id: str, carrier: str, tracking: str) -> None:
    """Note that a parcel was handed over; raises Conflict, InvalidInput or NotFound."""
    inbox.require(user, Action.ANSWER)
    actor = f"user:{user.id}"
    by_hand.send(house, user.workspace_id, order_id, carrier, tracking, actor=actor)


def see(house: House, user: User, order_id: str, state: ScanState) -> None:
    """Note how the newest parcel stands; raises Conflict or NotFound."""
    inbox.require(user, Action.ANSWER)
    by_hand.see(house, user.workspace_id, order_id, state, actor=f"user:{user.id}")


def _narrowed(house: House, user: User, wanted: Wanted, words: str) -> "QuerySet[Order]":
    found = sight.met_by(user, Order.objects.filter(workspace_id=user.workspace_id))
    match wanted:
        case Wanted.COMING:
            found = found.exclude(state__in=_SHELVED)
        case Wanted.AMISS:
            amiss = Parcel.objects.filter(workspace_id=user.workspace_id, state__in=_AMISS)
            found = found.filter(id__in=amiss.values("order_id")).exclude(state__in=_SHELVED)
        case Wanted.DELIVERED | Wanted.CANCELLED:
            found = found.filter(state=wanted.value)
        case Wanted.ALL:
            pass
    if not words.strip():
        return found
    tracked = Parcel.objects.filter(
        workspace_id=user.workspace_id, tracking=parcels.plain_tracking(words) or "-"
    )
    numbered = found.filter(
        Q(plain_number=keeping.plain(words) or "-") | Q(id__in=tracked.values("order_id"))
    )
    if numbered.exists():
        return numbered
    people = contact_list.list_page(house, user, words=words.strip())
    return found.filter(contact_id__in=[line.row.id for line in people.lines][:_MOST_FOUND])


def _lines(house: House, rows: list[Order]) -> tuple[OrderLineRow, ...]:
    names = Contact.objects.in_bulk([row.contact_id for row in rows])
    sent = Parcel.objects.filter(order_id__in=[row.id for row in rows]).order_by("id")
    states = {one.order_id: one.state for one in sent}
    return tuple(
        OrderLineRow(
            row=row,
            who=inbox.name_of(house, row.contact_id, bytes(names[row.contact_id].name_sealed)),
            parcel=states.get(row.id, ""),
            is_amiss=states.get(row.id, "") in _AMISS,
        )
        for row in rows
    )


def _parcel(row: Parcel) -> ParcelSheet:
    scans = parcels.scans_of(row)
    return ParcelSheet(
        row=row,
        scans=tuple(
            ScanLine(at=one.at, state=one.state.value, place=one.place, words=one.words)
            for one in reversed(scans)
        ),
        attempts=parcels.standing_of(row).attempts,
    )


def _names(actors: list[str]) -> dict[str, str]:
    """Return in words who did something."""
    ids = {one.removeprefix("user:") for one in actors if one.startswith("user:")}
    known = {f"user:{user.id}": user.name for user in User.objects.filter(id__in=ids)}
    return {one: known.get(one, "Baton") for one in actors}
