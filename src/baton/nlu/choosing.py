"""Which lessons are worth their encoding: those that words leave in doubt, and some of the rest.

A lesson that its words tell for certain teaches a comparison of meanings little, and
encoding is what training spends most of its time on. Of borderline lessons alone an odd view
would be learned, so each has a chance. Lessons are never chosen by whether words are right
about them: mistakes alone would teach the opposite.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baton.nlu.calibration import Doubles, logistic, sigmoid
from baton.nlu.separating import separated

_CHANCE = 0.05
"""What a lesson without doubt counts; one that is as likely so as not counts 0.5 more."""
_STIFFNESS = 0.5
_ROUNDS = 8
_TINY = 1e-9  # sums of chances miss whole numbers by less


def telling(rows: Any, is_for: NDArray[np.bool_], *, most: int) -> NDArray[np.intp]:
    """Return the places of the lessons to encode, in order; all where they are few.

    Nothing is drawn: lessons are gone through as they stand in their files, and one is
    taken whenever their chances have summed up to one more. So every writer is heard.

    Args:
        rows: the words of the lessons, a sparse matrix (scipy's types are not public).
        is_for: the side of each.
        most: about how many are taken; above 0.
    """
    if len(is_for) <= most:
        return np.arange(len(is_for))
    chances = _CHANCE + _doubts(rows, is_for)
    chances *= most / chances.sum()
    for _ in range(_ROUNDS):  # what is taken for certain leaves more to the others
        chances = np.minimum(1.0, chances)
        chances *= most / chances.sum()
    sums = np.floor(np.cumsum(np.minimum(1.0, chances)) + _TINY)
    return np.flatnonzero(np.diff(sums, prepend=0.0) > 0)


def _doubts(rows: Any, is_for: NDArray[np.bool_]) -> Doubles:
    """Return how far each lesson is from certain by its words, 0 to 0.5.

    Each half is told by a border that the other half taught.
    """
    evidence = np.ones((len(is_for), 2))
    is_even = np.arange(len(is_for)) % 2 == 0
    for out in (is_even, ~is_even):
        border = separated(rows[np.flatnonzero(~out)], is_for[~out], _STIFFNESS)
        evidence[out, 1] = rows[np.flatnonzero(out)] @ border
    weights = logistic(evidence, is_for.astype(float), np.ones(len(is_for)))
    likely = sigmoid(evidence @ weights)
    return np.minimum(likely, 1.0 - likely)
