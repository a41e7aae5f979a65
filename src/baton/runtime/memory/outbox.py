"""The outbox in memory."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count

import msgspec
from msgspec.structs import replace

from baton.runtime.memory.journal import Table
from baton.runtime.memory.space import Space
from baton.runtime.ports import Done, Effect, EffectState, Ended, Refused
from baton.runtime.settlement import (
    EXPIRED_REASON,
    Attempt,
    Settlement,
    attempt_of,
    settled,
)

_STUCK = {EffectState.PARKED, EffectState.UNKNOWN}


class _Intent(msgspec.Struct, frozen=True, kw_only=True):
    effect: Effect
    seq: int
    state: EffectState = EffectState.DUE
    claimed_until: datetime | None = None

    @property
    def lane(self) -> tuple[str, str]:
        return self.effect.workspace_id, self.effect.lane

    def is_due(self, now: datetime) -> bool:
        return self.state is EffectState.DUE and self.effect.due_at <= now

    def is_of(self, kinds: Collection[str] | None) -> bool:
        return kinds is None or self.effect.kind in kinds

    def holds_up(self, other: "_Intent", now: datetime) -> bool:
        """Whether the lane must wait for this effect before it goes on with `other`."""
        if self.state is EffectState.CLAIMED:
            return True
        if self.state is not EffectState.DUE or self.seq >= other.seq:
            return False
        return self.effect.attempt > 0 or self.effect.due_at <= now


class MemoryOutbox:
    """Things to do outside, by their order of arrival."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._seqs = count(1)
        self._keys: Table[tuple[str, str], None] = Table(space.journal)
        self._intents: Table[str, _Intent] = Table(space.journal)
        self._attempts: Table[int, Attempt] = Table(space.journal)

    def put(self, effects: Sequence[Effect]) -> tuple[bool, ...]:
        """Store effects; False at the place of each whose intent key is known already."""
        with self._space.transaction():
            stored = tuple(self._put_one(effect) for effect in effects)
            if any(stored):
                self._space.ring("outbox")
            return stored

    def _put_one(self, effect: Effect) -> bool:
        key = (effect.workspace_id, effect.intent_key)
        if key in self._keys:
            return False
        if effect.id in self._intents:
            message = f"the effect id {effect.id!r} is taken"
            raise ValueError(message)
        self._keys.put(key, None)
        fresh = replace(effect, attempt=0, claim=0)
        self._intents.put(effect.id, _Intent(effect=fresh, seq=next(self._seqs)))
        return True

    def claim(
        self,
        *,
        now: datetime,
        limit: int,
        lease: timedelta,
        owner: str,
        kinds: Collection[str] | None = None,
    ) -> tuple[Effect, ...]:
        """Take the next due effect of each free lane, for as long as `lease`."""
        del owner  # this process is the only one
        with self._space.transaction():
            self._expire(now)
            due = [
                intent
                for lane in self._open_lanes()
                for intent in lane
                if intent.is_due(now) and intent.is_of(kinds) and not _is_held_up(intent, lane, now)
            ]
            due.sort(key=lambda intent: (intent.effect.due_at, intent.seq))
            taken = sorted(due[:limit], key=lambda intent: intent.seq)
            return tuple(self._claim_one(intent, now + lease) for intent in taken)

    def _claim_one(self, intent: _Intent, until: datetime) -> Effect:
        effect = intent.effect
        claimed = replace(effect, attempt=effect.attempt + 1, claim=effect.claim + 1)
        self._intents.put(
            effect.id,
            replace(intent, effect=claimed, state=EffectState.CLAIMED, claimed_until=until),
        )
        return claimed

    def held(self, effects: Sequence[Effect]) -> tuple[Effect, ...]:
        """Return those that their claim still holds, and keep it so until the transaction ends."""
        return tuple(effect for effect in effects if self._is_held(effect))

    def _is_held(self, effect: Effect) -> bool:
        intent = self._intents.find(effect.id)
        return (
            intent is not None
            and intent.state is EffectState.CLAIMED
            and intent.effect.claim == effect.claim
        )

    def _expire(self, now: datetime) -> None:
        for intent in self._intents:
            if intent.claimed_until is None or intent.claimed_until > now:
                continue
            again = EffectState.DUE if intent.effect.repeatable else EffectState.UNKNOWN
            self._record(
                Attempt(
                    effect_id=intent.effect.id,
                    number=intent.effect.attempt,
                    outcome="expired",
                    reason=EXPIRED_REASON,
                    receipt="",
                    at=now,
                )
            )
            self._intents.put(intent.effect.id, replace(intent, state=again, claimed_until=None))

    def settle(self, ended: Sequence[Ended], *, now: datetime) -> None:
        """Record attempts and where their effects stand now."""
        with self._space.transaction():
            for one in ended:
                self._settle_one(one, now)

    def _settle_one(self, ended: Ended, now: datetime) -> None:
        effect = ended.effect
        self._record(attempt_of(effect, ended.outcome, now=now))
        intent = self._intents.find(effect.id)
        if intent is None or intent.effect.claim != effect.claim:
            return
        settlement = settled(ended.outcome, retry_at=ended.retry_at)
        if intent.state in settlement.applies_to:
            self._move(intent, settlement)

    def _move(self, intent: _Intent, settlement: Settlement) -> None:
        effect, state = intent.effect, settlement.state
        effect = replace(effect, due_at=settlement.due_at or effect.due_at)
        if settlement.is_fresh:
            effect = replace(effect, attempt=0)
        if state in {EffectState.DONE, EffectState.REFUSED}:
            effect = replace(effect, body=b"")
        self._intents.put(
            effect.id, replace(intent, effect=effect, state=state, claimed_until=None)
        )

    def _record(self, attempt: Attempt) -> None:
        self._attempts.put(next(self._seqs), attempt)

    def redrive(self, ids: Sequence[str], *, now: datetime) -> int:
        """Put parked or unknown effects back, due now; return how many there were."""
        with self._space.transaction():
            found = [self._intents.find(effect_id) for effect_id in sorted(set(ids))]
            stuck = [intent for intent in found if intent and intent.state in _STUCK]
            for intent in stuck:
                again = replace(intent.effect, due_at=now, attempt=0)
                self._intents.put(again.id, replace(intent, effect=again, state=EffectState.DUE))
            if stuck:
                self._space.ring("outbox")
            return len(stuck)

    def resolve_unknown(self, effect_id: str, outcome: Done | Refused, *, now: datetime) -> None:
        """Settle an unknown effect by what a receipt or a look-up said."""
        with self._space.transaction():
            intent = self._intents.find(effect_id)
            if intent is not None and intent.state is EffectState.UNKNOWN:
                self._record(attempt_of(intent.effect, outcome, now=now))
                self._move(intent, settled(outcome, retry_at=None))

    def waiting_due_ats(self) -> tuple[datetime, ...]:
        """Return the due moment of every effect that waits."""
        return tuple(
            intent.effect.due_at for intent in self._intents if intent.state is EffectState.DUE
        )

    def next_due_ats(self, kinds: Collection[str] | None = None) -> tuple[datetime, ...]:
        """Return when each lane can go on: a due moment, or the end of a lease."""
        return tuple(
            intent.claimed_until or intent.effect.due_at
            for lane in self._open_lanes()
            for intent in lane
            if intent.claimed_until
            or (intent.is_of(kinds) and not _is_held_up(intent, lane, intent.effect.due_at))
        )

    def _open_lanes(self) -> Iterable[list[_Intent]]:
        lanes: dict[tuple[str, str], list[_Intent]] = {}
        for intent in self._intents:
            if intent.state in {EffectState.DUE, EffectState.CLAIMED}:
                lanes.setdefault(intent.lane, []).append(intent)
        return lanes.values()

    def count_claimed(self) -> int:
        """Return how many effects are being done."""
        return sum(intent.state is EffectState.CLAIMED for intent in self._intents)

    def count_stuck(self) -> int:
        """Return how many effects are parked or unknown."""
        return sum(intent.state in _STUCK for intent in self._intents)


def _is_held_up(intent: _Intent, lane: list[_Intent], now: datetime) -> bool:
    return any(other.holds_up(intent, now) for other in lane)
