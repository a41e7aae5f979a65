"""What became of messages at their providers, told by the sender or by receipts.

Both may speak of one message at once, in any order and more than once. Whoever does so
holds the message's delivery first and takes only a step that leads further.
"""

from baton.core.consent import Purpose
from baton.core.delivery import HARD, Delivery, Undelivered, further
from baton.runtime.ports import Done, Outcome, Refused, Unknown
from baton.services import arrivals, consents, suppressions
from baton.services.arrivals import DeliveryReported, WayClosed
from baton.services.consents import Said
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.outgoing import OWN_CHANNEL
from baton.store.queries import deliveries, outgoing
from baton.store.queries.deliveries import Known
from baton.store.queries.outgoing import OutgoingRow
from baton.store.rows import ContactRow

_MOST_EVIDENCE = 120
_CLOSED = "the provider: unsubscribed"
_ARRIVED = (Delivery.DELIVERED, Delivery.READ)
_ABOUT_THE_CONTACT = HARD | {
    Undelivered.UNSUBSCRIBED.value,
    Undelivered.PROMOTIONS_UNWANTED.value,
}


def settle(house: House, row: OutgoingRow, outcome: Done | Refused | Unknown) -> Outcome:
    """Record what sending came to; return what stands, when a receipt knew better.

    Must run inside a transaction.
    """
    now = house.clock.now()
    known = deliveries.hold(row.workspace_id, row.message_id, now)
    if known is None:
        return outcome
    match outcome:
        case Done(receipt=receipt):
            _note_taken(row, known, receipt)
        case Unknown() if known.receipt:
            return Done(receipt=known.receipt)  # its receipt came before our patience ended
        case Unknown():
            outgoing.mark(row.message_id, Delivery.UNKNOWN.value, "no_answer")
        case Refused(reason=reason, code=code):
            deliveries.note_receipt(row.message_id, known.receipt, code)
            outgoing.mark(row.message_id, Delivery.FAILED.value, reason)
            if reason in _ABOUT_THE_CONTACT or row.onward:
                tell_lane(house, row, Delivery.FAILED, fault=reason, code=code)
    return outcome


def _note_taken(row: OutgoingRow, known: Known, receipt: str) -> None:
    if receipt and known.receipt == receipt:
        return  # receipts of this very sending came first, and know better
    deliveries.note_receipt(row.message_id, receipt, "")
    if Delivery(known.delivery) not in _ARRIVED:
        outgoing.mark(row.message_id, Delivery.SENT.value, "")


def report(ledger: Ledger, workspace_id: str, fact: DeliveryReported) -> str:
    """Let a receipt have its effect on its message; return its id, "" if it spoke of none."""
    message_id = fact.message_id or deliveries.find_by_receipt(workspace_id, fact.receipt)
    known = message_id and deliveries.hold(workspace_id, message_id, ledger.now)
    if not known or not message_id:
        return ""
    told = Delivery(fact.state)
    if told is Delivery.FAILED and known.receipt not in ("", fact.receipt):
        return ""  # an earlier try failed, and a later one speaks for itself
    standing = further(Delivery(known.delivery), told)
    is_news = standing.value != known.delivery
    if is_news:
        reason = fact.fault if standing is Delivery.FAILED else ""
        outgoing.mark(message_id, standing.value, reason)
    deliveries.note_receipt(message_id, known.receipt or fact.receipt, fact.code)
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
    known = deliveries.hold(row.workspace_id, row.message_id, house.clock.now())
    if known and known.delivery == Delivery.UNKNOWN.value:
        outgoing.mark(row.message_id, Delivery.UNKNOWN.value, "not_found")
