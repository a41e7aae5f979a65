"""The readers of an installation, made ready at a start in a thread of their own.

The first time a reader is trained, which takes a while; later it is loaded. The server
answers meanwhile, and what contacts write waits in the inbox until their reader is there.
"""

import logging
import threading
from collections.abc import Callable
from enum import StrEnum

from baton.services.house import House
from baton.services.workspace import reader_editions
from baton.services.workspace.shelf import ReaderEdition, shelf_of
from baton.store.models import Workspace

_log = logging.getLogger(__name__)


class ReaderState(StrEnum):
    """How far a process is with its readers."""

    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"  # the log says why; messages are tried, and set back with the reason


class Readiness:
    """Makes every workspace's reader ready; whoever needs one may wait for all of them.

    Args:
        on_ready: called in the thread once all are there.
    """

    def __init__(self, house: House, *, on_ready: Callable[[], None]) -> None:
        self.state = ReaderState.PREPARING
        self._house = house
        self._on_ready = on_ready
        self._is_over = threading.Event()

    def start(self) -> None:
        """Begin to make them ready."""
        threading.Thread(target=self._run, name="baton-readiness", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; return whether the preparation is over."""
        return self._is_over.wait(seconds)

    def _run(self) -> None:
        _log.info("the reader is being made ready: messages wait until it is")
        try:
            prepare(self._house)
        except Exception:  # noqa: BLE001 - the console works without a reader; health tells
            self.state = ReaderState.FAILED
            _log.exception("the reader cannot be made ready")
        else:
            self.state = ReaderState.READY
            _log.info("the reader is ready")
            self._on_ready()
        finally:
            self._is_over.set()


def prepare(house: House) -> None:
    """Train or load what the workspaces' messages are read by; gives the connection back.

    A taught reader that cannot be trained leaves its pack's own to read.
    """
    needed = _list_needed(house)
    house.engine.close()  # a training holds no connection
    shelf = shelf_of(house)
    for name in dict.fromkeys(one.taught.name for one in needed if one.number == 0):
        house.reader_of(name)
    for edition in needed:
        shelf.warm(edition)
    shelf.wait()


def _list_needed(house: House) -> tuple[ReaderEdition, ...]:
    workspaces = list(Workspace.objects.order_by("id").values_list("id", flat=True))
    return tuple(reader_editions.edition_of(house, workspace_id) for workspace_id in workspaces)
