"""Keeps workers and senders running in a thread until it is told to stop."""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from baton.runtime.bell import Bell, Ear
from baton.runtime.ports import BOXES, Clock, Engine
from baton.runtime.trial import Failed, tried

_log = logging.getLogger(__name__)

STOP: Final = "stop"
"""The topic that wakes a loop to look at its stop event."""

# A lane that another process holds stays due; looking again at once would spin.
_SHORTEST_WAIT = timedelta(milliseconds=20)


@dataclass(slots=True, kw_only=True)
class Loop:
    """Runs its turns for as long as any finds work, then waits for a ring or a due moment.

    Attributes:
        turns: `Worker.run_once` and `Sender.run_once`, or one of them: then a slow
            provider holds up no decision, and a long batch no reply.
        boxes: what its turns take from: it is rung for these, and wakes when they are due.
        kinds: which effects it wakes for, when they are due; without them for all.
        patience: the longest wait, in case a ring was missed.
    """

    engine: Engine
    clock: Clock
    turns: Sequence[Callable[[], int]]
    boxes: Sequence[str] = BOXES
    kinds: Collection[str] | None = None
    patience: timedelta = timedelta(seconds=1)

    def run_until(self, stop: threading.Event, bell: Bell) -> None:
        """Run until `stop` is set; ring the topic STOP to be heard at once."""
        with Ear(bell, (*self.boxes, STOP)) as ear:
            while not stop.is_set():
                if not self._run_turns():
                    ear.wait(self._wait().total_seconds())
        self.engine.close()

    def run_idle(self) -> int:
        """Run in this thread until nothing is due that a turn can do; return how much was done.

        For tests and simulation on a virtual clock. Raises what a turn raises.
        """
        total = 0
        while self._is_due() and (done := sum(turn() for turn in self.turns)):
            total += done
        return total

    def _is_due(self) -> bool:
        # Asked in a third of the time in which all turns find nothing.
        due_at = self.engine.next_due_at(self.boxes, self.kinds)
        return due_at is not None and due_at <= self.clock.now()

    def _run_turns(self) -> int:
        done = 0
        for turn in self.turns:
            outcome = tried(turn)
            if isinstance(outcome, Failed):
                # The database is away or a bug got past a worker: look again after a wait.
                _log.error("a turn failed: %s", outcome.reason)
                self.engine.close()
            else:
                done += outcome
        return done

    def _wait(self) -> timedelta:
        due_at = tried(lambda: self.engine.next_due_at(self.boxes, self.kinds))
        if due_at is None or isinstance(due_at, Failed):
            return self.patience
        return min(max(due_at - self.clock.now(), _SHORTEST_WAIT), self.patience)
