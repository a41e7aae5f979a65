"""How far a counted number may lie from the true one: 95 % intervals."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, sqrt
from statistics import NormalDist

from baton.reports.special import binomial_at_most, poisson_mean, student_t

CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2
REACH = NormalDist().inv_cdf(1 - _TAIL)
"""So many standard deviations of a normal distribution an interval reaches to either side."""


@lru_cache(maxsize=16)
def _reach(confidence: float) -> float:
    """Return within how many standard deviations a normal value lies so surely."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Where the true value lies, 19 times out of 20."""

    low: float
    high: float

    def is_above(self, limit: float) -> bool:
        """Return whether the value is clearly higher than a limit."""
        return self.low > limit

    def is_below(self, limit: float) -> bool:
        """Return whether the value is clearly lower than a limit."""
        return self.high < limit


def wilson(successes: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of a share (Wilson's, which holds for few cases and near 0 and 1)."""
    z = _reach(confidence)
    if total == 0:
        return Interval(low=0.0, high=1.0)
    share = successes / total
    spread = z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / total + spread / (4 * total))
    # At the ends it is exact; rounding must not push it past the share itself.
    return Interval(low=max(min(middle - half, share), 0.0), high=min(max(middle + half, share), 1))


def counted(count: int) -> Interval:
    """Return the interval of what is expected where so many were counted (Poisson, exact)."""
    return Interval(
        low=poisson_mean(count, _TAIL) if count else 0.0,
        high=poisson_mean(count + 1, 1 - _TAIL),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a mean is made of: how many values, their sum, and the sum of their squares."""

    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean; there must be a value."""
        return self.total / self.count

    @property
    def variance(self) -> float:
        """The sample variance, never below zero by rounding; there must be two values."""
        return max(0.0, (self.squares - self.total**2 / self.count) / (self.count - 1))


def student(sums: Sums, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the interval of a mean (Student's t); None for fewer than two values."""
    if sums.count < 2:  # noqa: PLR2004 - one value tells nothing of its spread
        return None
    half = student_t(sums.count - 1, (1 + confidence) / 2) * sqrt(sums.variance / sums.count)
    return Interval(low=sums.mean - half, high=sums.mean + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What a ratio of two sums is made of; `products` is the sum of what both give together."""

    count: int
    total: float
    squares: float
    per: float
    per_squares: float
    products: float


def ratio(pairs: Pairs) -> Interval | None:
    """Return the interval of one sum by another, from 0 to 1 (linearised, Student's t).

    Rows scatter about the ratio of all; None for fewer than two, or where none does.
    """
    if pairs.count < 2:  # noqa: PLR2004 - as above
        return None
    value = pairs.total / pairs.per
    left = pairs.squares - 2 * value * pairs.products + value**2 * pairs.per_squares
    if left <= 0:
        return None
    error = sqrt(pairs.count * left / (pairs.count - 1)) / pairs.per
    half = student_t(pairs.count - 1, 1 - _TAIL) * error
    return Interval(low=max(value - half, 0.0), high=min(value + half, 1.0))


def difference(now: Sums, before: Sums, confidence: float = CONFIDENCE) -> Interval | None:
    """Return where the difference of two means lies (Welch's t); None for too few values."""
    if min(now.count, before.count) < 2:  # noqa: PLR2004 - as above
        return None
    parts = (now.variance / now.count, before.variance / before.count)
    spread = sum(parts)
    middle = now.mean - before.mean
    if spread == 0:
        return Interval(low=middle, high=middle)
    freedom = spread**2 / sum(
        part**2 / (one.count - 1) for part, one in zip(parts, (now, before), strict=True)
    )
    half = student_t(freedom, (1 + confidence) / 2) * sqrt(spread)
    return Interval(low=middle - half, high=middle + half)


def spreads_of(chance: float) -> float:
    """Return beyond how many standard deviations a normal value lies with a chance (0-1)."""
    return NormalDist().inv_cdf(1 - min(max(chance, 1e-12), 1 - 1e-12))


def alike_difference(now: Sums, before: Sums, confidence: float = CONFIDENCE) -> Interval | None:
    """Return where the difference of two means lies, of marks that scatter alike (Student's t).

    A handful of marks tells little of how far they scatter; together with the many before them
    they do. None for too few values.
    """
    freedom = now.count + before.count - 2
    if min(now.count, before.count) < 1 or freedom < 1:
        return None
    within = sum(max(0.0, one.squares - one.total**2 / one.count) for one in (now, before))
    spread = within / freedom * (1 / now.count + 1 / before.count)
    middle = now.mean - before.mean
    half = student_t(freedom, (1 + confidence) / 2) * sqrt(spread)
    return Interval(low=middle - half, high=middle + half)


def chance_of_more(now: tuple[int, float], before: tuple[int, float]) -> float:
    """Return how likely so many or more are if they come as often as before (0-1).

    Each side is a count and what it was counted over. The exact test of two Poisson rates: of all
    that were counted, each fell to a side by how much that side is of both.
    """
    of_all = now[1] / (now[1] + before[1])
    return 1 - binomial_at_most(now[0] - 1, now[0] + before[0], of_all) if now[0] else 1.0


def share_difference(
    now: tuple[int, int], before: tuple[int, int], confidence: float = CONFIDENCE
) -> Interval:
    """Return where the difference of two shares lies (Newcombe's, of two Wilson intervals).

    Each is told as its successes and total. Without rows on a side anything may be true.
    """
    if not (now[1] and before[1]):
        return Interval(low=-1.0, high=1.0)
    after, ago = now[0] / now[1], before[0] / before[1]
    one, other = wilson(*now, confidence), wilson(*before, confidence)
    return Interval(
        low=after - ago - sqrt((after - one.low) ** 2 + (other.high - ago) ** 2),
        high=after - ago + sqrt((one.high - after) ** 2 + (ago - other.low) ** 2),
    )


def drop(now: tuple[int, float], before: tuple[int, float]) -> Interval | None:
    """Return by what share fewer are counted than before: at most 1, below 0 where there are more.

    Each side is a count and the span that it was counted in, in one unit. Of two Poisson counts
    the one is a share of both together, whose interval is Wilson's. None without any before.
    """
    if not before[0] or not before[1] or not now[1]:
        return None
    part = wilson(now[0], now[0] + before[0])
    scale = before[1] / now[1]
    ratios = [one / (1 - one) * scale if one < 1 else inf for one in (part.low, part.high)]
    return Interval(low=1 - ratios[1], high=1 - ratios[0])


def ranks(count: int) -> tuple[int, int] | None:
    """Return between which two of so many values in order, from 0, the true median lies.

    Whatever the distribution. None where even the outermost two are no such bounds.
    """
    low, high = _rank(count, _TAIL) - 1, _rank(count, 1 - _TAIL)
    return (low, high) if low >= 0 and high < count else None


def _rank(count: int, share: float) -> int:
    """Return the fewest heads that `share` of all rows of so many tosses do not exceed."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if binomial_at_most(middle, count, 0.5) >= share:
            high = middle
        else:
            low = middle + 1
    return low


_HALF = 0.5


def share_ratio(
    now: tuple[int, int], before: tuple[int, int], confidence: float = CONFIDENCE
) -> Interval:
    """Return where one share by another lies (Katz's, on the logarithm).

    Where nothing was counted on a side, half a case is added to both, so that it has an end.
    """
    add = 0 if now[0] and before[0] else _HALF
    counts = [(count + add, total + add) for count, total in (now, before)]
    (count, total), (count_ago, total_ago) = counts
    ratio = count / total / (count_ago / total_ago)
    reach = _reach(confidence) * sqrt(sum(1 / c - 1 / t for c, t in counts))
    return Interval(low=ratio * exp(-reach), high=ratio * exp(reach))
