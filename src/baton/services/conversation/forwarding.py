"""Facts of contacts who were merged: each is decided in the lane of whom it belongs to now.

Facts come to the lane of an address, and timers to the lane in which they were set. Once
contacts were merged, or parted again, that may be another's. Such a fact is put into the
right lane in the transaction that takes it from the wrong one, so it is decided once, in
its order, and beside nothing else of the same contact. Nothing has to be moved when
contacts are merged: whose a fact is, is asked when its turn has come.
"""

from collections.abc import Sequence
from typing import TypeAlias

from baton.runtime.ports import Arrival, Event
from baton.services import arrivals
from baton.services.facts import (
    ActionReturned,
    AddressLeft,
    ApprovalDue,
    ChurnScored,
    ContactIdentified,
    DeliveryReported,
    DigestDue,
    EventRecalled,
    EventReported,
    Fact,
    LinkOpened,
    MembershipDue,
    MessageReceived,
    OrphanFound,
    ProofDue,
    RestartAsked,
    RoomFreed,
    RunsDue,
    SilencePassed,
    SnoozeOver,
    WayClosed,
)
from baton.services.ledger import Ledger
from baton.store.queries import people

Told: TypeAlias = tuple[Event, Fact]

_MARK = "moved"


def keep_own(ledger: Ledger, told: Sequence[Told]) -> list[Told]:
    """Return the facts that are this lane's to decide; the others go on to theirs."""
    own: list[Told] = []
    sent: list[Arrival] = []
    for event, fact in told:
        home = _home_of(ledger, event, fact) or event.lane
        if home == event.lane:
            own.append((event, fact))
        else:
            sent.append(_sent_on(ledger, event, fact, home))
    if sent:
        ledger.house.engine.inbox.append(sent)
    return own


def _home_of(ledger: Ledger, event: Event, fact: Fact) -> str | None:
    """Return the lane of the contact whom a fact is about; None where nobody is."""
    match fact:
        case MessageReceived() | ContactIdentified() | EventReported() | AddressLeft():
            keyset = ledger.house.keyset
            lane = arrivals.lane_of(keyset, event.workspace_id, fact.channel, fact.address)
            return people.lane_of_address(event.workspace_id, lane)
        case SilencePassed() | ActionReturned() | EventRecalled() | RestartAsked():
            return people.lane_of_run(fact.run_id)
        case SnoozeOver() | OrphanFound() | ApprovalDue() | RoomFreed():
            return people.lane_of_conversation(fact.conversation_id)
        case DeliveryReported() | WayClosed() | ProofDue() | LinkOpened():
            receipt = fact.receipt if isinstance(fact, DeliveryReported) else ""
            return people.lane_of_message(event.workspace_id, fact.message_id, receipt)
        case RunsDue() | DigestDue() | ChurnScored() | MembershipDue():
            return people.lane_of_lane(event.workspace_id, _origin_of(event))
        case _:
            return None  # of a promise, of all, of a flow or a system: any lane will do


def _sent_on(ledger: Ledger, event: Event, fact: Fact, home: str) -> Arrival:
    """Return a fact for another lane; the place it had makes its name one of a kind."""
    bare = event.dedupe_key.split(":", 3)[3] if _is_moved(event) else event.dedupe_key
    return arrivals.arrival_of(
        fact,
        ledger.house.keyset,
        workspace_id=event.workspace_id,
        lane=home,
        dedupe_key=f"{_MARK}:{_origin_of(event)}:{event.seq}:{bare}",
        received_at=event.received_at,
    )


def _origin_of(event: Event) -> str:
    """Return the lane to which a fact came first."""
    return event.dedupe_key.split(":", 2)[1] if _is_moved(event) else event.lane


def _is_moved(event: Event) -> bool:
    return event.dedupe_key.startswith(f"{_MARK}:")
