"""Orders of a business without a shop's system: written, packed, sent, seen and cancelled here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.orders import OrderState, Scan, ScanState
from baton.core.records import (
    LineRecord,
    MoneyRecord,
    OrderRecord,
    ParcelRecord,
    Person,
    stamp_at,
)
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.orders import keeping, mirror, parcels
from baton.services.orders.telling import Teller
from baton.store.models import Contact, Order, Parcel

MAX_NUMBER = 40
MAX_CARRIER = 60
MAX_TRACKING = 80
MOST_MINOR = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order as somebody writes it, in minor units; it was paid when it was placed."""

    contact_id: str
    number: str
    currency: str
    total_minor: int = 0
    lines: tuple[LineRecord, ...] = ()


def write(house: House, workspace_id: str, draft: Draft, *, actor: str) -> Order:
    """Keep a new order and tell flows of it; raises InvalidInput or NotFound."""
    if not Contact.objects.filter(workspace_id=workspace_id, id=draft.contact_id).exists():
        raise NotFound("contact", draft.contact_id)
    number = draft.number.strip().removeprefix("#")
    plain = keeping.plain(number)
    if not plain or len(number) > MAX_NUMBER:
        raise InvalidInput({"number": f"Give it a number of at most {MAX_NUMBER} characters."})
    if not 0 <= draft.total_minor <= MOST_MINOR:
        raise InvalidInput({"total": "Write an amount, as 45.00."})
    with _told(house, workspace_id, actor) as teller:
        known = Order.objects.filter(workspace_id=workspace_id, system_id="", reference=plain)
        if known.exists():
            raise InvalidInput({"number": "There is an order of this number already."})
        now = teller.ledger.now
        paid = MoneyRecord(reference="paid", kind="paid", amount_minor=draft.total_minor, at=now)
        record = OrderRecord(
            reference=plain,
            stamp=stamp_at(now),
            person=Person(),
            number=number,
            state=OrderState.PLACED,
            placed_at=now,
            currency=draft.currency,
            total_minor=draft.total_minor,
            lines=draft.lines,
            money=(paid,) if draft.total_minor else (),
        )
        mirror.lay(teller, draft.contact_id, record)
        row = known.get()
        _note(teller, row, "order_written")
    return row


def pack(house: House, workspace_id: str, order_id: str, *, actor: str) -> None:
    """Note that an order is packed; raises Conflict or NotFound."""
    _restate(house, workspace_id, order_id, OrderState.PACKED, actor)


def cancel(house: House, workspace_id: str, order_id: str, *, actor: str) -> None:
    """Cancel an order; raises Conflict or NotFound."""
    _restate(house, workspace_id, order_id, OrderState.CANCELLED, actor)


def send(  # noqa: PLR0913 - which, with whom, and by whom
    house: House, workspace_id: str, order_id: str, carrier: str, tracking: str, *, actor: str
) -> None:
    """Note that a parcel was handed over; raises Conflict, InvalidInput or NotFound."""
    carrier, tracking = carrier.strip(), tracking.strip()
    if len(carrier) > MAX_CARRIER or len(tracking) > MAX_TRACKING:
        raise InvalidInput({"tracking": "That is too long for a tracking number."})
    with _told(house, workspace_id, actor) as teller:
        row = _own(workspace_id, order_id)
        number = Parcel.objects.filter(order_id=row.id).count() + 1
        now = teller.ledger.now
        record = ParcelRecord(
            reference=f"{row.reference}-{number}",
            stamp=stamp_at(now),
            order=row.reference,
            carrier=carrier,
            tracking=tracking,
            shipped_at=now,
        )
        mirror.lay(teller, "", record)
        _note(teller, row, "order_sent")


def see(  # noqa: PLR0913 - what, of which parcel, and by whom
    house: House,
    workspace_id: str,
    order_id: str,
    state: ScanState,
    *,
    actor: str,
    place: str = "",
    at: datetime | None = None,
) -> None:
    """Note how an order's newest parcel stands; raises Conflict or NotFound."""
    with _told(house, workspace_id, actor) as teller:
        row = _own(workspace_id, order_id)
        parcel = Parcel.objects.filter(order_id=row.id).order_by("-id").first()
        if parcel is None:
            message = "Nothing was sent for this order yet. Note that first."
            raise Conflict(message)
        parcels.note(teller, parcel, Scan(at=at or teller.ledger.now, state=state, place=place))
        _note(teller, row, "order_seen", state=state.value)


def _restate(house: House, workspace_id: str, order_id: str, state: OrderState, actor: str) -> None:
    with _told(house, workspace_id, actor) as teller:
        row = _own(workspace_id, order_id)
        if row.state in (OrderState.CANCELLED, OrderState.DELIVERED):
            message = f"This order is {row.state} by now. Look again."
            raise Conflict(message)
        keeping.restate(teller, row, state)
        _note(teller, row, "order_restated", state=state.value)


def _own(workspace_id: str, order_id: str) -> Order:
    row = Order.objects.filter(id=order_id, workspace_id=workspace_id).first()
    if row is None:
        raise NotFound("order", order_id)
    if row.system_id:
        message = "This order is kept by another system: change it there."
        raise Conflict(message)
    return row


def _note(teller: Teller, row: Order, action: str, **details: str) -> None:
    teller.ledger.audit(row.workspace_id, teller.actor, action, f"order:{row.id}", **details)
    teller.ledger.ring(f"workspace:{row.workspace_id}")


@contextmanager
def _told(house: House, workspace_id: str, actor: str) -> Iterator[Teller]:
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, keeping.LANE)
        ledger = Ledger(house, house.clock.now())
        yield Teller(ledger=ledger, workspace_id=workspace_id, actor=actor)
        ledger.flush()
