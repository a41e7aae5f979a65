"""Intervals that hold at every look, for who looks each day and stops when it is clear.

An interval of a fixed sample is wrong more than one time in twenty once somebody looks again and
again: it was made for one look. These hold at all looks together. They are the asymptotic
confidence sequences of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021, arXiv:2103.06476),
by Robbins' mixture of normal distributions, tuned to be the narrowest at the planned size
(Howard, Ramdas, McAuliffe and Sekhon 2021, arXiv:1810.08240).
"""

from collections.abc import Sequence
from math import exp, lgamma, log, sqrt

from baton.reports.intervals import CONFIDENCE, Interval, Sums
from baton.reports.special import lambert_below

ALPHA = 1 - CONFIDENCE
FEWEST = 30
"""Values on each side before an interval is told: below, the normal shape is only a hope."""

UNEVEN = 1000.0
"""Evidence against the shares that were meant, as odds, from which a deal counts as uneven: chance
brings it about once in a thousand experiments, however often somebody looks."""


def reach(alpha: float = ALPHA) -> float:
    """Return how many standard errors the interval reaches to each side at the planned size.

    1.96 for one look becomes 3.03 for looking whenever one likes.
    """
    return sqrt(-_branch(alpha))


def difference(
    tried: Sums, control: Sums, *, planned: float, alpha: float = ALPHA
) -> Interval | None:
    """Return where the difference of two means lies, however often one has looked before.

    A share is the mean of ones and noughts. `planned` is the variance that the difference was to
    have at the planned size: what the interval is narrowest at. None where either side has
    fewer than `FEWEST` values.
    """
    if min(tried.count, control.count) < FEWEST:
        return None
    variance = _variance(tried, control)
    if variance <= 0:
        return None
    half = _half(1 / variance, 1 / planned, alpha)
    middle = tried.mean - control.mean
    return Interval(low=middle - half, high=middle + half)


def _half(known: float, planned: float, alpha: float) -> float:
    """Return the half width; `known` and `planned` are information: one over a variance."""
    mixed = planned / (-_branch(alpha) - 1)
    return sqrt((known + mixed) * log((known + mixed) / (mixed * alpha**2))) / known


def _branch(alpha: float) -> float:
    return lambert_below(-(alpha**2) / exp(1))


def _variance(tried: Sums, control: Sums) -> float:
    """Return the variance of the difference, each side at least as spread as both together.

    Of what is rare, a small side may have met nothing yet, which is no sign that it never will:
    its own spread would then be far too small.
    """
    together = Sums(
        count=tried.count + control.count,
        total=tried.total + control.total,
        squares=tried.squares + control.squares,
    ).variance
    return sum(max(one.variance, together) / one.count for one in (tried, control))


def odds_uneven(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return the odds that contacts were dealt by other shares than were meant.

    It may be looked at as often as one likes (Lindon and Malek 2020, arXiv:2011.03567): a Bayes
    factor of any shares, each as likely, against the ones meant, which by chance exceeds `UNEVEN`
    once in so many experiments.
    """
    total, ways = sum(counts), len(counts)
    told = lgamma(ways) - lgamma(total + ways) + sum(lgamma(count + 1) for count in counts)
    meant = sum(count * log(share) for count, share in zip(counts, shares, strict=True))
    return exp(min(told - meant, 700.0))
