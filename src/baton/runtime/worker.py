"""Decides facts: a batch of lanes in one transaction, and lane by lane when that fails."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from baton.runtime.ports import Clock, Engine, Event
from baton.runtime.retry import RetryPolicy
from baton.runtime.trial import Failed, tried

_log = logging.getLogger(__name__)

Decide = Callable[[Sequence[Event], datetime], None]
LookAhead = Callable[[Sequence[Event]], None]
MustLook = Callable[[], bool]


class Keeper(Protocol):
    """Is told of facts that are set aside, so that somebody hears of them."""

    def note(self, event: Event, reason: str, now: datetime) -> None:
        """Write down that a fact is parked; runs in the transaction that parks it."""
        ...

    def rescue(self, event: Event, now: datetime) -> None:
        """Do what can be done for whom it concerns; runs after that, in a transaction of its own.

        What it raises is logged, and takes nothing back.
        """
        ...


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Facts that were claimed together, and why deciding them failed, if it did."""

    events: Sequence[Event] = ()
    failed: Failed | None = None
    left: int = 0
    """So many due facts were left for the next round."""

    @property
    def lanes(self) -> set[tuple[str, str]]:
        return {_lane_of(event) for event in self.events}


@dataclass(slots=True, kw_only=True)
class Worker:
    """Takes due facts from the inbox and has them decided.

    Attributes:
        decide: writes whatever follows from the facts, through the same transaction.
            The facts come sorted by lane and, within it, in order.
        look_ahead: works out what takes long and needs no transaction, for the facts that
            will probably be decided next. Only where a transaction keeps every other
            writer waiting, or where it must: elsewhere, workers would do the same work side
            by side.
        must_look: whether a decision lacks something that was not looked at before. Then
            what came since the look is left for the next round.
        keeper: hears of what is parked.
        at_once: kinds of timers that may be told twice for one moment and change nothing
            the second time. They need no row in the inbox, unless their decision fails.
        random: a number in [0, 1) for the spread of retries.
        batch: about how many facts share a transaction.
        due_at_once: how many due timers do besides: what they tell at once is decided in a
            fraction of a message's time, and who waits for the transaction waits no longer.
    """

    engine: Engine
    decide: Decide
    clock: Clock
    retry: RetryPolicy
    random: Callable[[], float]
    look_ahead: LookAhead | None = None
    must_look: MustLook = lambda: False
    keeper: Keeper | None = None
    at_once: Collection[str] = ()
    batch: int = 200
    due_at_once: int = 800

    def run_once(self) -> int:
        """Fire due timers, decide one batch, and return how many facts were taken.

        When the batch fails, its lanes are taken one by one, so that one bad fact
        holds up nobody else's. Raises what the database raises while claiming.
        """
        seen = self._look_ahead()
        batch = self._decide_batch(self.batch, fires=True, seen=seen)
        if batch.failed is None:
            return len(batch.events) + batch.left
        _log.warning("a batch of %d lanes failed: %s", len(batch.lanes), batch.failed.reason)
        # What the batch's timers told went back with it. Told again on its own, it stays a
        # fact that can be set back and parked; otherwise its timer would be due for ever.
        with self.engine.transaction():
            self._fire(self.clock.now())
        return sum(self._decide_lane() for _ in batch.lanes)

    def _look_ahead(self) -> frozenset[int] | None:
        """Look at what is next; return the facts to keep to, or None where all may be decided."""
        must = self.must_look()
        if self.look_ahead is None or not (must or self.engine.has_one_writer):
            return None
        with self.engine.transaction():  # writes nothing: the lanes are free again at once
            events = self.engine.inbox.claim(now=self.clock.now(), limit=self.batch)
        if events:
            outcome = tried(partial(self.look_ahead, events))
            if isinstance(outcome, Failed):
                # Whatever is wrong with a fact shows again, and is held against it alone.
                _log.info("looking ahead failed: %s", outcome.reason)
                return None
        return frozenset(event.seq for event in events) if must else None

    def _fire(self, now: datetime) -> None:
        self.engine.timers.fire_due(now=now, limit=self.due_at_once)

    def _take(self, now: datetime) -> Sequence[Event]:
        return self.engine.timers.take_due(now=now, limit=self.due_at_once, kinds=self.at_once)

    def _decide_batch(
        self,
        limit: int,
        *,
        at_most: int | None = None,
        fires: bool = False,
        seen: frozenset[int] | None = None,
    ) -> _Batch:
        batch = _Batch()
        outcome = tried(
            lambda: self._decide_in_transaction(batch, limit, at_most, fires=fires, seen=seen)
        )
        if isinstance(outcome, Failed):
            if not batch.events:
                raise outcome.error  # nobody's fact is to blame
            batch.failed = outcome
        return batch

    def _decide_in_transaction(
        self,
        batch: _Batch,
        limit: int,
        at_most: int | None,
        *,
        fires: bool,
        seen: frozenset[int] | None,
    ) -> None:
        now = self.clock.now()
        with self.engine.transaction():
            told = self._take(now) if fires else ()
            due = self.engine.inbox.claim(now=now, limit=limit)[:at_most]
            claimed = due if seen is None else _up_to_the_first_unseen(due, seen)
            batch.left = len(due) - len(claimed)
            batch.events = sorted((*told, *claimed), key=_lane_of) if told else claimed
            if batch.events:
                self.decide(batch.events, now)
                self.engine.inbox.complete([event.seq for event in claimed])

    def _decide_lane(self) -> int:
        """Decide the oldest due lane: whole, else its oldest fact alone, else set that back."""
        batch = self._decide_batch(1)
        if batch.failed and len(batch.events) > 1:
            # One bad fact of a burst must not be blamed on the oldest.
            batch = self._decide_batch(1, at_most=1)
        if batch.failed:
            self._set_back(batch.events[0], batch.failed.reason)
        return len(batch.events)

    def _set_back(self, event: Event, reason: str) -> None:
        now = self.clock.now()
        until = self.retry.next_attempt(event.attempt, now=now, random=self.random())
        if until is None:
            self._park(event, reason, now)
            return
        with self.engine.transaction():
            self.engine.lock_lane(event.workspace_id, event.lane)
            self.engine.inbox.postpone(event, until=until, reason=reason)

    def _park(self, event: Event, reason: str, now: datetime) -> None:
        with self.engine.transaction():
            self.engine.lock_lane(event.workspace_id, event.lane)
            self.engine.inbox.park(event, reason=reason)
            if self.keeper:
                self.keeper.note(event, reason, now)
        _log.error("fact %d is parked: %s", event.seq, reason)
        if self.keeper:
            rescued = tried(partial(self._rescue, self.keeper, event, now))
            if isinstance(rescued, Failed):
                _log.error("nobody was called for fact %d: %s", event.seq, rescued.reason)

    def _rescue(self, keeper: Keeper, event: Event, now: datetime) -> None:
        with self.engine.transaction():
            self.engine.lock_lane(event.workspace_id, event.lane)
            keeper.rescue(event, now)


def _up_to_the_first_unseen(due: Sequence[Event], seen: frozenset[int]) -> Sequence[Event]:
    """Return the facts of each lane that come before the first one nobody has looked at."""
    lanes_cut: set[tuple[str, str]] = set()
    kept: list[Event] = []
    for event in due:
        lane = _lane_of(event)
        if lane not in lanes_cut and event.seq in seen:
            kept.append(event)
        else:
            lanes_cut.add(lane)
    return kept


def _lane_of(event: Event) -> tuple[str, str]:
    return event.workspace_id, event.lane
