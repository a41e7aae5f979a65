"""Parcels: what their shop says of them, what carriers scanned, and what was not heard.

A shop and a carrier know the same parcel by its tracking number, and neither waits for the
other. What flows hear follows from all scans that are known (`core.orders`), so webhooks that
come late, twice or never tell nothing false and nothing twice.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from django.db.models import Q

from baton.core import orders, records
from baton.core.orders import News, OrderState, Scan, ScanState, Standing
from baton.core.records import ParcelRecord, TrackingRecord
from baton.services import arrivals
from baton.services.facts import ParcelDue
from baton.services.ledger import Ledger
from baton.services.orders import keeping, telling
from baton.services.orders.telling import Teller
from baton.store.models import Order, Parcel, ParcelScan

Told: TypeAlias = tuple[str, ...]

MOST_SCANS = 300
_MAX_PLACE = 120
_MAX_WORDS = 200


def plain_tracking(tracking: str) -> str:
    """Return a tracking number as everybody writes it once blanks and case are taken away."""
    return "".join(tracking.split()).upper()[:80]


def lay(teller: Teller, record: ParcelRecord | TrackingRecord) -> Told | None:
    """Lay what a shop or a carrier tells over the parcel; return what flows hear.

    None where nothing changed. Runs inside a transaction. What was told quietly is not told
    later either.
    """
    teller.ledger.house.engine.lock_lane(teller.workspace_id, keeping.LANE)
    if isinstance(record, ParcelRecord):
        row = _lay_shop(teller, record)
        scans = _scans_of_shop(record)
    else:
        row = _lay_carrier(teller, record)
        scans = record.scans[:MOST_SCANS]
    if row is None:
        return None
    _keep_scans(teller.ledger, row, scans)
    return _conclude(teller, row)


def note(teller: Teller, row: Parcel, scan: Scan) -> Told:
    """Keep one scan of a parcel of ours; return what flows hear. Runs in the lane of orders."""
    _keep_scans(teller.ledger, row, [scan])
    return _conclude(teller, row)


def adopt(teller: Teller, reference: str) -> Told:
    """Take in parcels that were told of before their order was, and tell what they tell now."""
    order = Order.objects.get(
        workspace_id=teller.workspace_id, system_id=teller.system_id, reference=reference
    )
    waiting = Parcel.objects.filter(workspace_id=teller.workspace_id, order_id="").filter(
        Q(system_id=teller.system_id, ordered=reference) | Q(hint=order.plain_number)
    )
    told: list[str] = []
    for row in waiting.order_by("id"):
        row.order_id = order.id
        told += _conclude(teller, row)
    return tuple(told)


def look(ledger: Ledger, workspace_id: str, fact: ParcelDue) -> None:
    """Look whether a parcel is late or stuck; it runs in the lane of orders, which is held."""
    row = Parcel.objects.filter(id=fact.parcel_id, workspace_id=workspace_id).first()
    if row is None or row.look_at != fact.at:
        return  # something was heard of it since
    order = Order.objects.filter(id=row.order_id).first() if row.order_id else None
    standing = standing_of(row)
    found = orders.overdue_of(standing, row.told, expected_at=row.expected_at, now=ledger.now)
    _look_later(ledger, row, standing)
    if order is not None and order.state != OrderState.CANCELLED:
        _tell(ledger, order, row, found, is_quiet=False)
    row.save()


def standing_of(row: Parcel) -> Standing:
    """Return how a parcel stands, by all scans that are known of it."""
    return orders.standing_of(scans_of(row))


def scans_of(row: Parcel) -> tuple[Scan, ...]:
    """Return all scans of a parcel, the oldest first."""
    return tuple(
        Scan(
            at=one.at,
            state=ScanState(one.state),
            place=one.place,
            words=one.words,
            latitude=one.latitude,
            longitude=one.longitude,
        )
        for one in ParcelScan.objects.filter(parcel_id=row.id).order_by("at", "id")
    )


def _lay_shop(teller: Teller, record: ParcelRecord) -> Parcel | None:
    workspace_id, system_id = teller.workspace_id, teller.system_id
    tracking = plain_tracking(record.tracking)
    own = Parcel.objects.filter(workspace_id=workspace_id, system_id=system_id)
    row = own.filter(reference=record.reference).first()
    if row is not None and not records.is_newer(record.stamp, row.stamp):
        return None
    tracked = _by_tracking(workspace_id, tracking)
    if row is None and tracked is not None and _is_free(tracked, system_id):
        row = tracked  # its carrier was the first to tell
    row = row or _new(teller, record.reference)
    row.system_id, row.reference, row.stamp = system_id, record.reference, record.stamp
    bought = Order.objects.filter(workspace_id=workspace_id, system_id=system_id)
    row.ordered = record.order
    row.order_id = bought.filter(reference=record.order).values_list("id", flat=True).first() or ""
    row.carrier = record.carrier[:60] or row.carrier
    row.page_url = record.page_url or row.page_url
    row.expected_at = row.expected_at if row.tracked else record.expected_at
    if tracked is None or tracked.id == row.id:
        row.tracking = tracking
    row.save()
    return row


def _lay_carrier(teller: Teller, record: TrackingRecord) -> Parcel:
    workspace_id = teller.workspace_id
    tracking = plain_tracking(record.tracking)
    row = _by_tracking(workspace_id, tracking)
    if row is None:
        row = _new(teller, f"tracking:{tracking}")
        row.tracking = tracking
    row.hint = row.hint or keeping.plain(record.order)
    if not row.order_id and row.hint:
        bought = Order.objects.filter(workspace_id=workspace_id, plain_number=row.hint)
        found = list(bought.values_list("id", flat=True)[:2])
        row.order_id = found[0] if len(found) == 1 else ""
    row.carrier = row.carrier or record.carrier[:60]
    row.page_url = row.page_url or record.page_url
    # Scans add to each other in any order; what it expects is as old as what tells it.
    if records.is_newer(record.stamp, row.tracked):
        row.tracked = record.stamp
        row.expected_at = record.expected_at or row.expected_at
    row.save()
    return row


def _is_free(row: Parcel, system_id: str) -> bool:
    """Return whether only a carrier has told of a parcel yet."""
    return row.reference == f"tracking:{row.tracking}" and row.system_id != system_id


def _by_tracking(workspace_id: str, tracking: str) -> Parcel | None:
    known = Parcel.objects.filter(workspace_id=workspace_id, tracking=tracking)
    return known.first() if tracking else None


def _new(teller: Teller, reference: str) -> Parcel:
    now = teller.ledger.now
    return Parcel(
        id=teller.ledger.next_id(),
        workspace_id=teller.workspace_id,
        system_id=teller.system_id,
        reference=reference,
        made_at=now,
        changed_at=now,
    )


def _scans_of_shop(record: ParcelRecord) -> tuple[Scan, ...]:
    found = list(record.scans[:MOST_SCANS])
    if record.shipped_at:
        found.append(Scan(at=record.shipped_at, state=ScanState.IN_TRANSIT))
    if record.cancelled_at:
        found.append(Scan(at=record.cancelled_at, state=ScanState.CANCELLED))
    return tuple(found)


def _keep_scans(ledger: Ledger, row: Parcel, scans: Sequence[Scan]) -> None:
    ParcelScan.objects.bulk_create(
        [
            ParcelScan(
                id=ledger.next_id(),
                workspace_id=row.workspace_id,
                parcel_id=row.id,
                at=scan.at,
                state=scan.state.value,
                place=scan.place[:_MAX_PLACE],
                words=scan.words[:_MAX_WORDS],
                latitude=scan.latitude,
                longitude=scan.longitude,
            )
            for scan in scans
        ],
        ignore_conflicts=True,
    )


def _conclude(teller: Teller, row: Parcel) -> Told:
    """Write how a parcel and its order stand now, and tell what is news of it."""
    ledger, standing = teller.ledger, standing_of(row)
    row.state = standing.state.value if standing.state else ""
    row.changed_at = ledger.now
    row.save()
    _look_later(ledger, row, standing)
    order = Order.objects.filter(id=row.order_id).first() if row.order_id else None
    told: Told = ()
    if order is not None:
        keeping.settle(order)
        if standing.state is ScanState.DELIVERED:
            order.delivered_at = max(filter(None, (order.delivered_at, standing.at)))
        order.save(update_fields=["state", "delivered_at"])
        found = orders.news_of(standing, row.told, is_last=_is_last(row), now=ledger.now)
        found = () if order.state == OrderState.CANCELLED else found
        told = _tell(ledger, order, row, found, is_quiet=teller.is_quiet)
    row.save()
    ledger.ring(f"workspace:{row.workspace_id}")
    return told


def _is_last(row: Parcel) -> bool:
    """Return whether every other parcel of the order has come, or was called off."""
    over = (ScanState.DELIVERED.value, ScanState.CANCELLED.value)
    beside = Parcel.objects.filter(order_id=row.order_id).exclude(id=row.id)
    return not beside.exclude(state__in=over).exists()


def _tell(
    ledger: Ledger, order: Order, row: Parcel, found: Iterable[News], *, is_quiet: bool
) -> Told:
    told = list(found)
    row.told = [*row.told, *(news.key for news in told)]
    if is_quiet:
        return ()
    for news in told:
        telling.tell_parcel(ledger.house, order, row, news)
    return tuple(news.event.value for news in told)


def _look_later(ledger: Ledger, row: Parcel, standing: Standing) -> None:
    key = f"parcel:{row.id}"
    at = orders.next_look(standing, expected_at=row.expected_at, now=ledger.now)
    if at is None and row.look_at is not None:
        ledger.cancel_timer(row.workspace_id, key)
    row.look_at = at
    if at is not None:
        ledger.set_timer(
            arrivals.timer_of(
                ParcelDue(parcel_id=row.id, at=at),
                ledger.house.keyset,
                workspace_id=row.workspace_id,
                lane=keeping.LANE,
                key=key,
                due_at=at,
            )
        )
