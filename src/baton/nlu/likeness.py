"""How like what was taught a message is: its nearest examples for a thing and against it.

A regression smooths over its examples; the nearest ones remember what was said of just
such a message. Meanings are turned into the taught ones' own main directions, in which
the commonest count less, so that comparing with every example stays cheap.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import Floats
from baton.nlu.meaning import weighed

SIGNS = 4
"""Numbers a message: the nearest example for and against, and a few nearest of each."""

_WIDTH = 192
_EVENING = 0.25  # how far the commonest directions are held back; a half would make all alike
_FEW = 5
_CHUNK = 500
_THE_SAME = 0.9999  # a text taught twice has not been left out
_LAYERS = (1.0, 1.0, 1.0)


class Likeness:
    """Compares a message with all that was taught for a thing and against it."""

    def __init__(self, meanings: Floats, is_for: NDArray[np.bool_]) -> None:
        self._mean = meanings.mean(axis=0)
        centred = weighed(meanings - self._mean, _LAYERS)
        self._turn = _main_directions(centred)
        turned = _unit(centred @ self._turn)
        self._for = np.ascontiguousarray(turned[is_for])
        self._against = np.ascontiguousarray(turned[~is_for])
        self.unseen = np.concatenate(list(self._left_out(turned)))
        """Each example's signs as if it had not been taught."""

    def signs(self, meaning: Floats) -> Floats:
        """Return how near a message lies to what was taught, -1 to 1 each."""
        turned = _unit(weighed(meaning[None] - self._mean, _LAYERS) @ self._turn)
        found: Floats = _nearest(turned @ self._for.T, turned @ self._against.T)[0]
        return found

    def _left_out(self, turned: Floats) -> Iterator[Floats]:
        for start in range(0, len(turned), _CHUNK):
            rows = turned[start : start + _CHUNK]
            sides = [rows @ side.T for side in (self._for, self._against)]
            for likeness in sides:
                likeness[likeness > _THE_SAME] = -1.0
            yield _nearest(*sides)


def _main_directions(centred: Floats) -> Floats:
    """Return the directions in which the examples differ most, the commonest held back."""
    spreads, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    width = min(_WIDTH, len(centred))
    largest = np.maximum(spreads[-width:], 1e-9)
    found: Floats = (directions[:, -width:] * largest**-_EVENING).astype(np.float32)
    return found


def _nearest(*sides: Floats) -> Floats:
    """Return the nearest of each side, then the mean of a few nearest of each."""
    few = [_largest(likeness) for likeness in sides]
    columns = [near.max(axis=1) for near in few] + [near.mean(axis=1) for near in few]
    return np.column_stack(columns)


def _largest(likeness: Floats) -> Floats:
    count = min(_FEW, likeness.shape[1])
    found: Floats = np.partition(likeness, -count, axis=1)[:, -count:]
    return found


def _unit(turned: Floats) -> Floats:
    unit: Floats = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
    return unit
