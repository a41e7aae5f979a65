"""What people say of a business: how likely they are to recommend it, and who was won back.

Three questions, each with a scale of its own, are never mixed (X19): how well an answer helped
(1 to 5), how a visit was (1 to 5), and how likely they are to recommend us (0 to 10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PROMISE = timedelta(hours=24)
"""Within which somebody unhappy hears from a person (NP8)."""

RECOVERY = timedelta(days=30)
"""Within which a second answer tells whether they were won back (NP16)."""

_LEAST_DONE = 5
_KEPT_SHARE = 0.8


class Segment(StrEnum):
    """What an answer from 0 to 10 says (X17)."""

    PROMOTER = "promoter"  # 9 and 10
    PASSIVE = "passive"  # 7 and 8
    DETRACTOR = "detractor"  # 0 to 6


def segment_of(rating: int) -> Segment:
    """Return the segment of a rating from 0 to 10."""
    if rating >= 9:  # noqa: PLR2004 - the question's own scale
        return Segment.PROMOTER
    return Segment.PASSIVE if rating >= 7 else Segment.DETRACTOR  # noqa: PLR2004 - as above


def nps_of(ratings: Sequence[int]) -> int | None:
    """Return the share of promoters less that of detractors, -100 to 100; None of no answers."""
    if not ratings:
        return None
    segments = [segment_of(one) for one in ratings]
    ahead = segments.count(Segment.PROMOTER) - segments.count(Segment.DETRACTOR)
    return round(ahead / len(ratings) * 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How the people who reach out keep up: tasks that are late now, and those of a week."""

    late: int
    done_in_time: int
    done_late: int


def keeps_up(load: Load) -> bool:
    """Return whether one more contact can be promised a call within a day (NP15).

    Not while somebody waits longer than promised already, nor when one in five of last week's
    did; of fewer than five nothing is concluded.
    """
    done = load.done_in_time + load.done_late
    if load.late:
        return False
    return done < _LEAST_DONE or load.done_in_time >= _KEPT_SHARE * done


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhappy:
    """Somebody who rated us low: reached after so long, and their second answer, or None."""

    reached_after: timedelta | None = None
    again: int | None = None
    again_after: timedelta | None = None

    @property
    def is_reached(self) -> bool:
        """Whether a person reached them."""
        return self.reached_after is not None

    @property
    def is_won_back(self) -> bool:
        """Whether they are content now, as they said themselves within 30 days."""
        return (
            self.again is not None
            and segment_of(self.again) is not Segment.DETRACTOR
            and self.again_after is not None
            and self.again_after <= RECOVERY
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What became of unhappy people; the shares stand over two denominators (X15)."""

    unhappy: int
    reached: int
    reached_in_time: int
    won_back: int
    won_back_of_reached: int

    @property
    def of_reached(self) -> float | None:
        """The share of those we reached who are content now, 0 to 1 (20% to launch)."""
        return self.won_back_of_reached / self.reached if self.reached else None

    @property
    def of_all(self) -> float | None:
        """The share of all unhappy ones who are content now, 0 to 1 (15% of the template)."""
        return self.won_back / self.unhappy if self.unhappy else None


def recovery_of(people: Sequence[Unhappy]) -> Recovery:
    """Return what became of unhappy people."""
    return Recovery(
        unhappy=len(people),
        reached=sum(one.is_reached for one in people),
        reached_in_time=sum(
            one.reached_after is not None and one.reached_after <= PROMISE for one in people
        ),
        won_back=sum(one.is_won_back for one in people),
        won_back_of_reached=sum(one.is_won_back and one.is_reached for one in people),
    )
