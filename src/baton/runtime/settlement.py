"""What an outcome makes of an effect: the one table that every outbox follows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from baton.runtime.ports import (
    Again,
    Done,
    Effect,
    EffectState,
    Later,
    Outcome,
    Park,
    Refused,
    Unknown,
)

EXPIRED_REASON: Final = "the lease ran out"

_HELD: Final = frozenset({EffectState.CLAIMED})
# A final answer that comes late still counts while nobody has taken the effect since.
_HELD_OR_EXPIRED: Final = frozenset({EffectState.CLAIMED, EffectState.DUE, EffectState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The state that an outcome leads to, and the states from which it may.

    `due_at` is set for what waits; with `is_fresh` its attempts are counted from none.
    """

    state: EffectState
    applies_to: frozenset[EffectState] = _HELD
    reason: str = ""
    receipt: str = ""
    due_at: datetime | None = None
    is_fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of an effect and what came of it."""

    effect_id: str
    number: int
    outcome: str
    reason: str
    receipt: str
    at: datetime


def settled(outcome: Outcome, *, retry_at: datetime | None) -> Settlement:
    """Return what an outcome makes of the effect; `Again` without a moment parks it."""
    match outcome:
        case Done(receipt=receipt):
            return Settlement(state=EffectState.DONE, applies_to=_HELD_OR_EXPIRED, receipt=receipt)
        case Refused(reason=reason):
            return Settlement(state=EffectState.REFUSED, applies_to=_HELD_OR_EXPIRED, reason=reason)
        case Again(reason=reason):
            state = EffectState.DUE if retry_at else EffectState.PARKED
            return Settlement(state=state, reason=reason, due_at=retry_at)
        case Later(reason=reason, until=until):
            return Settlement(state=EffectState.DUE, reason=reason, due_at=until, is_fresh=True)
        case Unknown(reason=reason):
            return Settlement(state=EffectState.UNKNOWN, reason=reason)
        case Park(reason=reason):
            return Settlement(state=EffectState.PARKED, reason=reason)


def attempt_of(effect: Effect, outcome: Outcome, *, now: datetime) -> Attempt:
    """Return the record of a try."""
    settlement = settled(outcome, retry_at=now)
    return Attempt(
        effect_id=effect.id,
        number=effect.attempt,
        outcome=type(outcome).__name__.lower(),
        reason=settlement.reason,
        receipt=settlement.receipt,
        at=now,
    )
