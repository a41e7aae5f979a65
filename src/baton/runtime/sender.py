"""Carries effects out: claimed in one transaction, done outside of any, settled in another."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.runtime.ports import Again, Clock, Effect, Engine, Outcome, Unknown
from baton.runtime.retry import RetryPolicy
from baton.runtime.trial import Failed, tried

_log = logging.getLogger(__name__)

Perform = Callable[[Effect], Outcome]


@dataclass(slots=True, kw_only=True)
class Sender:
    """Takes due effects from the outbox and performs them.

    Attributes:
        perform: does one effect in the outside world and says what came of it.
        owner: names this sender on its claims.
        random: a number in [0, 1) for the spread of retries.
        batch: how many effects one claim takes. What is claimed and not repeatable
            becomes unknown when this process dies, so it stays small.
        lease: how long a claim lasts; longer than any one effect may take.
    """

    engine: Engine
    perform: Perform
    clock: Clock
    retry: RetryPolicy
    random: Callable[[], float]
    owner: str
    batch: int = 20
    lease: timedelta = timedelta(minutes=2)

    def run_once(self) -> int:
        """Perform one batch of effects and return how many were claimed.

        What may be repeated is settled together at the end. What may not is
        settled at once, so that a crash leaves as little unknown as possible.
        """
        started_at = self.clock.now()
        effects = self.engine.outbox.claim(
            now=started_at, limit=self.batch, lease=self.lease, owner=self.owner
        )
        repeatable: list[tuple[Effect, Outcome]] = []
        for effect in effects:
            outcome = self._outcome_of(effect, deadline=started_at + self.lease)
            if effect.repeatable:
                repeatable.append((effect, outcome))
            else:
                self._settle([(effect, outcome)])
        if repeatable:
            self._settle(repeatable)
        return len(effects)

    def _outcome_of(self, effect: Effect, *, deadline: datetime) -> Outcome:
        if self.clock.now() >= deadline:
            # Another sender may have it by now, so it is not even begun.
            return Again(reason="its turn came after the lease", after=timedelta(0))
        outcome = tried(lambda: self.perform(effect))
        if not isinstance(outcome, Failed):
            return outcome
        _log.warning("effect %s (%s) raised %s", effect.id, effect.kind, outcome.reason)
        if effect.repeatable:
            return Again(reason=outcome.reason)
        return Unknown(reason=outcome.reason)

    def _settle(self, outcomes: list[tuple[Effect, Outcome]]) -> None:
        now = self.clock.now()
        with self.engine.transaction():
            # By id: two senders that settle the same effects never wait in a ring.
            for effect, outcome in sorted(outcomes, key=lambda pair: pair[0].id):
                retry_at = self._retry_at(effect, outcome, now)
                self.engine.outbox.settle(effect, outcome, retry_at=retry_at, now=now)

    def _retry_at(self, effect: Effect, outcome: Outcome, now: datetime) -> datetime | None:
        if not isinstance(outcome, Again):
            return None
        back_off = self.retry.next_attempt(effect.attempt, now=now, random=self.random())
        if back_off is None or outcome.after is None:
            return back_off
        return now + outcome.after
