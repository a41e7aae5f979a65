"""What a batch of messages comes to, gathered first and written with a few statements."""

from collections import defaultdict
from datetime import datetime

from baton.core.delivery import Delivery
from baton.services.delivery import outgoing as orders
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.queries import outgoing
from baton.store.queries.outgoing import OutgoingRow

# On its way, or out: the audit chain tells of what did not go.
_QUIET = frozenset({Delivery.QUEUED, Delivery.SENDING, Delivery.SENT})


class Fates:
    """The fates of one transaction's messages; whoever looks on is told of each."""

    def __init__(self, house: House) -> None:
        self._ledger = Ledger(house, house.clock.now())
        self._marks: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._held: list[tuple[str, datetime, str]] = []

    def note(self, row: OutgoingRow, delivery: Delivery, reason: str = "") -> None:
        """Record where a message stands now."""
        self._marks[delivery.value, reason].append(row.message_id)
        if delivery not in _QUIET:
            self._audit(row, delivery.value, reason)
        self.tell(row)

    def hold(self, row: OutgoingRow, until: datetime, reason: str) -> None:
        """Record that a message waits for a moment."""
        self._held.append((row.message_id, until, reason))
        self._audit(row, "held", reason)
        self.tell(row)

    def tell(self, row: OutgoingRow) -> None:
        """Let whoever looks on look again."""
        self._ledger.ring(f"lane:{row.address_lane}", f"workspace:{row.workspace_id}")

    def write(self) -> None:
        """Write everything noted; must run inside a transaction."""
        for (delivery, reason), message_ids in sorted(self._marks.items()):
            outgoing.mark(sorted(message_ids), delivery, reason)
        for message_id, until, reason in self._held:
            outgoing.mark_held(message_id, until, reason)
        self._ledger.flush()

    def _audit(self, row: OutgoingRow, delivery: str, reason: str) -> None:
        orders.note_fate(self._ledger, row.workspace_id, row.message_id, delivery, reason)
