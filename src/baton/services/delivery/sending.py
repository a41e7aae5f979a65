"""Sends what stands in the outbox: asks the policy again, then the channel (invariant 7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from baton.channels import ChannelPort, ChannelsPort, Outgoing
from baton.core import presend
from baton.core.delivery import Delivery
from baton.core.presend import Delay
from baton.runtime.carrier import Errand
from baton.runtime.ports import Done, Effect, Later, Outcome, Park, Refused
from baton.services.delivery import carriage, deliveries, fallbacks, windowing
from baton.services.delivery import outgoing as orders
from baton.services.delivery.carriage import Handed
from baton.services.delivery.fates import Fates
from baton.services.delivery.outgoing import OWN_CHANNEL, SendOrder
from baton.services.delivery.pacing import Paces
from baton.services.delivery.silences import Silences
from baton.services.delivery.windowing import Pane
from baton.services.house import House
from baton.services.people import permits
from baton.services.people.permits import Known, Terms
from baton.services.workspace.standards import standards_cache
from baton.store.queries import deliveries as known
from baton.store.queries import outgoing
from baton.store.queries.deliveries import Recipient
from baton.store.queries.outgoing import OutgoingRow

_OUT = frozenset({"sent", "delivered", "read"})
_OVER = _OUT | {"refused"}

Answer = Outcome | Errand[Handed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman:
    """The carrier of messages: takes them to their channels, a batch at a time."""

    house: House
    channels: ChannelsPort
    silences: Silences = field(default_factory=Silences)

    def prepare(self, effects: Sequence[Effect]) -> list[Answer]:
        """Judge messages: each goes, or stays with its reason on record."""
        sent = [orders.order_of(effect) for effect in effects]
        rows = outgoing.list_outgoing([order.message_id for order in sent])
        now = self.house.clock.now()
        round_ = _Round(
            house=self.house,
            channels=self.channels,
            silences=self.silences,
            now=now,
            fates=Fates(self.house),
            known=permits.list_known(rows.values(), now),
            recipients=_recipients_of(rows.values()),
            paces=Paces(rows.values(), now),
            panes=windowing.list_panes(self.house, rows.values()),
        )
        answers = [round_.answer(order, rows.get(order.message_id)) for order in sent]
        round_.fates.write()
        round_.paces.write()
        return answers

    def conclude(self, ended: Sequence[tuple[Effect, Handed]]) -> list[Outcome]:
        """Keep what providers said."""
        return carriage.conclude(self.house, [handed for _, handed in ended])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One batch of messages, with all that their judging needs."""

    house: House
    channels: ChannelsPort
    silences: Silences
    now: datetime
    fates: Fates
    known: dict[str, Known]
    recipients: dict[tuple[str, str], Recipient]
    paces: Paces
    panes: dict[str, Pane]
    _terms: dict[str, Terms] = field(default_factory=dict)
    _found: dict[tuple[str, str], ChannelPort | None] = field(default_factory=dict)

    def answer(self, order: SendOrder, row: OutgoingRow | None) -> Answer:
        """Send one message, or say why not."""
        if row is None:
            return Refused(reason="message_gone")
        if row.is_replaced or row.delivery in _OVER:
            return _known_of(row)
        channel = self._channel_of(row)
        if channel is None:
            return self._shut(row)
        text = self.house.keyset.unseal(row.body_sealed, f"message:{row.message_id}")
        withheld = self._withheld(row, text, order) or self._paced(row)
        return withheld or self._send(channel, *self._worded(row, text))

    def _worded(self, row: OutgoingRow, text: str) -> tuple[OutgoingRow, str]:
        """Return a message as it leaves: in approved words where no others may go."""
        pane = self.panes.get(row.message_id)
        if pane is None or pane.stand_in is None or not pane.is_shut(self.now):
            return row, text
        return windowing.take_place(self.house, row, pane.stand_in), pane.stand_in.text

    def _shut(self, row: OutgoingRow) -> Outcome:
        """Let a message for a channel that nobody connected go on, or wait for a person."""
        if row.onward:
            return self._refuse(row, fallbacks.NOT_CONNECTED)
        self.fates.note(row, Delivery.FAILED, fallbacks.NOT_CONNECTED)
        return Park(reason=f"no channel {row.channel} is connected")

    def _withheld(self, row: OutgoingRow, text: str, order: SendOrder) -> Outcome | None:
        """Return why a message does not go, or not yet; None lets it go."""
        known = self.known.get(row.message_id)
        terms = self._terms_of(row.workspace_id)
        pane = self.panes.get(row.message_id)
        window = pane.window_of(order.notice) if pane else None
        match permits.ask_again(row, text, order.notice, terms, known, window=window, now=self.now):
            case presend.Fallback(reason=refusal):
                return self._refuse(row, refusal.value)
            case presend.Refused(reason=refusal):
                self.fates.note(row, Delivery.REFUSED, refusal.value)
                return Refused(reason=refusal.value)
            case presend.Deferred(until=until, reason=delay):
                self.fates.hold(row, until, delay.value)
                return Later(reason=delay.value, until=until)
            case presend.Allowed():
                return None

    def _paced(self, row: OutgoingRow) -> Outcome | None:
        """Let a message wait for its turn, where its inbox may not send as fast as that."""
        until = self.paces.wait(row)
        if until is None:
            return None
        self.fates.hold(row, until, Delay.RATE_LIMIT.value)
        return Later(reason=Delay.RATE_LIMIT.value, until=until)

    def _send(self, channel: ChannelPort, row: OutgoingRow, text: str) -> Answer:
        if channel.is_outside:
            return self._hand_over(channel, row, text)
        going = Outgoing(
            message_id=row.message_id,
            lane=row.lane,
            text=text,
            choices=row.choices,
            template=row.template,
        )
        outcome = channel.send(going)
        if isinstance(outcome, Done):
            self.fates.note(row, Delivery.SENT)
        elif isinstance(outcome, Refused):
            self.fates.note(row, Delivery.FAILED, outcome.reason)
        return outcome

    def _hand_over(self, channel: ChannelPort, row: OutgoingRow, text: str) -> Answer:
        recipient = self.recipients.get(carriage.place_of(row))
        if recipient is None:
            return self._refuse(row, fallbacks.NO_ADDRESS)
        if rest := self.silences.rest_of(row.inbox_id, self.now):
            self.fates.note(row, Delivery.QUEUED, "provider_busy")
            return rest
        self.fates.note(row, Delivery.SENDING)
        going = carriage.going_of(self.house, row, channel, text, recipient)
        return carriage.errand_of(self.house, channel, row, going, self.silences)

    def _refuse(self, row: OutgoingRow, reason: str) -> Refused:
        """Record that a message does not go on its channel, and let it go on by another."""
        self.fates.note(row, Delivery.REFUSED, reason)
        deliveries.close_way(self.house, row)
        return Refused(reason=reason)

    def _channel_of(self, row: OutgoingRow) -> ChannelPort | None:
        place = (row.channel, row.inbox_id)
        if place not in self._found:
            self._found[place] = self.channels.find(*place)
        return self._found[place]

    def _terms_of(self, workspace_id: str) -> Terms:
        if workspace_id not in self._terms:
            standards = standards_cache(self.house).standards_of(workspace_id)
            self._terms[workspace_id] = Terms(policy=standards.policy, zone=standards.hours.zone)
        return self._terms[workspace_id]


def _known_of(row: OutgoingRow) -> Outcome:
    """Return what a message came to already."""
    if row.is_replaced:
        return Refused(reason="went_elsewhere")  # a way that opens again is too late
    if row.delivery in _OUT:
        return Done(receipt=row.message_id)  # performed before; only its settling was lost
    return Refused(reason=row.delivery_reason)  # a refusal is final, settled or not


def _recipients_of(rows: Iterable[OutgoingRow]) -> dict[tuple[str, str], Recipient]:
    lanes = sorted({row.address_lane for row in rows if row.channel != OWN_CHANNEL})
    return known.list_recipients(lanes) if lanes else {}
