"""Trains and evaluates away from requests and turns: in a thread, its state in the database.

Whoever started the work may close their page. A process that stops gives its work up, and
says so in the row at once; one that dies leaves the row standing still until it may be
begun anew (`readers.STALE_AFTER`).
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
        self._threads: dict[threading.Thread, str] = {}

    def train(self, user: User, reason: str) -> int:
        """Begin a candidate and return its number; raises Conflict, or Forbidden for a role."""
        inbox.require(user, Action.TEACH)
        row = readers.begin(self._house, user.workspace_id, actor=f"user:{user.id}", reason=reason)
        self._start(lambda: readers.finish(self._house, row.id), row.id)
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
            row.id,
        )

    def wait(self) -> None:
        """Wait until all work that was begun here is over."""
        for thread in list(self._threads):
            thread.join()

    def give_up(self) -> None:
        """Break off what is not finished: the process stops, and waits for no training."""
        for thread, version_id in self._threads.items():
            if thread.is_alive():
                readers.break_off(self._house, version_id)
        self._house.engine.close()  # this thread's connection

    def _start(self, work: Callable[[], object], version_id: str) -> None:
        thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._threads = {one: row for one, row in self._threads.items() if one.is_alive()}
        self._threads[thread] = version_id
        thread.start()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - the version's row tells people
            _log.exception("the workshop could not finish")
        finally:
            self._house.engine.close()  # this thread's connection
