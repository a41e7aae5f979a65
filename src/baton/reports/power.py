"""How many contacts an experiment takes, and what it can see: told before it begins (AB2, X28).

Two means are held against each other; a share is the mean of ones and noughts. Normal
distributions throughout, as is fit for the hundreds that any of it takes.
"""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from baton.reports import anytime

POWER = 0.80
"""How often an effect of the size that is looked for is found where it is there: by custom."""

_NORMAL = NormalDist()
_FOUND = _NORMAL.inv_cdf(POWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What two arms that are compared are made of.

    Attributes:
        spreads: the standard deviation of one value on each side, in the metric's unit.
        shares: the part of all contacts that each side is dealt, each above 0.
        alpha: how often an effect may be told where there is none.
    """

    spreads: tuple[float, float]
    shares: tuple[float, float]
    alpha: float = anytime.ALPHA

    def variance(self, contacts: float) -> float:
        """Return the variance of the difference where all arms together have so many contacts."""
        parts = zip(self.spreads, self.shares, strict=True)
        return sum(spread**2 / share for spread, share in parts) / contacts

    @property
    def once(self) -> float:
        """Return how many standard errors one look takes to tell an effect."""
        return _NORMAL.inv_cdf(1 - self.alpha / 2)

    @property
    def always(self) -> float:
        """Return how many it takes where one may look whenever one likes."""
        return anytime.reach(self.alpha)


def spread_of_share(share: float) -> float:
    """Return the standard deviation of ones and noughts of which such a share are ones."""
    return sqrt(share * (1 - share))


def needed(sides: Sides, effect: float, *, reach: float) -> int:
    """Return how many contacts all arms together take to see an effect 4 times out of 5.

    `reach` is `sides.once` or `sides.always`; `effect` is not 0.
    """
    return ceil(sides.variance(1) * ((reach + _FOUND) / effect) ** 2)


def power(sides: Sides, effect: float, contacts: float, *, reach: float) -> float:
    """Return how often an effect is seen with so many contacts, at one look of such a reach."""
    shift = abs(effect) / sqrt(sides.variance(contacts))
    return _NORMAL.cdf(shift - reach) + _NORMAL.cdf(-shift - reach)


def least_effect(sides: Sides, contacts: float, *, reach: float) -> float:
    """Return the smallest effect that so many contacts show 4 times out of 5."""
    return (reach + _FOUND) * sqrt(sides.variance(contacts))


def alpha_of(arms: int) -> float:
    """Return how often one comparison may err where each arm meets the same control.

    Two comparisons are two chances to be wrong: each gets its part of one in twenty (Bonferroni).
    """
    return anytime.ALPHA / max(arms - 1, 1)
