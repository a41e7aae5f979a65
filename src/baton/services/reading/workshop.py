"""Trains and evaluates away from requests and turns: in a thread, its state in the database.

Whoever started the work may close their page. A process that ends takes its work with
it; the row then stands still, and the training may be begun anew (`readers.STALE_AFTER`).
"""

import logging
import threading
from collections.abc import Callable
from functools import lru_cache

from baton.core.errors import Conflict
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.reading import readers
from baton.store.models import ReaderVersion, User

_log = logging.getLogger(__name__)


@lru_cache(maxsize=8)
def workshop_of(house: House) -> "Workshop":
    """Return the house's workshop."""
    return Workshop(house)


class Workshop:
    """Runs one piece of work a thread."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._threads: list[threading.Thread] = []

    def train(self, user: User, reason: str) -> int:
        """Begin a candidate and return its number; raises Conflict, or Forbidden for a role."""
        inbox.require(user, Action.TEACH)
        row = readers.begin(self._house, user.workspace_id, actor=f"user:{user.id}", reason=reason)
        self._start(lambda: readers.finish(self._house, row.id), f"train-{row.number}")
        return row.number

    def evaluate(self, user: User, number: int) -> None:
        """Begin to hold a candidate against the live reader anew.

        Raises Conflict while that is being done, NotFound, or Forbidden for a role.
        """
        inbox.require(user, Action.TEACH)
        row = readers.find_candidate(user.workspace_id, number)
        is_fresh = row.progress_at > self._house.clock.now() - readers.STALE_AFTER
        if row.progress and is_fresh:
            message = "This version is being evaluated already."
            raise Conflict(message)
        ReaderVersion.objects.filter(id=row.id).update(
            progress="Waiting to begin", progress_at=self._house.clock.now()
        )
        actor = f"user:{user.id}"
        self._start(
            lambda: readers.evaluate(self._house, user.workspace_id, number, actor=actor),
            f"evaluate-{number}",
        )

    def wait(self) -> None:
        """Wait until all work that was begun here is over."""
        for thread in list(self._threads):
            thread.join()

    def _start(self, work: Callable[[], object], name: str) -> None:
        thread = threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - the version's row tells people
            _log.exception("the workshop could not finish")
        finally:
            self._house.engine.close()  # this thread's connection
