"""What systems tell: believed at the door, decided by the worker, and kept with its fate.

All that one system tells is decided in a lane of its own, in its order. What it comes to
is told in the lane of the contact whom it is about, in the same transaction.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from baton.connectors import (
    DisbelievedError,
    Heard,
    Hook,
    HookPort,
    RecordsPort,
    UnreadableError,
)
from baton.connectors.stripe import settings as stripe
from baton.core import making, mapping
from baton.core.fates import Fate
from baton.core.json import Json
from baton.core.mapping import EVENT, FieldMap, Mapped, Unmapped
from baton.core.records import Person
from baton.runtime.ports import Arrival, Event
from baton.services import arrivals
from baton.services.facts import DeliveryRetaken, ImportDue, ListenDue, LookDue, SystemTold
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import (
    asking,
    bodies,
    importing,
    kinds,
    looking,
    paying,
    recognising,
    recording,
    silence,
    systems,
)
from baton.services.systems.fated import Taken
from baton.services.systems.recognising import Found, Unrecognised
from baton.services.systems.recording import Happened
from baton.store.models import ConnectedSystem, SystemDelivery

KEPT_FOR = timedelta(days=30)
"""How long what a system told is kept, to be looked at and taken again."""

_MAX_REASON = 400
_MAX_TOLD = 80
_KNOWN = "what it says stands here already: nobody was told again"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemEntrance:
    """A connected system as its webhooks meet it; `proofs` may have signed them."""

    system_id: str
    workspace_id: str
    url: str
    hooks: HookPort
    proofs: tuple[str, ...] = field(repr=False)


def find_entrance(house: House, token: str) -> SystemEntrance | None:
    """Return the entrance of a system by the token in its address, or None."""
    system = ConnectedSystem.objects.filter(token=token, is_connected=True).first()
    hooks = kinds.hooks_of(systems.settings_of(house, system)) if system else None
    if system is None or hooks is None:
        return None
    return SystemEntrance(
        system_id=system.id,
        workspace_id=system.workspace_id,
        url=systems.hook_url_of(house, system),
        hooks=hooks,
        proofs=systems.proofs_of(house, system),
    )


def believe(house: House, entrance: SystemEntrance, hook: Hook) -> Heard:
    """Return what a webhook says, whichever secret signed it.

    Raises DisbelievedError when none did, and UnreadableError.
    """
    now, refusal = house.clock.now(), DisbelievedError("Sign it with the system's secret.")
    for proof in entrance.proofs:
        try:
            return entrance.hooks.hear(hook, proof, now=now)
        except DisbelievedError as error:
            refusal = error
    raise refusal


def arrival_of(house: House, entrance: SystemEntrance, heard: Heard) -> Arrival:
    """Return what a system told as a fact, once for each of its names."""
    fact = SystemTold(system_id=entrance.system_id, reference=heard.reference, body=heard.body)
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=entrance.workspace_id,
        lane=systems.lane_of(entrance.system_id),
        dedupe_key=f"system:{entrance.system_id}:{heard.reference}",
        received_at=house.clock.now(),
    )


Heeded = SystemTold | DeliveryRetaken | LookDue | ListenDue | ImportDue
"""What is decided in the lane of a system."""


def decide(ledger: Ledger, event: Event, fact: Heeded) -> None:
    """Let what a system told have its effect, and keep it with its fate."""
    match fact:
        case SystemTold():
            _take_first(ledger, event, fact)
        case DeliveryRetaken():
            _take_again(ledger, fact)
        case LookDue():
            looking.decide(ledger, fact)
        case ListenDue():
            silence.decide(ledger, fact)
        case ImportDue():
            importing.decide(ledger, fact)


def _take_first(ledger: Ledger, event: Event, fact: SystemTold) -> None:
    system = ConnectedSystem.objects.get(id=fact.system_id)
    body: Json = msgspec.json.decode(fact.body)
    taken = _take_or_ask(ledger, system, body, key=fact.reference)
    _wake(ledger, system, taken)
    delivery_id = ledger.next_id()
    delivery = SystemDelivery.objects.create(
        id=delivery_id,
        workspace_id=system.workspace_id,
        system_id=system.id,
        reference=fact.reference,
        body_sealed=bodies.seal_body(ledger.house, delivery_id, body),
        received_at=event.received_at,
        **_words_of(taken),
    )
    if taken.fate is Fate.ASKING:
        asking.order(ledger, delivery)
    ConnectedSystem.objects.filter(id=system.id).update(heard_at=event.received_at)
    too_old = ledger.now - KEPT_FOR
    SystemDelivery.objects.filter(system_id=system.id, received_at__lt=too_old).delete()
    ledger.ring(f"workspace:{system.workspace_id}")


def _take_again(ledger: Ledger, fact: DeliveryRetaken) -> None:
    delivery = SystemDelivery.objects.filter(id=fact.delivery_id).first()
    if delivery is None:
        return  # too old, and dropped meanwhile
    system = ConnectedSystem.objects.get(id=delivery.system_id)
    takes = delivery.takes + 1
    body = bodies.open_body(ledger.house, delivery)
    taken = _take_or_ask(ledger, system, body, key=f"{delivery.reference}:{takes}")
    words = _words_of(taken)
    if taken.fate is Fate.UNCHANGED:
        # Nothing is told anew: what flows heard of it the first time still stands beside it.
        words |= {"told": delivery.told, "reason": _KNOWN}
    SystemDelivery.objects.filter(id=delivery.id).update(takes=takes, **words)
    if taken.fate is Fate.ASKING:
        delivery.takes = takes
        asking.order(ledger, delivery)
    _wake(ledger, system, taken)
    ledger.ring(f"workspace:{system.workspace_id}")


def _take_or_ask(ledger: Ledger, system: ConnectedSystem, payload: Json, *, key: str) -> Taken:
    """Take a payload, once its system has answered what it did not tell."""
    try:
        if asking.find_asks(ledger.house, system, payload):
            return Taken(fate=Fate.ASKING)
    except UnreadableError as error:
        return Taken(fate=Fate.PARKED, reason=str(error))
    return _take(ledger, system, payload, key=key)


def _take(ledger: Ledger, system: ConnectedSystem, payload: Json, *, key: str) -> Taken:
    if system.kind == stripe.KIND:
        return paying.take(ledger, system, payload)
    translator = kinds.records_of(systems.settings_of(ledger.house, system))
    if translator is not None:
        return _take_records(ledger, system, translator, payload, key=key)
    return _take_mapped(ledger, system, payload, key=key)


def _take_mapped(ledger: Ledger, system: ConnectedSystem, payload: Json, *, key: str) -> Taken:
    """Take a payload by the first map that is for it."""
    one = mapping.first_for(systems.maps_of(system), payload)
    if one is None:
        return Taken(fate=Fate.IGNORED, reason="no mapping is for it")
    mapped = mapping.apply(one, payload)
    if isinstance(mapped, Unmapped):
        return _unmapped(one, mapped)
    if one.makes == EVENT:
        return _tell(ledger, system, mapped, key=key)
    reading = importing.reading_of(ledger.house, system, ledger.now)
    record = making.record_of(mapped, making.person_of(mapped), reading)
    if isinstance(record, Unmapped):
        return _unmapped(one, record)
    return recording.take_all(ledger, system, [record], key=key)


def _take_records(
    ledger: Ledger, system: ConnectedSystem, translator: RecordsPort, payload: Json, *, key: str
) -> Taken:
    """Lay what a connector makes of a payload over its rows."""
    try:
        found = translator.records(payload, received_at=ledger.now)
    except UnreadableError as error:
        return Taken(fate=Fate.PARKED, reason=str(error))
    return recording.take_all(ledger, system, found, key=key)


def _unmapped(one: FieldMap, unmapped: Unmapped) -> Taken:
    reason = "; ".join(f"{name}: {why}" for name, why in unmapped.problems.items())
    return Taken(fate=Fate.PARKED, told=one.event, reason=reason)


def _recognised(ledger: Ledger, system: ConnectedSystem, person: Person) -> Found:
    [found] = recognising.recognise(ledger.house, system.workspace_id, system.id, [person])
    return found


def _tell(ledger: Ledger, system: ConnectedSystem, mapped: Mapped, *, key: str) -> Taken:
    """Tell an event in the lane of whom it is about."""
    event = mapped.by.event
    known = _recognised(ledger, system, making.person_of(mapped))
    if isinstance(known, Unrecognised):
        return Taken(fate=Fate.PARKED, told=event, reason=known.reason)
    happened = Happened(event=event, facts=mapped.facts, key=key)
    recording.tell(ledger, system, known, happened)
    return Taken(fate=Fate.TOLD, told=event, reason=known.remark)


def _wake(ledger: Ledger, system: ConnectedSystem, taken: Taken) -> None:
    """Have what has waited for something that came now taken again."""
    for delivery in recording.list_waiting(system.id, taken.met):
        bodies.retake(ledger.house, delivery)


def _words_of(taken: Taken) -> dict[str, str]:
    return {
        "fate": taken.fate.value,
        "told": taken.told[:_MAX_TOLD],
        "reason": taken.reason[:_MAX_REASON],
        "awaits": taken.awaits,
    }
