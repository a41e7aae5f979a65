"""What counts as a promise broken, or a conversation forgotten (R10, AL4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from baton.core.clocks import Kind
from baton.core.ownership import Owner
from baton.core.policy import Policy


class Reason(StrEnum):
    """Why a conversation is among the breaches: a clock that ran out, or what the check found."""

    FIRST_RESPONSE = Kind.FIRST_RESPONSE.value
    NEXT_RESPONSE = Kind.NEXT_RESPONSE.value
    ASYNC_PROMISE = Kind.ASYNC_PROMISE.value
    RESOLUTION = Kind.RESOLUTION.value
    ORPHANED = "orphaned"  # handed over long ago, and not settled
    OUTREACH = "outreach"  # a call or the like that was owed by then
    UNOWNED = "unowned"  # somebody has it who is not here any more, or it waits on no clock


FORGOTTEN = frozenset({Reason.ORPHANED, Reason.UNOWNED})
"""What the daily check finds; the others are told by their clocks as they run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A conversation that people should have: since when, who has it, and on which clock.

    `is_holder_here` says whether the person who has it still works here.
    """

    owner: Owner
    handed_over_at: datetime
    is_asleep: bool = False
    is_holder_here: bool = True
    is_clock_running: bool = True


def found_in(situation: Situation, policy: Policy, *, now: datetime) -> tuple[Reason, ...]:
    """Return what the daily check says of a conversation; nothing where all is well.

    One that sleeps was looked at by whoever put it to sleep, and wakes by itself.
    """
    if situation.owner is Owner.BOT or situation.is_asleep:
        return ()
    is_held = situation.owner is Owner.AGENT
    is_lost = not situation.is_holder_here if is_held else not situation.is_clock_running
    is_old = now - situation.handed_over_at >= policy.orphan_after
    return (
        *((Reason.ORPHANED,) if is_old else ()),
        *((Reason.UNOWNED,) if is_lost else ()),
    )
