"""Which reader reads a workspace's messages: its pack's, or a version taught by its people.

Workspaces that taught nothing share their pack's reader. A taught reader is trained in
the background when a process first needs it; until it is ready, messages are read by
the one that read them before, so that no turn waits for a training.
"""

import logging
import threading
from dataclasses import dataclass, field
from functools import lru_cache

from baton.core.pack import Pack
from baton.core.reading import ReaderPort
from baton.services.house import House

_log = logging.getLogger(__name__)

_KEPT = 3
"""Readers kept of one workspace: the live one, the one before it and the newest candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderEdition:
    """A version of a workspace's reader; `number` 0 is the pack's own.

    `taught` is the pack with the version's lesson: what its reader is trained on.
    """

    workspace_id: str
    number: int
    taught: Pack = field(compare=False, repr=False)


@lru_cache(maxsize=8)
def shelf_of(house: House) -> "Shelf":
    """Return the house's shelf, one for all its services."""
    return Shelf(house)


class Shelf:
    """Keeps trained readers; safe to ask from any thread."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._ready: dict[tuple[str, int], ReaderPort] = {}
        self._reading: dict[str, ReaderPort] = {}
        self._training: dict[tuple[str, int], threading.Thread] = {}

    def reader_of(self, edition: ReaderEdition) -> ReaderPort:
        """Return the edition's reader, or the one used so far while it is being trained."""
        if edition.number == 0:
            reader = self._house.reader_of(edition.taught.name)
            self._reading.pop(edition.workspace_id, None)
            return reader
        found = self._ready.get((edition.workspace_id, edition.number))
        if found is None:
            self.warm(edition)
            found = self._ready.get((edition.workspace_id, edition.number))
        if found is not None:
            self._reading[edition.workspace_id] = found
            return found
        before = self._reading.get(edition.workspace_id)
        return before or self._house.reader_of(edition.taught.name)

    def put(self, workspace_id: str, number: int, reader: ReaderPort) -> None:
        """Keep a reader that was just trained."""
        with self._lock:
            self._ready[workspace_id, number] = reader
            mine = [key for key in self._ready if key[0] == workspace_id]
            for key in mine[:-_KEPT]:
                del self._ready[key]

    def is_ready(self, edition: ReaderEdition) -> bool:
        """Return whether the edition's reader is trained in this process."""
        return edition.number == 0 or (edition.workspace_id, edition.number) in self._ready

    def warm(self, edition: ReaderEdition) -> None:
        """Begin to train an edition's reader in the background, unless that has begun."""
        key = (edition.workspace_id, edition.number)
        with self._lock:
            if edition.number == 0 or key in self._ready or key in self._training:
                return
            name = f"reader-{edition.number}-{edition.workspace_id[-6:]}"
            thread = threading.Thread(target=self._train, args=(edition,), name=name, daemon=True)
            self._training[key] = thread
        thread.start()

    def make_ready(self, pack: str) -> None:
        """Make a pack's own reader in the background, before anybody writes."""
        threading.Thread(
            target=self._house.reader_of, args=(pack,), name=f"reader-{pack}", daemon=True
        ).start()

    def wait(self) -> None:
        """Wait until no training is under way."""
        for thread in list(self._training.values()):
            thread.join()

    def _train(self, edition: ReaderEdition) -> None:
        key = (edition.workspace_id, edition.number)
        try:
            self.put(*key, self._house.train(edition.taught))
        except Exception:  # noqa: BLE001 - the messages go on being read as before; a restart tries again
            _log.exception("the reader %d of %s cannot be trained", edition.number, key[0])
        else:
            self._training.pop(key, None)
