"""Records that a system told: whose they are, what they come to, and what waits for them.

What is told of a booking or a person that has not come yet waits for it, in whatever order
a system's webhooks arrive.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from baton.core.fates import Fate
from baton.core.json import Json
from baton.core.making import Made
from baton.core.records import (
    BookingRecord,
    CheckInRecord,
    DisputeRecord,
    HappenedRecord,
    InvoiceRecord,
    MembershipRecord,
    OrderRecord,
    ParcelRecord,
    PersonRecord,
    Record,
    SlotRecord,
    StandRecord,
    TrackingRecord,
)
from baton.services import arrivals
from baton.services.facts import EventReported
from baton.services.ledger import Ledger
from baton.services.orders.mirror import Bought
from baton.services.systems import bought, laid_bookings, laid_slots, mirroring, recognising
from baton.services.systems.fated import Taken
from baton.services.systems.recognising import Found, Recognised, Unrecognised
from baton.store.models import ConnectedSystem, Order, SystemDelivery

_WEIGHT = (
    Fate.PARKED,
    Fate.WAITING,
    Fate.TOLD,
    Fate.KEPT,
    Fate.UNCHANGED,
    Fate.IGNORED,
)
"""Of several records of one delivery, whose fate is that of all: what needs somebody first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event that a system told; `key` is the same when it is told again."""

    event: str
    facts: Mapping[str, Json]
    key: str


def take_all(
    ledger: Ledger, system: ConnectedSystem, found: Sequence[Record], *, key: str
) -> Taken:
    """Lay what a delivery tells over its rows; runs in the lane of the system.

    `key` names this very taking: what only happened is told once for each.
    """
    taken = [_take(ledger, system, one, key) for one in found]
    if not taken:
        return Taken(fate=Fate.IGNORED, reason="it tells of nothing that is kept here")
    first = min(taken, key=lambda one: _WEIGHT.index(one.fate))
    return Taken(
        fate=first.fate,
        told=", ".join(dict.fromkeys(one.told for one in taken if one.told)),
        reason=first.reason,
        awaits=first.awaits,
        met=tuple(name for one in taken for name in one.met),
    )


def list_waiting(system_id: str, met: Iterable[str]) -> tuple[SystemDelivery, ...]:
    """Return what has waited for something that came, in the order in which it was told."""
    names = sorted(set(met) - {""})
    if not names:
        return ()
    waiting = SystemDelivery.objects.filter(system_id=system_id, awaits__in=names)
    return tuple(waiting.order_by("received_at", "id"))


def tell(ledger: Ledger, system: ConnectedSystem, known: Recognised, happened: Happened) -> None:
    """Tell an event in the lane of whom it is about, once for its key."""
    fact = EventReported(
        event=happened.event,
        facts=dict(happened.facts),
        channel=known.channel,
        inbox_id=known.inbox_id,
        address=known.address,
        name=known.name,
        language=known.language,
    )
    arrival = arrivals.arrival_of(
        fact,
        ledger.house.keyset,
        workspace_id=system.workspace_id,
        lane=known.lane,
        dedupe_key=f"event:{system.id}:{happened.key}",
        received_at=ledger.now,
    )
    ledger.house.engine.inbox.append([arrival])


def _take(ledger: Ledger, system: ConnectedSystem, one: Record, key: str) -> Taken:
    match one:
        case HappenedRecord():
            return _take_happened(ledger, system, one, key)
        case PersonRecord():
            return _take_person(ledger, system, one)
        case SlotRecord():
            [laid] = laid_slots.lay(ledger, system.workspace_id, system.id, [one])
            return Taken(fate=laid.fate)
        case StandRecord():
            return _take_stand(ledger, system, one)
        case BookingRecord() | MembershipRecord() | CheckInRecord() | InvoiceRecord():
            return _take_whole(ledger, system, one)
        case OrderRecord() | DisputeRecord() | ParcelRecord() | TrackingRecord():
            return _take_bought(ledger, system, one)


def _take_whole(ledger: Ledger, system: ConnectedSystem, one: Made) -> Taken:
    [known] = recognising.recognise(ledger.house, system.workspace_id, system.id, [one.person])
    if isinstance(known, Unrecognised):
        return _parked(ledger, system, known, one.person.reference)
    met = (
        _name(ledger, system, "booking", one.reference),
        _name(ledger, system, "person", one.person.reference),
    )
    [laid] = mirroring.lay(ledger, system.workspace_id, system.id, [(known, one)])
    return Taken(fate=laid.fate, told=", ".join(laid.events), reason=known.remark, met=met)


def _take_stand(ledger: Ledger, system: ConnectedSystem, one: StandRecord) -> Taken:
    row = laid_bookings.find_stood(system.workspace_id, system.id, one.reference)
    if row is None:
        return Taken(
            fate=Fate.WAITING,
            reason="the booking that it is about has not been told of yet",
            awaits=_name(ledger, system, "booking", one.reference),
        )
    known = recognising.recognise_contact(ledger.house, row.contact_id)
    if isinstance(known, Unrecognised):
        return Taken(fate=Fate.PARKED, reason=known.reason)
    [laid] = mirroring.lay(ledger, system.workspace_id, system.id, [(known, one)])
    return Taken(fate=laid.fate, told=", ".join(laid.events))


def _take_bought(ledger: Ledger, system: ConnectedSystem, one: Bought) -> Taken:
    if isinstance(one, DisputeRecord) and not _is_known(system, one.order):
        return Taken(
            fate=Fate.WAITING,
            reason="the order that it is about has not been told of yet",
            awaits=_name(ledger, system, "order", one.order),
        )
    taken = bought.take(ledger, system.workspace_id, system.id, one)
    if not isinstance(one, OrderRecord):
        return taken
    return replace(taken, met=(_name(ledger, system, "order", one.reference),))


def _is_known(system: ConnectedSystem, order: str) -> bool:
    mine = Order.objects.filter(workspace_id=system.workspace_id, system_id=system.id)
    return mine.filter(reference=order).exists()


def _take_person(ledger: Ledger, system: ConnectedSystem, one: PersonRecord) -> Taken:
    found: Found
    [found] = recognising.recognise(ledger.house, system.workspace_id, system.id, [one.person])
    if isinstance(found, Unrecognised):
        return Taken(fate=Fate.PARKED, reason=found.reason)
    met = (_name(ledger, system, "person", one.person.reference),)
    return Taken(fate=Fate.KEPT, reason=found.remark, met=met)


def _take_happened(ledger: Ledger, system: ConnectedSystem, one: HappenedRecord, key: str) -> Taken:
    [known] = recognising.recognise(ledger.house, system.workspace_id, system.id, [one.person])
    if isinstance(known, Unrecognised):
        return _parked(ledger, system, known, one.person.reference)
    happened = Happened(event=one.event, facts=one.facts, key=f"{one.reference}:{key}")
    tell(ledger, system, known, happened)
    return Taken(fate=Fate.TOLD, told=one.event, reason=known.remark)


def _parked(ledger: Ledger, system: ConnectedSystem, why: Unrecognised, reference: str) -> Taken:
    awaits = _name(ledger, system, "person", reference) if reference else ""
    return Taken(fate=Fate.PARKED, reason=why.reason, awaits=awaits)


def _name(ledger: Ledger, system: ConnectedSystem, kind: str, reference: str) -> str:
    """Return how a thing of a system is named here without saying what it is called there."""
    if not reference:
        return ""
    return ledger.house.keyset.fingerprint(f"awaited:{system.id}:{kind}", reference)
