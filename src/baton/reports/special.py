"""Quantiles and the like by scipy, which is loaded when the first is asked for.

It takes longer to load than all of Baton's own rules, and most commands ask for none.
"""


def student_t(freedom: float, share: float) -> float:
    """Return the value below which `share` (0-1) of Student's t lies, at degrees of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415 - dear to load

    return float(stdtrit(freedom, share))


def binomial_at_most(most: int, count: int, chance: float) -> float:
    """Return the probability of `most` successes or fewer among `count` of a chance (0-1)."""
    from scipy.special import bdtr  # noqa: PLC0415 - dear to load

    return float(bdtr(most, count, chance))


def poisson_mean(count: int, chance: float) -> float:
    """Return the mean of a Poisson of which `count` (1 or more) or above has a chance (0-1)."""
    from scipy.special import gammaincinv  # noqa: PLC0415 - dear to load

    return float(gammaincinv(count, chance))


def lambert_below(value: float) -> float:
    """Return the branch of Lambert's W that lies below -1, at a value in [-1/e, 0)."""
    from scipy.special import lambertw  # noqa: PLC0415 - dear to load

    return float(lambertw(value, -1).real)
