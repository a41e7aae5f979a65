"""Messages whose sender died with them in hand, found as soon as its lease has run out.

Of one that it had begun to send nobody can say what became of it: it is told to be unclear, so
that it is looked up where that can be done and a person may send it again, instead of being
sent for ever. One that it had not begun is put back: that one has left for certain not, since
what is sent is written down before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.channels import ChannelsPort, LookUpPort
from baton.core.delivery import Delivery
from baton.runtime.ports import Done, Unknown
from baton.services.delivery import carriage, deliveries
from baton.services.delivery.deliveries import Answered
from baton.services.delivery.fates import Fates
from baton.services.delivery.outgoing import SEND_MESSAGE
from baton.services.house import House
from baton.store.queries import deliveries as known
from baton.store.queries import outgoing
from baton.store.queries.outgoing import OutgoingRow

_EVERY = timedelta(seconds=20)
_MOST = 80  # as many as a sender has in hand when it dies
_NOT_BEGUN = (Delivery.QUEUED, Delivery.HELD)
_DIED = Unknown(reason="its sender died while the provider was asked")


@dataclass(slots=True, kw_only=True)
class LostSends:
    """Looks for them now and then."""

    house: House
    channels: ChannelsPort
    _looked_at: datetime | None = None

    def run_once(self) -> int:
        """Settle what was lost or put it back; return how many messages that were."""
        now = self.house.clock.now()
        if self._looked_at is not None and now - self._looked_at < _EVERY:
            return 0
        self._looked_at = now
        with self.house.engine.transaction():
            lost = known.list_lost(SEND_MESSAGE, Delivery.SENDING.value, limit=_MOST)
            rows = list(outgoing.list_outgoing(lost).values()) if lost else []
            if rows:
                self._settle(rows)
            put_back = self._put_back(now)
        return len(rows) + put_back

    def _put_back(self, now: datetime) -> int:
        ids = [
            one
            for delivery in _NOT_BEGUN
            for one in known.list_lost(SEND_MESSAGE, delivery.value, limit=_MOST)
        ]
        return self.house.engine.outbox.redrive(ids, now=now) if ids else 0

    def _settle(self, rows: list[OutgoingRow]) -> None:
        fates = Fates(self.house)
        answered = [Answered(row=row, outcome=_DIED) for row in rows]
        standing = deliveries.settle(self.house, fates, answered)
        fates.write()
        outbox = self.house.engine.outbox
        now = self.house.clock.now()
        for row, outcome in zip(rows, standing, strict=True):
            if isinstance(outcome, Done):  # its receipt came all the same
                outbox.resolve_unknown(row.message_id, outcome, now=now)
            elif isinstance(self.channels.find(row.channel, row.inbox_id), LookUpPort):
                outbox.put([carriage.look_up_order(self.house, row)])
