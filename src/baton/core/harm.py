"""Harm seen early: what calls people to look, and what stops outreach until they have (AL1-AL10).

Rules hold counts against counts. Each asks for rows enough on both sides and for a change that
is clear, for a rule that cries wolf is switched off; what a rule found is told once, and again
after its cool-down at the earliest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Harm(StrEnum):
    """What was found; each is told of and cools down by itself."""

    ESCALATIONS_RISING = "escalations_rising"  # two days running (AL1)
    UPSET_RISING = "upset_rising"  # the same of messages in negative words (AL1)
    ESCALATIONS_JUMPED = "escalations_jumped"  # on one day (AL2, U12)
    CSAT_DROPPED = "csat_dropped"  # of a week (AL2, U12)
    CLOSES_TOO_EARLY = "closes_too_early"  # more contained, and more come back (AL10)


STOPS_OUTREACH = frozenset({Harm.ESCALATIONS_JUMPED, Harm.CSAT_DROPPED})
"""What holds all that the bot begins by itself, until a person has looked (AL2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So many of so many."""

    count: int
    among: int

    @property
    def share(self) -> float:
        """Their share; 0 of nothing."""
        return self.count / self.among if self.among else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed between two spans; `low` and `high` are where its true size lies."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A harm with its numbers, in words for people; nothing in them names a contact."""

    harm: Harm
    details: str


def is_rising(days: Sequence[Part], change: Change, *, least: int) -> bool:
    """Return whether a share rose on the last two of three days, clearly from first to last.

    `change` is from the first day to the last. Two rises in a row come by chance every sixth
    time; that they are clear besides is what makes them worth a call.
    """
    if any(day.among < least for day in days):
        return False
    first, second, third = (day.share for day in days)
    return first < second < third and change.low > 0


def has_jumped(day: Part, usual: Part, change: Change, *, times: float, least: int) -> bool:
    """Return whether a day's share is so many times the usual one, and clearly above it (U12)."""
    if min(day.among, usual.among) < least:
        return False
    # Crosswise, so that exactly so many times is not lost to rounding.
    is_large = day.count * usual.among >= times * usual.count * day.among
    return is_large and change.low > 0


def has_dropped(means: tuple[float, float], change: Change, *, by: float) -> bool:
    """Return whether a mean mark fell by so many points or more, and clearly fell (U12).

    `means` are before and now; `change` is below 0 for a fall.
    """
    before, now = means
    return before - now >= by and change.high < 0


def closes_too_early(contained: Change, returned: Change) -> bool:
    """Return whether clearly more stay with the bot while clearly more come back (AL10, K10)."""
    return contained.low > 0 and returned.low > 0
