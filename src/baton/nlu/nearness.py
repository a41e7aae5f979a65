"""How like what was taught a message is: its nearest examples for a thing and against it.

A regression smooths over its examples; the nearest ones remember what was said of just
such a message. Meanings are turned into the taught ones' own main directions, in which
the commonest count less, so that comparing with every example stays cheap.
"""

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import WIDTH, Floats, Meanings
from baton.nlu.meaning import Meaning

_WIDTH = 192
_EVENING = 0.25  # how far the commonest directions are held back; a half would make all alike
_FEW = 5
_CHUNK = 500
_GROUPS, _MET = 192, 20  # groups of like meaning; so many of them are compared with
_ROUNDS = 6
_THE_SAME = 0.9999  # a text taught twice has not been left out
_UNLIKE = np.float32(-1.0)
_NONE_MET = np.full(_FEW, _UNLIKE)


class Nearness:
    """Compares a message with what was taught for a thing and against it.

    What was taught lies in groups of like meaning; a message is compared with those of the
    groups that it lies nearest to. The others hold few of its nearest, and reading them all
    from memory took longer than anything but the encoder.
    """

    def __init__(
        self, mean: Floats, turn: Floats, centres: Floats, groups: Sequence[tuple[Floats, int]]
    ) -> None:
        """Take what `taught` worked out.

        Of each group its examples, turned, a row each, and how many of them are for the
        thing: those come first.
        """
        self._mean, self._turn, self._centres, self._groups = mean, turn, centres, groups

    @classmethod
    def taught(cls, meanings: Meanings, is_for: NDArray[np.bool_]) -> tuple[Self, Floats]:
        """Learn what is for a thing, and what against it.

        Returned beside it: the signs of each example as if it had not been taught.
        """
        mean: Floats = meanings.mean(axis=0, dtype=np.float32)
        turn = _main_directions(meanings, mean)
        turned = np.concatenate([_unit(part @ turn) for part in _centred(meanings, mean)])
        centres, owners = _grouped(turned)
        sides = [
            [turned[(owners == group) & side] for side in (is_for, ~is_for)]
            for group in range(len(centres))
        ]
        groups = [(np.concatenate(told), len(told[0])) for told in sides]
        return cls(mean, turn, centres, groups), _left_out(turned, centres, groups)

    def signs(self, meaning: Meaning) -> Floats:
        """Return the nearest of what was taught for and against, then the means of a few.

        Each is a cosine, -1 to 1.
        """
        [turned] = _alike((meaning.numbers - self._mean)[None]) @ self._turn
        turned /= max(float(turned @ turned) ** 0.5, 1e-9)
        near = self._centres @ turned
        told = ([_NONE_MET], [_NONE_MET])
        for group in np.argpartition(near, -_MET)[-_MET:].tolist():
            taught, border = self._groups[group]
            likeness = taught @ turned
            told[0].append(likeness[:border])
            told[1].append(likeness[border:])
        found: Floats = _nearest(*(np.concatenate(side)[None] for side in told))[0]
        return found


def _left_out(turned: Floats, centres: Floats, groups: Sequence[tuple[Floats, int]]) -> Floats:
    """Return the signs of examples, each compared with the others of the groups that it meets."""
    near = turned @ centres.T
    is_met = near >= np.partition(near, -_MET, axis=1)[:, -_MET, None]
    sides = tuple(np.repeat(_NONE_MET[None], len(turned), axis=0) for _ in range(2))
    for group, (taught, border) in enumerate(groups):
        rows = np.flatnonzero(is_met[:, group])
        likeness = turned[rows] @ taught.T
        likeness[likeness > _THE_SAME] = _UNLIKE
        for few, more in zip(sides, (likeness[:, :border], likeness[:, border:]), strict=True):
            few[rows] = _largest(np.hstack([few[rows], more]))
    return _nearest(*sides)


def _grouped(taught: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the centres of some groups, and the group of each example (k-means)."""
    count = max(_MET, min(_GROUPS, len(taught)))
    centres = taught[np.linspace(0, len(taught) - 1, count).astype(np.intp)]
    for _ in range(_ROUNDS):
        groups = (taught @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, groups, taught)
        centres = _unit(sums)
    return centres, (taught @ centres.T).argmax(axis=1)


def _centred(meanings: Meanings, mean: Floats) -> Iterator[Floats]:
    """Yield the examples part by part, as they differ from their mean."""
    for start in range(0, len(meanings), _CHUNK):
        yield _alike(meanings[start : start + _CHUNK] - mean)


def _main_directions(meanings: Meanings, mean: Floats) -> Floats:
    """Return the directions in which the examples differ most, the commonest held back."""
    gram = np.zeros((meanings.shape[1], meanings.shape[1]), np.float32)
    for part in _centred(meanings, mean):
        gram += part.T @ part
    spreads, directions = np.linalg.eigh(gram / len(meanings))
    width = min(_WIDTH, len(meanings))
    largest = np.maximum(spreads[-width:], 1e-9)
    found: Floats = (directions[:, -width:] * largest**-_EVENING).astype(np.float32)
    return found


def _nearest(*sides: Floats) -> Floats:
    """Return the nearest of each side, then the mean of a few nearest of each."""
    few = [_largest(likeness) for likeness in sides]
    columns = [near.max(axis=1) for near in few] + [near.mean(axis=1) for near in few]
    return np.column_stack(columns)


def _largest(likeness: Floats) -> Floats:
    """Return the few largest of each row."""
    found: Floats = np.partition(likeness, -_FEW, axis=1)[:, -_FEW:]
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
