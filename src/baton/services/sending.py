"""Sends what stands in the outbox: asks the policy again, then the channel (invariant 7)."""

from dataclasses import dataclass

from baton.channels import ChannelsPort, Outgoing
from baton.core import presend
from baton.core.ownership import Owner
from baton.core.presend import Author, Notice
from baton.runtime.ports import Done, Effect, Outcome, Park, Refused
from baton.services import carriage
from baton.services import outgoing as orders
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.queries import outgoing
from baton.store.queries.outgoing import OutgoingRow

_OUT = frozenset({"sent", "delivered", "read"})


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
            self._record(row, "refused", verdict.reason.value)
            return Refused(reason=verdict.reason.value)
        if channel.is_outside:
            return carriage.hand_over(self.house, row, channel)
        outcome = channel.send(self._outgoing(row))
        if isinstance(outcome, Done):
            self._record(row, "sent", "")
        elif isinstance(outcome, Refused):
            self._record(row, "failed", outcome.reason)
        return outcome

    def _outgoing(self, row: OutgoingRow) -> Outgoing:
        return Outgoing(
            message_id=row.message_id,
            lane=row.lane,
            text=self.house.keyset.unseal(row.body_sealed, f"message:{row.message_id}"),
            choices=row.choices,
        )

    def _record(self, row: OutgoingRow, delivery: str, reason: str) -> None:
        with self.house.engine.transaction():
            outgoing.mark(row.message_id, delivery, reason)
            ledger = Ledger(self.house, self.house.clock.now())
            if delivery != "sent":
                ledger.audit(
                    row.workspace_id,
                    "system",
                    f"send_{delivery}",
                    f"message:{row.message_id}",
                    reason=reason,
                )
            ledger.ring(f"lane:{row.lane}", f"workspace:{row.workspace_id}")
            ledger.flush()


def _sending(row: OutgoingRow, notice: Notice | None) -> presend.Sending:
    return presend.Sending(
        author=Author(row.author),
        owner=Owner(row.handled_by),
        is_opted_out=row.channel in row.opted_out.split(","),
        notice=notice,
    )
