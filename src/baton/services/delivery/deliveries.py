"""What became of messages at their providers, told by the sender or by receipts.

Both may speak of one message at once, in any order and more than once. Whoever does so
holds the message's delivery first and takes only a step that leads further.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from baton.core.consent import Purpose
from baton.core.delivery import HARD, Delivery, Undelivered, further
from baton.runtime.ports import Again, Done, Later, Outcome, Park, Refused, Unknown
from baton.services import arrivals
from baton.services.delivery.fates import Fates
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.facts import DeliveryReported, WayClosed
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents, suppressions
from baton.services.people.consents import Said
from baton.store.queries import deliveries, outgoing
from baton.store.queries.deliveries import Known
from baton.store.queries.outgoing import OutgoingRow
from baton.store.rows import ContactRow

_MOST_EVIDENCE = 120
_CLOSED = "the provider: unsubscribed"
Price = tuple[int, int, str]  # in how many parts it went, what it costs (millionths), in what
_TOLD = (Done, Refused, Unknown, Park)
_WRONG_SETTINGS = "channel_settings"
_ARRIVED = (Delivery.DELIVERED, Delivery.READ)
_TAKEN = (Delivery.SENT, *_ARRIVED)
_ABOUT_THE_CONTACT = HARD | {
    Undelivered.UNSUBSCRIBED.value,
    Undelivered.PROMOTIONS_UNWANTED.value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A message, what handing it to its provider came to, and the price of one that was taken."""

    row: OutgoingRow
    outcome: Outcome
    price: Price = (0, 0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notes:
    """What is to be kept of messages at their providers, each as its statement takes it."""

    taken: list[tuple[str, int, int, str, str]] = field(default_factory=list)
    receipts: list[tuple[str, str, str]] = field(default_factory=list)
    costs: list[tuple[int, int, str, str]] = field(default_factory=list)

    def write(self) -> None:
        deliveries.note_taken(self.taken)
        deliveries.note_receipts(self.receipts)
        deliveries.note_costs(self.costs)


def settle(house: House, fates: Fates, answered: Sequence[Answered]) -> list[Outcome]:
    """Record what sending came to; return what stands, where a receipt knew better.

    Must run inside a transaction.
    """
    held = _hold([one for one in answered if isinstance(one.outcome, _TOLD)], house.clock.now())
    notes = _Notes()
    standing = [
        _settle_one(house, fates, one, held.get(one.row.message_id), notes) for one in answered
    ]
    notes.write()
    return standing


def _hold(answered: Iterable[Answered], now: datetime) -> dict[str, Known]:
    found: dict[str, Known] = {}
    places = sorted((one.row.workspace_id, one.row.message_id) for one in answered)
    for workspace_id, alike in groupby(places, key=lambda place: place[0]):
        found |= deliveries.hold(workspace_id, [message_id for _, message_id in alike], now)
    return found


def _settle_one(
    house: House, fates: Fates, answered: Answered, known: Known | None, notes: _Notes
) -> Outcome:
    row, outcome = answered.row, answered.outcome
    match outcome:
        case Again() | Later():  # nothing was taken: it stands in the queue again
            fates.note(row, Delivery.QUEUED, "provider_busy")
        case Park() if row.onward and known is not None:
            # Its news goes on by the next channel, so nobody has to put this one back.
            refused = Refused(reason=_WRONG_SETTINGS)
            _note_refused(house, fates, row, refused)
            return refused
        case Park():
            fates.note(row, Delivery.FAILED, _WRONG_SETTINGS)
        case _ if known is None:
            fates.tell(row)  # the message is gone
        case Done(receipt=receipt):
            _note_taken(fates, answered, known, receipt, notes)
        case Unknown():
            return _note_unknown(fates, row, known, outcome)
        case Refused() if Delivery(known.delivery) not in _TAKEN:
            notes.receipts.append((known.receipt, outcome.code, row.message_id))
            _note_refused(house, fates, row, outcome)
        case _:  # its receipt says that it was taken all the same
            fates.tell(row)
            return Done(receipt=known.receipt)
    return outcome


def _note_unknown(fates: Fates, row: OutgoingRow, known: Known, outcome: Unknown) -> Outcome:
    if known.receipt:
        fates.tell(row)
        return Done(receipt=known.receipt)  # its receipt came before our patience ended
    fates.note(row, Delivery.UNKNOWN, "no_answer")
    return outcome


def _note_refused(house: House, fates: Fates, row: OutgoingRow, refused: Refused) -> None:
    fates.note(row, Delivery.FAILED, refused.reason)
    if refused.reason in _ABOUT_THE_CONTACT or row.onward:
        tell_lane(house, row, Delivery.FAILED, fault=refused.reason, code=refused.code)


def _note_taken(
    fates: Fates, answered: Answered, known: Known, receipt: str, notes: _Notes
) -> None:
    row = answered.row
    if receipt and known.receipt == receipt:
        notes.costs.append((*answered.price, row.message_id))
        fates.tell(row)  # receipts of this very sending came first, and know better
        return
    notes.taken.append((receipt, *answered.price, row.message_id))
    if Delivery(known.delivery) in _ARRIVED:
        fates.tell(row)
    else:
        fates.note(row, Delivery.SENT)


def hold_told(facts: Iterable[tuple[str, DeliveryReported]], now: datetime) -> None:
    """Keep senders from the messages of a batch of receipts, all at once.

    A sender names all its messages at once too, so that neither waits for the other in a
    ring. `facts` come with their workspaces.
    """
    places = {(workspace_id, _message_of(workspace_id, fact)) for workspace_id, fact in facts}
    ours = sorted((workspace_id, message_id) for workspace_id, message_id in places if message_id)
    for workspace_id, alike in groupby(ours, key=lambda place: place[0]):
        deliveries.hold(workspace_id, [message_id for _, message_id in alike], now)


def _message_of(workspace_id: str, fact: DeliveryReported) -> str:
    """Return the message that a receipt speaks of, "" when it is none of ours."""
    return fact.message_id or deliveries.find_by_receipt(workspace_id, fact.receipt) or ""


def report(ledger: Ledger, workspace_id: str, fact: DeliveryReported) -> str:
    """Let a receipt have its effect on its message; return its id, "" if it spoke of none."""
    message_id = _message_of(workspace_id, fact)
    known = deliveries.hold(workspace_id, [message_id], ledger.now).get(message_id)
    if known is None:
        return ""
    told = Delivery(fact.state)
    if told is Delivery.FAILED and known.receipt not in ("", fact.receipt):
        return ""  # an earlier try failed, and a later one speaks for itself
    standing = further(Delivery(known.delivery), told)
    is_news = standing.value != known.delivery
    if is_news:
        reason = fact.fault if standing is Delivery.FAILED else ""
        outgoing.mark([message_id], standing.value, reason)
        ledger.acquaintance.forget()  # what failed counts for no limit
    deliveries.note_receipts([(known.receipt or fact.receipt, fact.code, message_id)])
    _resolve(ledger, message_id, fact)
    if is_news and standing is Delivery.FAILED:
        subject = f"message:{message_id}"
        details = {"reason": fact.fault, "code": fact.code}
        ledger.audit(workspace_id, "system", "send_failed", subject, **details)
    return message_id


def learn(ledger: Ledger, contact: ContactRow, fact: DeliveryReported) -> ContactRow:
    """Return the contact as a failure shows them: opted out, or their address suppressed."""
    channels = contact.opted_out.split(",")
    if fact.fault == Undelivered.UNSUBSCRIBED.value and fact.channel not in channels:
        return consents.change(ledger, contact, fact.channel, is_granted=False, source=_CLOSED)
    if fact.fault == Undelivered.PROMOTIONS_UNWANTED.value:
        return consents.tell(ledger, contact, _no_promotions(fact, ledger), actor="system")
    if fact.fault in HARD:
        suppressions.bar(ledger, contact, fact.channel, fact.fault, actor=suppressions.SYSTEM)
    return contact


def _no_promotions(fact: DeliveryReported, ledger: Ledger) -> Said:
    return Said(
        channel=fact.channel,
        purpose=Purpose.PROMOTIONAL.value,
        is_granted=False,
        source="the provider: promotions stopped",
        evidence=fact.receipt[:_MOST_EVIDENCE],
        at=ledger.now,
    )


def note_sign_of_life(ledger: Ledger, contact: ContactRow, channel: str) -> None:
    """Take an address that somebody has just written from for one that works."""
    if channel != OWN_CHANNEL:
        suppressions.lift(ledger, contact, channel, actor=suppressions.SYSTEM)


def _resolve(ledger: Ledger, message_id: str, fact: DeliveryReported) -> None:
    """Settle a send whose answer never came by what its receipt says."""
    failed = fact.state == Delivery.FAILED.value
    outcome = Refused(reason=fact.fault, code=fact.code) if failed else Done(receipt=fact.receipt)
    ledger.house.engine.outbox.resolve_unknown(message_id, outcome, now=ledger.now)


def tell_lane(  # noqa: PLR0913 - a receipt has these parts
    house: House,
    row: OutgoingRow,
    state: Delivery,
    *,
    receipt: str = "",
    fault: str = "",
    code: str = "",
) -> None:
    """Let the contact's lane decide what an answer says: only there are contacts changed."""
    fact = DeliveryReported(
        message_id=row.message_id,
        receipt=receipt,
        state=state.value,
        channel=row.channel,
        fault=fault,
        code=code,
    )
    arrival = arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=row.workspace_id,
        lane=row.lane,
        dedupe_key=f"told:{row.message_id}:{state.value}:{receipt or code}",
        received_at=house.clock.now(),
    )
    house.engine.inbox.append([arrival])


def close_way(house: House, row: OutgoingRow) -> None:
    """Let the contact's lane send a message on, if it has ways left."""
    if not row.onward:
        return
    arrival = arrivals.arrival_of(
        WayClosed(message_id=row.message_id),
        house.keyset,
        workspace_id=row.workspace_id,
        lane=row.lane,
        dedupe_key=f"way_closed:{row.message_id}",
        received_at=house.clock.now(),
    )
    house.engine.inbox.append([arrival])


def note_not_found(house: House, row: OutgoingRow) -> None:
    """Record that the provider knows nothing of a message, unless a receipt said more."""
    held = deliveries.hold(row.workspace_id, [row.message_id], house.clock.now())
    known = held.get(row.message_id)
    if known and known.delivery == Delivery.UNKNOWN.value:
        fates = Fates(house)
        fates.note(row, Delivery.UNKNOWN, "not_found")
        fates.write()
