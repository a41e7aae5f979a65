"""How far a counted number may lie from the true one: 95 % intervals."""

from dataclasses import dataclass
from math import sqrt

_Z = 1.96  # 95 % of a normal distribution lie within so many standard deviations


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


def wilson(successes: int, total: int) -> Interval:
    """Return the interval of a share (Wilson's, which holds for few cases and near 0 and 1)."""
    if total == 0:
        return Interval(low=0.0, high=1.0)
    share = successes / total
    spread = _Z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * sqrt(share * (1 - share) / total + spread / (4 * total))
    # At the ends it is exact; rounding must not push it past the share itself.
    return Interval(low=max(min(middle - half, share), 0.0), high=min(max(middle + half, share), 1))


def counted(count: int) -> Interval:
    """Return the interval of what is expected where so many were counted (Poisson, by roots)."""
    root = sqrt(count + 3 / 8)
    return Interval(low=max(root - _Z / 2, 0.0) ** 2, high=(root + _Z / 2) ** 2)
