"""Fetches the files that a provider holds, in the sender's time and never inside a decision."""

from dataclasses import dataclass

import msgspec

from baton.channels import ChannelsPort, FetchedFile, MediaPort
from baton.core import files
from baton.core.files import FileFault, FileState, Found
from baton.runtime.ports import Again, Done, Effect, Outcome, Park, Refused
from baton.services.delivery import attachments
from baton.services.delivery.attachments import FileOrder
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Attachment

_MAX_REASON = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Carries the effects of `attachments.receive` out."""

    house: House
    channels: ChannelsPort

    def perform(self, effect: Effect) -> Outcome:
        """Get one file, or note why it is not here (yet) beside it."""
        order = msgspec.json.decode(effect.body, type=FileOrder)
        row = Attachment.objects.filter(
            id=order.attachment_id, state=FileState.WAITING.value
        ).first()
        if row is None:
            return Done()  # fetched before, or erased meanwhile
        told = self._ask(row, order)
        if isinstance(told, FetchedFile):
            return self._take(row, told.content)
        match told:
            case Refused(reason=reason):
                self._note(row, FileState.REFUSED, reason)
            case Again(reason=reason) | Park(reason=reason):
                self._note(row, FileState.WAITING, reason)
        return told

    def _ask(self, row: Attachment, order: FileOrder) -> FetchedFile | Again | Refused | Park:
        asked: object = self.channels.find(order.channel, order.inbox_id)
        if asked is None:
            return Park(reason=f"no channel {order.channel} is connected")
        if not isinstance(asked, MediaPort):
            return Refused(reason=FileFault.UNAVAILABLE.value)
        place = attachments.place_of_reference(row.id)
        reference = self.house.keyset.unseal(row.reference_sealed, place)
        most = attachments.policy_of(self.house, row.workspace_id).attachment_bytes
        return asked.fetch(reference, most=most)

    def _take(self, row: Attachment, content: bytes) -> Outcome:
        found = files.judge(content, attachments.policy_of(self.house, row.workspace_id))
        if not isinstance(found, Found):
            self._note(row, FileState.REFUSED, found.value)
            return Refused(reason=found.value)
        with self.house.engine.transaction():
            if attachments.fill(self.house, row, content, found):
                self._tell(row)
        return Done()

    def _note(self, row: Attachment, state: FileState, reason: str) -> None:
        row.state, row.reason = state.value, reason[:_MAX_REASON]
        with self.house.engine.transaction():
            waits = Attachment.objects.filter(id=row.id, state=FileState.WAITING.value)
            if waits.update(state=row.state, reason=row.reason):
                self._tell(row)

    def _tell(self, row: Attachment) -> None:
        ledger = Ledger(self.house, self.house.clock.now())
        if row.state == FileState.REFUSED.value:
            subject = f"attachment:{row.id}"
            ledger.audit(row.workspace_id, "system", "file_refused", subject, reason=row.reason)
        ledger.ring(f"lane:{row.lane}", f"workspace:{row.workspace_id}")
        ledger.flush()
