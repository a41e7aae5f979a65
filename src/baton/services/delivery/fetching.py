"""Fetches the files that a provider holds, in a thread of their own and never inside a decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from baton.channels import ChannelsPort, FetchedFile, MediaPort
from baton.core.files import FileFault, FileState
from baton.runtime.carrier import Errand
from baton.runtime.ports import Again, Done, Effect, Outcome, Park, Refused
from baton.services.delivery import attachments, redrawing
from baton.services.delivery.attachments import FileOrder
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Attachment

_MAX_REASON = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a provider said when it was asked for a file."""

    attachment_id: str
    told: FetchedFile | Again | Refused | Park


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """The carrier of the effects of `attachments.receive`.

    Its errands touch no database, so a file that hangs holds up none beside it; how many
    are held in memory at once is a matter of whoever runs them.
    """

    house: House
    channels: ChannelsPort

    def prepare(self, effects: Sequence[Effect]) -> list[Outcome | Errand[Asked]]:
        """Return how each file is asked for, or why it is not."""
        orders = [msgspec.json.decode(effect.body, type=FileOrder) for effect in effects]
        rows = self._waiting([order.attachment_id for order in orders])
        return [self._begun(rows.get(order.attachment_id), order) for order in orders]

    def conclude(self, ended: Sequence[tuple[Effect, Asked]]) -> list[Outcome]:
        """Keep files, or note beside each why it is not here (yet)."""
        rows = self._waiting([asked.attachment_id for _, asked in ended])
        return [self._concluded(rows.get(asked.attachment_id), asked.told) for _, asked in ended]

    def _waiting(self, ids: Sequence[str]) -> dict[str, Attachment]:
        return Attachment.objects.filter(state=FileState.WAITING.value).in_bulk(ids)

    def _begun(self, row: Attachment | None, order: FileOrder) -> Outcome | Errand[Asked]:
        if row is None:
            return Done()  # fetched before, or erased meanwhile
        channel: object = self.channels.find(order.channel, order.inbox_id)
        if channel is None:
            return self._noted(row, Park(reason=f"no channel {order.channel} is connected"))
        if not isinstance(channel, MediaPort):
            return self._noted(row, Refused(reason=FileFault.UNAVAILABLE.value))
        return Errand(run=self._asking(row, channel))

    def _asking(self, row: Attachment, channel: MediaPort) -> Callable[[], Asked]:
        place = attachments.place_of_reference(row.id)
        reference = self.house.keyset.unseal(row.reference_sealed, place)
        most = attachments.policy_of(self.house, row.workspace_id).attachment_bytes
        return lambda: Asked(attachment_id=row.id, told=channel.fetch(reference, most=most))

    def _concluded(
        self, row: Attachment | None, told: FetchedFile | Again | Refused | Park
    ) -> Outcome:
        if row is None:
            return Done()  # erased meanwhile
        return (
            self._taken(row, told.content)
            if isinstance(told, FetchedFile)
            else self._noted(row, told)
        )

    def _taken(self, row: Attachment, content: bytes) -> Outcome:
        found = redrawing.taken(content, attachments.policy_of(self.house, row.workspace_id))
        if isinstance(found, FileFault):
            return self._noted(row, Refused(reason=found.value))
        if attachments.fill(self.house, row, found):
            self._tell(row)
        return Done()

    def _noted(self, row: Attachment, why: Again | Refused | Park) -> Outcome:
        """Note why a file is not here; what is refused will not come."""
        state = FileState.REFUSED if isinstance(why, Refused) else FileState.WAITING
        row.state, row.reason = state.value, why.reason[:_MAX_REASON]
        waits = Attachment.objects.filter(id=row.id, state=FileState.WAITING.value)
        if waits.update(state=row.state, reason=row.reason):
            self._tell(row)
        return why

    def _tell(self, row: Attachment) -> None:
        ledger = Ledger(self.house, self.house.clock.now())
        if row.state == FileState.REFUSED.value:
            subject = f"attachment:{row.id}"
            ledger.audit(row.workspace_id, "system", "file_refused", subject, reason=row.reason)
        ledger.ring(f"lane:{row.lane}", f"workspace:{row.workspace_id}")
        ledger.flush()
