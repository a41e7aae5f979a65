"""Carries effects out: claimed in one transaction, done outside of any, settled in another."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from baton.runtime.carrier import Carrier, Errand, Hands, OneHand
from baton.runtime.ports import (
    Again,
    Clock,
    Done,
    Effect,
    Ended,
    Engine,
    Later,
    Outcome,
    Park,
    Refused,
    Unknown,
)
from baton.runtime.retry import RetryPolicy
from baton.runtime.trial import Failed, tried

_log = logging.getLogger(__name__)

_OWN_HAND = OneHand()
_TOO_LATE = Again(reason="its turn came after the lease", after=timedelta(0))

Begun = tuple[Effect, Errand[Any]]
Heard = tuple[Effect, Any]  # with what its errand brought back


@dataclass(slots=True, kw_only=True)
class Sender:
    """Takes due effects from the outbox and has them carried out.

    Attributes:
        carriers: who carries out effects, by their kind; others are left to other senders.
        owner: names this sender on its claims.
        random: a number in [0, 1) for the spread of retries.
        hands: who runs errands; a claim holds one effect a lane, so they may go side by side.
        batch: how many effects one claim takes. What is claimed and not repeatable
            becomes unknown when this process dies, so it stays small.
        lease: how long a claim lasts; longer than its batch takes when nobody outside answers.
    """

    engine: Engine
    carriers: Mapping[str, Carrier[Any]]
    clock: Clock
    retry: RetryPolicy
    random: Callable[[], float]
    owner: str
    hands: Hands = field(default_factory=OneHand)
    batch: int = 80
    lease: timedelta = timedelta(minutes=2)

    def run_once(self) -> int:
        """Carry out one batch of effects and return how many were claimed.

        What has ended is settled while the rest is still going on, so that a crash
        leaves as little unknown as possible and one slow receiver holds up few.
        """
        started_at = self.clock.now()
        effects = self.engine.outbox.claim(
            now=started_at,
            limit=self.batch,
            lease=self.lease,
            owner=self.owner,
            kinds=tuple(self.carriers),
        )
        begun = [one for alike in _by_kind(effects) for one in self._prepared(alike)]
        deadline = started_at + self.lease
        self._carry_out(self.hands, [b for b in begun if not b[1].asks_database], deadline)
        self._carry_out(_OWN_HAND, [b for b in begun if b[1].asks_database], deadline)
        return len(effects)

    def _carry_out(self, hands: Hands, begun: Sequence[Begun], deadline: datetime) -> None:
        for ended in hands.do([partial(self._run, errand, deadline) for _, errand in begun]):
            self._conclude([(begun[place][0], heard) for place, heard in ended])

    def _prepared(self, effects: Sequence[Effect]) -> list[Begun]:
        """Return the errands of effects of one kind, all told that has to be told before."""
        outcome = tried(partial(self._prepare, effects))
        if not isinstance(outcome, Failed):
            return outcome
        if len(effects) > 1:
            return [begun for effect in effects for begun in self._prepared([effect])]
        [effect] = effects
        _log.warning("effect %s (%s) was not begun: %s", effect.id, effect.kind, outcome.reason)
        self._settle([(effect, Again(reason=outcome.reason))])
        return []

    def _prepare(self, effects: Sequence[Effect]) -> list[Begun]:
        with self.engine.transaction():
            effects = self.engine.outbox.held(effects)
            if not effects:
                return []
            answers = self.carriers[effects[0].kind].prepare(effects)
            found = list(zip(effects, answers, strict=True))
            self._write([(e, answer) for e, answer in found if not isinstance(answer, Errand)])
        return [(effect, answer) for effect, answer in found if isinstance(answer, Errand)]

    def _run(self, errand: Errand[Any], deadline: datetime) -> object:
        if self.clock.now() >= deadline:
            return _TOO_LATE  # another sender may have it by now, so it is not even begun
        return errand.run()

    def _conclude(self, ended: Sequence[Heard]) -> None:
        """Settle what has ended; one whose end cannot be written holds up no other."""
        outcome = tried(partial(self._settle, ended))
        if not isinstance(outcome, Failed):
            return
        _log.warning("%d effects were not settled: %s", len(ended), outcome.reason)
        for effect, heard in ended:
            alone = tried(partial(self._settle, [(effect, heard)]))
            if isinstance(alone, Failed):
                self._settle([(effect, alone)])

    def _settle(self, ended: Sequence[Heard]) -> None:
        with self.engine.transaction():
            plain = [(e, self._outcome_of(e, h)) for e, h in ended if isinstance(h, _PLAIN)]
            told = [(effect, heard) for effect, heard in ended if not isinstance(heard, _PLAIN)]
            # By id: whoever else speaks of the same effects never waits in a ring.
            told.sort(key=lambda one: (one[0].kind, one[0].id))
            for kind, alike in groupby(told, key=lambda one: one[0].kind):
                plain += self._concluded(kind, list(alike))
            self._write(plain)

    def _concluded(self, kind: str, ended: Sequence[Heard]) -> list[tuple[Effect, Outcome]]:
        outcomes = self.carriers[kind].conclude(ended)
        return [(effect, standing) for (effect, _), standing in zip(ended, outcomes, strict=True)]

    def _outcome_of(self, effect: Effect, heard: Outcome | Failed) -> Outcome:
        if not isinstance(heard, Failed):
            return heard
        _log.warning("effect %s (%s) raised %s", effect.id, effect.kind, heard.reason)
        return Again(reason=heard.reason) if effect.repeatable else Unknown(reason=heard.reason)

    def _write(self, outcomes: Sequence[tuple[Effect, Outcome]]) -> None:
        now = self.clock.now()
        self.engine.outbox.settle(
            [
                Ended(effect=effect, outcome=outcome, retry_at=self._retry_at(effect, outcome, now))
                for effect, outcome in sorted(outcomes, key=lambda one: one[0].id)
            ],
            now=now,
        )

    def _retry_at(self, effect: Effect, outcome: Outcome, now: datetime) -> datetime | None:
        if not isinstance(outcome, Again):
            return None
        back_off = self.retry.next_attempt(effect.attempt, now=now, random=self.random())
        if back_off is None or outcome.after is None:
            return back_off
        return now + outcome.after


_PLAIN = (Done, Again, Later, Refused, Unknown, Park, Failed)


def _by_kind(effects: Sequence[Effect]) -> Iterator[list[Effect]]:
    for _, alike in groupby(sorted(effects, key=lambda e: e.kind), key=lambda e: e.kind):
        yield list(alike)
