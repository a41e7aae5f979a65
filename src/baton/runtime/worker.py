"""Decides facts: a batch of lanes in one transaction, and lane by lane when that fails."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from baton.runtime.ports import Clock, Engine, Event
from baton.runtime.retry import RetryPolicy
from baton.runtime.trial import Failed, tried

_log = logging.getLogger(__name__)

Decide = Callable[[Sequence[Event], datetime], None]


class _DecisionFailed(Exception):  # noqa: N818 - carries a failed trial out of its transaction
    def __init__(self, events: Sequence[Event], failed: Failed) -> None:
        super().__init__(failed.reason)
        self.events = events
        self.failed = failed


@dataclass(slots=True, kw_only=True)
class Worker:
    """Takes due facts from the inbox and has them decided.

    Attributes:
        decide: writes whatever follows from the facts, through the same transaction.
            The facts come sorted by lane and, within it, in order.
        random: a number in [0, 1) for the spread of retries.
        batch: about how many facts share a transaction.
    """

    engine: Engine
    decide: Decide
    clock: Clock
    retry: RetryPolicy
    random: Callable[[], float]
    batch: int = 200

    def run_once(self) -> int:
        """Fire due timers, decide one batch, and return how many facts were taken.

        When the batch fails, its lanes are taken one by one, so that one bad fact
        holds up nobody else's. Raises what the database raises while claiming.
        """
        try:
            return self._decide_batch(self.batch)
        except _DecisionFailed as failure:
            lanes = {(event.workspace_id, event.lane) for event in failure.events}
            _log.warning("a batch of %d lanes failed: %s", len(lanes), failure.failed.reason)
            return sum(self._decide_lane() for _ in lanes)

    def _decide_batch(self, limit: int, *, at_most: int | None = None) -> int:
        now = self.clock.now()
        with self.engine.transaction():
            self.engine.timers.fire_due(now=now, limit=self.batch)
            events = self.engine.inbox.claim(now=now, limit=limit)[:at_most]
            if events:
                outcome = tried(lambda: self.decide(events, now))
                if isinstance(outcome, Failed):
                    raise _DecisionFailed(events, outcome) from outcome.error
                self.engine.inbox.complete([event.seq for event in events])
            return len(events)

    def _decide_lane(self) -> int:
        """Decide the oldest due lane: whole, else its oldest fact alone, else set that back."""
        try:
            return self._decide_batch(1)
        except _DecisionFailed as failure:
            if len(failure.events) == 1:
                return self._set_back(failure)
        # One bad fact of a burst must not be blamed on the oldest.
        try:
            return self._decide_batch(1, at_most=1)
        except _DecisionFailed as failure:
            return self._set_back(failure)

    def _set_back(self, failure: _DecisionFailed) -> int:
        event, reason = failure.events[0], failure.failed.reason
        now = self.clock.now()
        until = self.retry.next_attempt(event.attempt, now=now, random=self.random())
        with self.engine.transaction():
            self.engine.lock_lane(event.workspace_id, event.lane)
            if until is None:
                self.engine.inbox.park(event, reason=reason)
                _log.error("fact %d is parked: %s", event.seq, reason)
            else:
                self.engine.inbox.postpone(event, until=until, reason=reason)
        return 1
