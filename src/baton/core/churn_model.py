"""A learned score of who may leave: it weighs the signs of `core.churn` by what came of them.

A logistic regression over what somebody did, fitted on a past day of which the outcome is
known. It changes how many points the signs of habit come to, and nothing else: no sign
stands by it that the rules do not see, at risk is nobody for one sign alone (CH2), and every
point still belongs to a sign with its numbers (CH3).
"""

import math
from collections.abc import Sequence

import msgspec

from baton.core import churn
from baton.core.churn import MOST, Churn, Habits, Point, Rules, Sign

HORIZON_DAYS = 60
"""Who did not come for so many days is taken to have left."""

LEAST_DAYS = 210
"""So much history it takes: two past days a horizon apart, with a season before the first."""

LEAST_CONTACTS = 5_000
LEAST_OF_EACH = 300
"""Of so many contacts the outcome has to be known, and so many of them left, and stayed (CH3)."""

LEAST_GAIN = 0.01
"""By so much it has to rank better than the rules on days that it has not seen (AUC)."""

FEATURES: tuple[Sign, ...] = (Sign.AWAY, Sign.AWAY, Sign.FEWER, Sign.RARE, Sign.MISSED)
"""The sign to which each number of `features` belongs."""

_MOST_MISSED = 5
_FARTHEST = 3.0
_LEAST_SPREAD = 0.1  # what hardly differs tells nobody from another
_LEAST_PULL = 0.01  # a sign that stands has a part of the points, however it pulls


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What was fitted: a weight for each feature, as it differs from its usual value.

    At risk is who has `at_risk_points`, which marks as many as the rules did on the same day.
    """

    intercept: float
    weights: tuple[float, ...]
    usual: tuple[float, ...]
    spread: tuple[float, ...]
    at_risk_points: int


def features(habits: Habits) -> tuple[float, ...]:
    """Return what somebody did as numbers whose differences count alike, large or small.

    How long ago somebody came first is none: it grows for all from one day to the other.
    """
    gap = (habits.since_first - habits.since_last) / max(habits.visits - 1, 1)
    a_month = churn.RECENT_DAYS * habits.visits / max(habits.since_first, churn.RECENT_DAYS)
    return (
        math.log1p(habits.since_last),
        math.log1p(habits.since_last) - math.log1p(gap),
        math.log1p(habits.recent) - math.log1p(habits.before / 3),
        math.log1p(a_month),
        float(min(habits.missed, _MOST_MISSED)),
    )


def standard(told: Sequence[float], usual: Sequence[float], spread: Sequence[float]) -> list[float]:
    """Return how far features are from what is usual, in spreads, and never beyond a few.

    What lies far outside of what was learned from is not made more of than that.
    """
    return [
        max(-_FARTHEST, min(_FARTHEST, (value - middle) / max(width, _LEAST_SPREAD)))
        for value, middle, width in zip(told, usual, spread, strict=True)
    ]


def score(habits: Habits, rules: Rules, model: Model) -> Churn:
    """Return how likely somebody is to leave, the signs of habit weighed as was learned.

    Who has a booking ahead is judged by the rules: the past days that it was fitted on do not
    say what was ahead then.
    """
    ruled = churn.score(habits, rules)
    own = [one for one in ruled.signs if one.sign in FEATURES]
    if habits.is_expected or not own:
        return ruled
    pulls = _pulls(habits, model)
    likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, model.intercept + sum(pulls.values())))))
    learned = _shared(own, pulls, round(MOST * likely))
    signs = tuple(learned.get(one.sign, one) for one in ruled.signs)
    points = min(MOST, sum(one.points for one in signs))
    return Churn(
        points=points,
        signs=signs,
        is_at_risk=len(signs) >= rules.min_signs and points >= model.at_risk_points,
    )


def _pulls(habits: Habits, model: Model) -> dict[Sign, float]:
    """Return how far each sign pulls towards leaving, in log-odds; away from it below 0."""
    pulls = dict.fromkeys(FEATURES, 0.0)
    told = standard(features(habits), model.usual, model.spread)
    for sign, value, weight in zip(FEATURES, told, model.weights, strict=True):
        pulls[sign] += weight * value
    return pulls


def _shared(own: list[Point], pulls: dict[Sign, float], points: int) -> dict[Sign, Point]:
    """Return points among the signs that stand, by how much each pulls; all are given out."""
    parts = [max(pulls[one.sign], _LEAST_PULL) for one in own]
    shares = [int(points * part / sum(parts)) for part in parts]
    shares[0] += points - sum(shares)
    return {
        one.sign: msgspec.structs.replace(one, points=share)
        for one, share in zip(own, shares, strict=True)
    }
