"""Hands a message that may go to the provider of its channel, once, and keeps its answer.

From the first word to the provider on it may have been taken: that is written down
before, so that a crash in between leaves a message that is being sent, not one that waits.
"""

from datetime import timedelta

import msgspec

from baton.channels import ChannelPort, ChannelsPort, LookUpPort, Outgoing
from baton.core import costs, sms
from baton.core.delivery import Delivery
from baton.core.presend import Author
from baton.runtime.ports import Again, Done, Effect, Later, Outcome, Park, Refused, Unknown
from baton.services import deliveries, fallbacks, file_links, letters
from baton.services import outgoing as orders
from baton.services.connections import EMAIL
from baton.services.file_links import Carried
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.outgoing import SendOrder
from baton.services.workspaces import standards_cache
from baton.store.queries import deliveries as known
from baton.store.queries import outgoing
from baton.store.queries.deliveries import Recipient
from baton.store.queries.outgoing import OutgoingRow

LOOK_UP_MESSAGE = "look_up_message"
_LOOK_UP_AFTER = timedelta(minutes=2)  # receipts come within seconds, if at all
# On its way, or out: the audit chain tells of what did not go.
_QUIET = frozenset({Delivery.QUEUED, Delivery.SENDING, Delivery.SENT})


def hand_over(house: House, row: OutgoingRow, channel: ChannelPort) -> Outcome:
    """Send a message outside, and return what stands of it."""
    recipient = known.find_recipient(row.workspace_id, row.address_lane)
    if recipient is None:
        return refuse(house, row, fallbacks.NO_ADDRESS)
    going = _going(house, row, channel, recipient)
    _record(house, row, Delivery.SENDING, "")
    outcome = channel.send(going)
    match outcome:
        case Again() | Later():  # nothing was taken: it stands in the queue again
            _record(house, row, Delivery.QUEUED, "provider_busy")
            return outcome
        case Park():
            _record(house, row, Delivery.FAILED, "channel_settings")
            return outcome
        case Done() | Refused() | Unknown():
            return _settle(house, row, outcome, channel, going)


def look_up(house: House, channels: ChannelsPort, effect: Effect) -> Outcome:
    """Ask the provider for a message that it did not answer for, and keep what it says.

    A message that it does not know stays unknown, with that word: whether to say it
    again is for a person to decide.
    """
    row = outgoing.find_outgoing(orders.order_of(effect).message_id)
    if row is None or row.delivery != Delivery.UNKNOWN.value:
        return Done()  # settled since
    channel = channels.find(row.channel, row.inbox_id)
    asked: object = channel  # whatever it can do besides
    recipient = known.find_recipient(row.workspace_id, row.address_lane)
    if recipient is None or channel is None or not isinstance(asked, LookUpPort):
        return Refused(reason="nobody can be asked")
    receipts = asked.look_up(_going(house, row, channel, recipient))
    if receipts is None:
        return Again(reason="the provider cannot be asked what it has taken")
    fresh = [one for one in receipts if known.find_by_receipt(row.workspace_id, one) is None]
    with house.engine.transaction():
        if fresh:
            deliveries.tell_lane(house, row, Delivery.SENT, receipt=fresh[0])
        else:
            deliveries.note_not_found(house, row)
            _announce(house, row, Delivery.UNKNOWN, "not_found")
    return Done()


def _look_up_order(house: House, row: OutgoingRow) -> Effect:
    """Return the effect that looks an unanswered message up, once its receipt had its time."""
    now = house.clock.now()
    return Effect(
        id=house.next_id(now),
        workspace_id=row.workspace_id,
        lane=row.address_lane,
        kind=LOOK_UP_MESSAGE,
        intent_key=f"look_up:{row.message_id}",
        body=msgspec.json.encode(SendOrder(message_id=row.message_id)),
        due_at=now + _LOOK_UP_AFTER,
        repeatable=True,
    )


def _going(house: House, row: OutgoingRow, channel: ChannelPort, recipient: Recipient) -> Outgoing:
    place = f"vault:{row.workspace_id}:{recipient.token}"
    text = house.keyset.unseal(row.body_sealed, f"message:{row.message_id}")
    # Only people send files: the bot's messages spare the look.
    carried = (
        file_links.carried_by(house, channel, row.message_id, text)
        if row.author == Author.AGENT.value
        else Carried(text=text, files=())
    )
    return Outgoing(
        message_id=row.message_id,
        lane=row.lane,
        text=carried.text,
        choices=row.choices,
        address=house.keyset.unseal(recipient.value_sealed, place),
        files=carried.files,
        letterhead=letters.letterhead_of(house, row),
    )


def _settle(
    house: House,
    row: OutgoingRow,
    outcome: Done | Refused | Unknown,
    channel: ChannelPort,
    going: Outgoing,
) -> Outcome:
    """Record a provider's answer; without one, what a receipt said meanwhile stands."""
    with house.engine.transaction():
        standing = deliveries.settle(house, row, outcome)
        if isinstance(outcome, Done):
            _note_cost(house, row, channel.render(going.text, going.choices))
        if isinstance(standing, Unknown) and isinstance(channel, LookUpPort):
            house.engine.outbox.put([_look_up_order(house, row)])
        match standing:
            case Done():
                _announce(house, row, Delivery.SENT, "")
            case Refused(reason=reason):
                _announce(house, row, Delivery.FAILED, reason)
            case _:
                _announce(house, row, Delivery.UNKNOWN, "no_answer")
    return standing


def _note_cost(house: House, row: OutgoingRow, text: str) -> None:
    """Keep what the provider takes for the message (C7)."""
    policy = standards_cache(house).standards_of(row.workspace_id).policy
    if row.channel == EMAIL:
        known.note_cost(row.message_id, 1, policy.email_price, policy.currency)
        return
    cost = costs.cost_of_sms(text, policy.sms_part_price)
    known.note_cost(row.message_id, sms.parts_of(text), cost, policy.currency)


def refuse(house: House, row: OutgoingRow, reason: str) -> Refused:
    """Record that a message does not go on its channel, and let it go on by another."""
    with house.engine.transaction():
        outgoing.mark(row.message_id, Delivery.REFUSED.value, reason)
        deliveries.close_way(house, row)
        _announce(house, row, Delivery.REFUSED, reason)
    return Refused(reason=reason)


def _record(house: House, row: OutgoingRow, delivery: Delivery, reason: str) -> None:
    with house.engine.transaction():
        outgoing.mark(row.message_id, delivery.value, reason)
        _announce(house, row, delivery, reason)


def _announce(house: House, row: OutgoingRow, delivery: Delivery, reason: str) -> None:
    """Note what was not sent in the audit chain, and tell whoever looks on."""
    ledger = Ledger(house, house.clock.now())
    if delivery not in _QUIET:
        subject = f"message:{row.message_id}"
        ledger.audit(row.workspace_id, "system", f"send_{delivery.value}", subject, reason=reason)
    ledger.ring(f"lane:{row.address_lane}", f"workspace:{row.workspace_id}")
    ledger.flush()
