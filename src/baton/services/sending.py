"""Sends what stands in the outbox: asks the policy again, then the channel (invariant 7)."""

from dataclasses import dataclass
from datetime import datetime

from baton.channels import ChannelPort, ChannelsPort, Outgoing
from baton.core import presend
from baton.core.presend import Notice
from baton.runtime.ports import Done, Effect, Later, Outcome, Park, Refused
from baton.services import carriage, fallbacks, permits
from baton.services import outgoing as orders
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.permits import Terms
from baton.services.workspaces import standards_cache
from baton.store.queries import outgoing
from baton.store.queries.outgoing import OutgoingRow

_OUT = frozenset({"sent", "delivered", "read"})
_OVER = _OUT | {"refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman:
    """Carries messages to their channels; `perform` is what `runtime.Sender` calls."""

    house: House
    channels: ChannelsPort

    def perform(self, effect: Effect) -> Outcome:
        """Send one message, or say why not; every refusal is recorded with its reason."""
        order = orders.order_of(effect)
        row = outgoing.find_outgoing(order.message_id)
        if row is None:
            return Refused(reason="message_gone")
        channel = self.channels.find(row.channel, row.inbox_id)
        if row.is_replaced or row.delivery in _OVER:
            return _known_of(row)
        if channel is None:
            return self._shut(row)
        text = self.house.keyset.unseal(row.body_sealed, f"message:{row.message_id}")
        return self._withheld(row, text, order.notice) or self._send(channel, row, text)

    def _shut(self, row: OutgoingRow) -> Outcome:
        """Let a message for a channel that nobody connected go on, or wait for a person."""
        if row.onward:
            return carriage.refuse(self.house, row, fallbacks.NOT_CONNECTED)
        self._record(row, "failed", fallbacks.NOT_CONNECTED)
        return Park(reason=f"no channel {row.channel} is connected")

    def _withheld(self, row: OutgoingRow, text: str, notice: Notice | None) -> Outcome | None:
        """Return why a message does not go, or not yet; None lets it go."""
        terms = self._terms_of(row.workspace_id) if row.is_unprompted else None
        now = self.house.clock.now()
        match permits.ask_again(row, text, notice, terms, now=now):
            case presend.Fallback(reason=refusal):
                return carriage.refuse(self.house, row, refusal.value)
            case presend.Refused(reason=refusal):
                self._record(row, "refused", refusal.value)
                return Refused(reason=refusal.value)
            case presend.Deferred(until=until, reason=delay):
                self._record(row, "held", delay.value, held_until=until)
                return Later(reason=delay.value, until=until)
            case presend.Allowed():
                return None

    def _send(self, channel: ChannelPort, row: OutgoingRow, text: str) -> Outcome:
        if channel.is_outside:
            return carriage.hand_over(self.house, row, channel)
        outcome = channel.send(_outgoing_of(row, text))
        if isinstance(outcome, Done):
            self._record(row, "sent", "")
        elif isinstance(outcome, Refused):
            self._record(row, "failed", outcome.reason)
        return outcome

    def _terms_of(self, workspace_id: str) -> Terms:
        standards = standards_cache(self.house).standards_of(workspace_id)
        return Terms(policy=standards.policy, zone=standards.hours.zone)

    def _record(
        self, row: OutgoingRow, delivery: str, reason: str, *, held_until: datetime | None = None
    ) -> None:
        with self.house.engine.transaction():
            ledger = Ledger(self.house, self.house.clock.now())
            if held_until:
                outgoing.mark_held(row.message_id, held_until, reason)
            else:
                outgoing.mark(row.message_id, delivery, reason)
            if delivery != "sent":
                orders.note_fate(ledger, row.workspace_id, row.message_id, delivery, reason)
            ledger.ring(f"lane:{row.address_lane}", f"workspace:{row.workspace_id}")
            ledger.flush()


def _known_of(row: OutgoingRow) -> Outcome:
    """Return what a message came to already."""
    if row.is_replaced:
        return Refused(reason="went_elsewhere")  # a way that opens again is too late
    if row.delivery in _OUT:
        return Done(receipt=row.message_id)  # performed before; only its settling was lost
    return Refused(reason=row.delivery_reason)  # a refusal is final, settled or not


def _outgoing_of(row: OutgoingRow, text: str) -> Outgoing:
    return Outgoing(message_id=row.message_id, lane=row.lane, text=text, choices=row.choices)
