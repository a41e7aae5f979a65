"""Does what takes long away from requests and turns: in a thread, its state in the database.

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
        self._threads: dict[threading.Thread, Callable[[], object]] = {}

    def train(self, user: User, reason: str) -> int:
        """Begin a candidate and return its number; raises Conflict, or Forbidden for a role."""
        inbox.require(user, Action.TEACH)
        row = readers.begin(self._house, user.workspace_id, actor=f"user:{user.id}", reason=reason)
        self.begin(lambda: readers.finish(self._house, row.id), lambda: self._break_off(row.id))
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
        self.begin(
            lambda: readers.evaluate(self._house, user.workspace_id, number, actor=actor),
            lambda: self._break_off(row.id),
        )

    def begin(self, work: Callable[[], object], give_up: Callable[[], object]) -> None:
        """Begin a piece of work; `give_up` says in its row that the process stopped first."""
        thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._threads = {one: end for one, end in self._threads.items() if one.is_alive()}
        self._threads[thread] = give_up
        thread.start()

    def wait(self) -> None:
        """Wait until all work that was begun here is over."""
        for thread in list(self._threads):
            thread.join()

    def give_up(self) -> None:
        """Break off what is not finished: the process stops, and waits for no training."""
        for thread, give_up in self._threads.items():
            if thread.is_alive():
                give_up()
        self._house.engine.close()  # this thread's connection

    def _break_off(self, version_id: str) -> None:
        readers.break_off(self._house, version_id)

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - the row of the work tells people
            _log.exception("the workshop could not finish")
        finally:
            self._house.engine.close()  # this thread's connection
