"""Hands a message that may go to the provider of its channel, once, and keeps its answer.

From the first word to the provider on it may have been taken: that is written down
before, so that a crash in between leaves a message that is being sent, not one that waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from baton.channels import ChannelPort, ChannelsPort, LookUpPort, Outgoing
from baton.core import costs, language, sms
from baton.core.consent import Purpose
from baton.core.delivery import Delivery
from baton.core.policy import Policy
from baton.core.presend import Author
from baton.runtime.carrier import Errand
from baton.runtime.ports import Again, Done, Effect, Later, Outcome, Refused, Unknown
from baton.services.delivery import deliveries, file_links, letters
from baton.services.delivery import outgoing as orders
from baton.services.delivery.deliveries import Answered, Price
from baton.services.delivery.fates import Fates
from baton.services.delivery.file_links import Carried
from baton.services.delivery.outgoing import SendOrder
from baton.services.delivery.silences import Silences
from baton.services.house import House
from baton.services.workspace import tongues
from baton.services.workspace.connections import SMS, VOICE
from baton.services.workspace.standards import standards_cache
from baton.store.queries import deliveries as known
from baton.store.queries import outgoing
from baton.store.queries.deliveries import Recipient
from baton.store.queries.outgoing import OutgoingRow

LOOK_UP_MESSAGE = "look_up_message"
_LOOK_UP_AFTER = timedelta(minutes=2)  # receipts come within seconds, if at all
_FRESH = timedelta(seconds=5)  # how long the policy's word holds for a message of a batch
_STALE = "the policy was asked too long ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A message that was handed to its provider, and what the provider said."""

    row: OutgoingRow
    channel: ChannelPort
    going: Outgoing
    outcome: Outcome


def errand_of(
    house: House, channel: ChannelPort, row: OutgoingRow, going: Outgoing, silences: Silences
) -> Errand[Handed]:
    """Return the errand that sends a message outside; it is known as being sent by then.

    One that had to wait for others is not begun: its contact may have said STOP meanwhile.
    That is no failed attempt, or a long queue for a slow provider would end up parked.
    """
    judged_at = house.clock.now()

    def run() -> Handed:
        now = house.clock.now()
        if now - judged_at > _FRESH:
            stale = Later(reason=_STALE, until=now)
            return Handed(row=row, channel=channel, going=going, outcome=stale)
        if rest := silences.rest_of(row.inbox_id, now):  # since it was prepared
            return Handed(row=row, channel=channel, going=going, outcome=rest)
        outcome = channel.send(going)
        silences.note(row.inbox_id, outcome, house.clock.now())
        return Handed(row=row, channel=channel, going=going, outcome=outcome)

    return Errand(run=run)


def conclude(house: House, handed: Sequence[Handed]) -> list[Outcome]:
    """Record providers' answers, and return what stands of each message.

    Must run inside a transaction.
    """
    fates = Fates(house)
    standing = deliveries.settle(house, fates, _priced(house, handed))
    fates.write()
    house.engine.outbox.put(
        [
            look_up_order(house, one.row)
            for one, outcome in zip(handed, standing, strict=True)
            if isinstance(outcome, Unknown) and isinstance(one.channel, LookUpPort)
        ]
    )
    return standing


def look_up(house: House, channels: ChannelsPort, effect: Effect) -> Outcome:
    """Ask the provider for a message that it did not answer for, and keep what it says.

    A message that it does not know stays unknown, with that word: whether to say it
    again is for a person to decide.
    """
    message_id = orders.order_of(effect).message_id
    row = outgoing.list_outgoing([message_id]).get(message_id)
    if row is None or row.delivery != Delivery.UNKNOWN.value:
        return Done()  # settled since
    channel = channels.find(row.channel, row.inbox_id)
    asked: object = channel  # whatever it can do besides
    recipient = known.list_recipients([row.address_lane]).get(place_of(row))
    if recipient is None or channel is None or not isinstance(asked, LookUpPort):
        return Refused(reason="nobody can be asked")
    text = house.keyset.unseal(row.body_sealed, f"message:{row.message_id}")
    receipts = asked.look_up(going_of(house, row, channel, text, recipient))
    if receipts is None:
        return Again(reason="the provider cannot be asked what it has taken")
    fresh = [one for one in receipts if known.find_by_receipt(row.workspace_id, one) is None]
    with house.engine.transaction():
        if fresh:
            deliveries.tell_lane(house, row, Delivery.SENT, receipt=fresh[0])
        else:
            deliveries.note_not_found(house, row)
    return Done()


def look_up_order(house: House, row: OutgoingRow) -> Effect:
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


def place_of(row: OutgoingRow) -> tuple[str, str]:
    """Return where the recipient of a message is found."""
    return row.workspace_id, row.address_lane


def going_of(
    house: House, row: OutgoingRow, channel: ChannelPort, text: str, recipient: Recipient
) -> Outgoing:
    """Return a message as its channel gets it, with its files."""
    place = f"vault:{row.workspace_id}:{recipient.token}"
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
        template=row.template,
        letterhead=letters.letterhead_of(house, row),
        language=_language_of(house, row) if row.channel == VOICE else "",
    )


def _language_of(house: House, row: OutgoingRow) -> str:
    """Return what a message's words are in: the contact's language where there are texts in it."""
    written = tongues.list_written(house, row.workspace_id)
    is_written = any(language.is_same(one, row.language) for one in written)
    return row.language if row.language and is_written else written[0]


def _priced(house: House, handed: Sequence[Handed]) -> list[Answered]:
    """Return what providers said, with what they take for what they took (C7)."""
    policies = {
        workspace_id: standards_cache(house).standards_of(workspace_id).policy
        for workspace_id in {one.row.workspace_id for one in handed}
    }
    return [
        Answered(
            row=one.row, outcome=one.outcome, price=_price_of(one, policies[one.row.workspace_id])
        )
        if isinstance(one.outcome, Done)
        else Answered(row=one.row, outcome=one.outcome)
        for one in handed
    ]


def _price_of(taken: Handed, policy: Policy) -> Price:
    row, template = taken.row, taken.row.template
    text = taken.channel.render(taken.going.text, taken.going.choices)
    cost = costs.cost_of(
        text,
        row.channel,
        costs.prices_of(policy),
        is_promotional=template is not None and template.purpose is Purpose.PROMOTIONAL,
        is_window_open=template is None,
    )
    parts = sms.parts_of(text) if row.channel == SMS else 1
    return parts, cost, policy.currency
