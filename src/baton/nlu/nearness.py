"""How like what was taught a message is: its nearest examples for a thing and against it.

A regression smooths over its examples; the nearest ones remember what was said of just
such a message. Meanings are turned into the taught ones' own main directions, in which
the commonest count less, so that comparing with every example stays cheap.
"""

from collections.abc import Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import WIDTH, Floats
from baton.nlu.meaning import Meaning

_WIDTH = 192
_EVENING = 0.25  # how far the commonest directions are held back; a half would make all alike
_FEW = 5
_CHUNK = 500
_THE_SAME = 0.9999  # a text taught twice has not been left out


class Nearness:
    """Compares a message with all that was taught for a thing and against it."""

    def __init__(
        self, mean: Floats, turn: Floats, taught: Floats, is_for: NDArray[np.bool_]
    ) -> None:
        """Take what `taught` worked out: each example, turned, in a row."""
        self._mean, self._turn = mean, turn
        self._for = np.ascontiguousarray(taught[is_for])
        self._against = np.ascontiguousarray(taught[~is_for])

    @classmethod
    def taught(cls, meanings: Floats, is_for: NDArray[np.bool_]) -> tuple[Self, Floats]:
        """Learn what is for a thing, and what against it.

        Returned beside it: the signs of each example as if it had not been taught.
        """
        mean: Floats = meanings.mean(axis=0)
        centred = _alike(meanings - mean)
        turn = _main_directions(centred)
        turned = _unit(centred @ turn)
        nearness = cls(mean, turn, turned, is_for)
        return nearness, np.concatenate(list(nearness._left_out(turned)))

    def signs(self, meaning: Meaning) -> Floats:
        """Return the nearest of what was taught for and against, then the means of a few.

        Each is a cosine, -1 to 1.
        """
        [turned] = _unit(_alike((meaning.numbers - self._mean)[None]) @ self._turn)
        found: Floats = _nearest((self._for @ turned)[None], (self._against @ turned)[None])[0]
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


def _alike(centred: Floats) -> Floats:
    """Return meanings in which every layer counts alike."""
    layers = centred.reshape(len(centred), -1, WIDTH)
    lengths = np.maximum(np.linalg.norm(layers, axis=2, keepdims=True), 1e-9)
    alike: Floats = (layers / lengths).reshape(len(centred), -1)
    return alike


def _unit(turned: Floats) -> Floats:
    unit: Floats = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
    return unit
