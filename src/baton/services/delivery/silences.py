"""Providers that stopped answering are left alone for a while.

Each message that nobody answers for takes a hand for as long as the wire's patience, and
nobody can say where it is. After a few in a row the rest wait in the queue, so that they
hold up no other inbox and none of them becomes unknown for nothing.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from baton.runtime.ports import Later, Outcome, Unknown

_SILENT = "the provider has stopped answering"
_IN_A_ROW = 3
_REST = timedelta(seconds=30)


@dataclass(slots=True)
class Silences:
    """How often each inbox's provider said nothing in a row; one a process, for all its threads.

    Other processes find out for themselves: nothing depends on what is known here.
    """

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counts: dict[str, int] = field(default_factory=dict)
    _until: dict[str, datetime] = field(default_factory=dict)

    def note(self, inbox_id: str, outcome: Outcome, now: datetime) -> None:
        """Remember whether an inbox's provider answered."""
        with self._lock:
            if not isinstance(outcome, Unknown):
                self._counts.pop(inbox_id, None)
                self._until.pop(inbox_id, None)
                return
            self._counts[inbox_id] = self._counts.get(inbox_id, 0) + 1
            if self._counts[inbox_id] >= _IN_A_ROW:
                self._until[inbox_id] = now + _REST

    def rest_of(self, inbox_id: str, now: datetime) -> Later | None:
        """Return until when nothing is to be sent by an inbox, None while it may be asked.

        Waiting for it is no failed attempt, or a long silence would park what waits.
        """
        with self._lock:
            until = self._until.get(inbox_id)
        return Later(reason=_SILENT, until=until) if until is not None and now < until else None
