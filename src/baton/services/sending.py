"""Sends what stands in the outbox: asks the policy again, then the channel (invariant 7)."""

from dataclasses import dataclass
from typing import Protocol

from baton.channels import ChannelPort, Outgoing
from baton.core import costs, presend, sms
from baton.core.delivery import Delivery
from baton.core.ownership import Owner
from baton.core.presend import Author, Notice
from baton.runtime.ports import Again, Done, Effect, Outcome, Park, Refused, Unknown
from baton.services import deliveries
from baton.services import outgoing as orders
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspaces import standards_cache
from baton.store.queries import deliveries as known
from baton.store.queries import outgoing
from baton.store.queries.outgoing import OutgoingRow

_OUT = frozenset({"sent", "delivered", "read"})


class ChannelsPort(Protocol):
    """The transports of this installation."""

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:
        """Return the transport of an inbox, or None when nothing is connected there."""
        ...


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
        if row.delivery in _OUT:
            return Done(receipt=row.message_id)  # performed before; only its settling was lost
        channel = self.channels.find(row.channel, row.inbox_id)
        if channel is None:
            self._record(row, "failed", "no_channel")
            return Park(reason=f"no channel {row.channel} is connected")
        verdict = presend.decide(_sending(row, order.notice))
        if isinstance(verdict, presend.Refused):
            return self._refuse(row, verdict.reason.value)
        if channel.is_outside:
            return self._send_outside(row, channel)
        outcome = channel.send(self._outgoing(row, address=""))
        if isinstance(outcome, Done):
            self._record(row, "sent", "")
        elif isinstance(outcome, Refused):
            self._record(row, "failed", outcome.reason)
        return outcome

    def _send_outside(self, row: OutgoingRow, channel: ChannelPort) -> Outcome:
        """Hand a message to a provider; from its first word on it may have been taken."""
        recipient = known.find_recipient(row.contact_id, row.channel)
        if recipient is None:
            return self._refuse(row, "no_address")
        if recipient.suppressed_for:
            return self._refuse(row, "address_suppressed")
        place = f"vault:{row.workspace_id}:{recipient.token}"
        address = self.house.keyset.unseal(recipient.value_sealed, place)
        going = self._outgoing(row, address=address)
        self._record(row, Delivery.SENDING.value, "")
        outcome = channel.send(going)
        match outcome:
            case Again():  # nothing was taken: it stands in the queue again
                self._record(row, Delivery.QUEUED.value, "provider_busy")
                return outcome
            case Park():
                self._record(row, Delivery.FAILED.value, "channel_settings")
                return outcome
            case Done() | Refused() | Unknown():
                return self._settle(row, channel, going, outcome)

    def _settle(
        self,
        row: OutgoingRow,
        channel: ChannelPort,
        going: Outgoing,
        outcome: Done | Refused | Unknown,
    ) -> Outcome:
        """Record a provider's answer, together with what follows from it.

        Without one, what a receipt said meanwhile stands in its place.
        """
        with self.house.engine.transaction():
            standing = deliveries.settle(self.house, row, outcome)
            if isinstance(outcome, Done):
                self._note_cost(row, channel.render(going.text, going.choices))
            self._tell(row, standing)
        return standing

    def _note_cost(self, row: OutgoingRow, text: str) -> None:
        """Keep what the provider takes for the message (C7)."""
        policy = standards_cache(self.house).standards_of(row.workspace_id).policy
        cost = costs.cost_of_sms(text, policy.sms_part_price)
        known.note_cost(row.message_id, sms.parts_of(text), cost, policy.currency)

    def _outgoing(self, row: OutgoingRow, *, address: str) -> Outgoing:
        return Outgoing(
            message_id=row.message_id,
            lane=row.lane,
            text=self.house.keyset.unseal(row.body_sealed, f"message:{row.message_id}"),
            choices=row.choices,
            address=address,
        )

    def _refuse(self, row: OutgoingRow, reason: str) -> Refused:
        self._record(row, "refused", reason)
        return Refused(reason=reason)

    def _record(self, row: OutgoingRow, delivery: str, reason: str) -> None:
        with self.house.engine.transaction():
            outgoing.mark(row.message_id, delivery, reason)
            self._announce(row, delivery, reason)

    def _tell(self, row: OutgoingRow, standing: Outcome) -> None:
        match standing:
            case Done():
                self._announce(row, Delivery.SENT.value, "")
            case Refused(reason=reason):
                self._announce(row, Delivery.FAILED.value, reason)
            case _:
                self._announce(row, Delivery.UNKNOWN.value, "no_answer")

    def _announce(self, row: OutgoingRow, delivery: str, reason: str) -> None:
        """Note what was not sent in the audit chain, and tell whoever looks on."""
        ledger = Ledger(self.house, self.house.clock.now())
        if delivery not in _QUIET:
            subject = f"message:{row.message_id}"
            ledger.audit(row.workspace_id, "system", f"send_{delivery}", subject, reason=reason)
        ledger.ring(f"lane:{row.lane}", f"workspace:{row.workspace_id}")
        ledger.flush()


# On its way, or out: the audit chain tells of what did not go.
_QUIET = frozenset({Delivery.QUEUED.value, Delivery.SENDING.value, Delivery.SENT.value})


def _sending(row: OutgoingRow, notice: Notice | None) -> presend.Sending:
    return presend.Sending(
        author=Author(row.author),
        owner=Owner(row.handled_by),
        is_opted_out=row.channel in row.opted_out.split(","),
        notice=notice,
    )
