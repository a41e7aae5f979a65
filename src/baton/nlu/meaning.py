"""A classifier over meanings: ridge regression on random Fourier features.

The features stand for a Gaussian kernel (Rahimi and Recht, 2007; blocks of orthogonal
directions as in Yu et al., 2016, vary less; `turning`), so the regression has a closed form
whatever the number of examples, and each example's own score by a model that never
saw it costs no second training. Models of the same kernel share a text's features.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.algebra import linear
from baton.nlu.calibration import PARTS, dealt
from baton.nlu.encoder import WIDTH, Floats, Meanings
from baton.nlu.turning import Block, drawn, turn

_RIDGE = 0.3
_CHUNK = 256  # rows at once; more take memory and no less time
_SEED = 7
_LEAST_LEFT = 1e-3
_ROUNDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """How likeness of meanings is told: exp(-sharpness * squared distance).

    Attributes:
        directions: how many random ones stand for the kernel; fewer are cheaper and coarser.
            0 leaves meanings as they are: likeness is their product, and sharpness its scale.
        sharpness: how fast likeness falls with distance; the higher, the more a single
            example counts.
        layers: how much each told layer of the encoder counts. The last tells intents
            apart best; the two before it steady what it says.
    """

    directions: int
    sharpness: float
    layers: tuple[float, ...]


BROAD = Kernel(directions=1_152, sharpness=0.35, layers=(1.0, 1.0, 1.0))
"""A wide view for hundreds of messages a class; stops and feelings share its features."""


class Meaning:
    """What a text means: the encoder's numbers, and their features once somebody asks."""

    __slots__ = ("_features", "numbers")

    def __init__(self, numbers: Floats) -> None:
        """Take what `Encoder.encode` returned: layers of unit length, side by side."""
        self.numbers = numbers
        self._features: dict[Kernel, Floats] = {}

    def features(self, kernel: Kernel) -> Floats:
        """Return the features that stand for a kernel, worked out once for all who ask."""
        known = self._features.get(kernel)
        if known is None:
            known = self._features[kernel] = _features(self.numbers[None], kernel)[0]
        return known


class MeaningModel:
    """Scores each class of a text by its meaning; the same examples give the same model."""

    def __init__(self, weights: Floats, kernel: Kernel) -> None:
        """Take the weights, a row a feature and a column a class."""
        self._weights, self._kernel = weights, kernel

    @classmethod
    def taught(
        cls,
        meanings: Meanings,
        owners: NDArray[np.intp],
        classes: int,
        *,
        kernel: Kernel,
        ridge: float = _RIDGE,
    ) -> tuple[Self, Floats]:
        """Learn which meanings, a row an example, belong to which class.

        Returned beside the model: each example's scores by a model that never saw it.

        Args:
            meanings: what the examples mean.
            owners: each example's class.
            classes: how many there are.
            kernel: how likeness is told.
            ridge: how much smoothness counts beside the examples; above 0.
        """
        targets = centred_targets(owners, classes)
        factor, answers = _gathered(meanings, kernel, ridge, targets)
        weights: Floats = linear().cho_solve((factor, True), answers, check_finite=False)
        return cls(weights, kernel), _unseen(factor, weights, targets, meanings, kernel)

    @classmethod
    def taught_closely(
        cls,
        meanings: Meanings,
        owners: NDArray[np.intp],
        classes: int,
        *,
        kernel: Kernel,
        ridge: float = _RIDGE,
    ) -> tuple[Self, Floats]:
        """Learn as `taught` does, where examples are many: each is asked for a side only.

        An example that is told surer than it must be pulls at nothing any more, as with a
        support vector machine. No closed form leaves one out, so parts of the examples are
        left out in turn; it takes ten times as long.
        """
        unseen: Floats = np.empty((len(owners), classes), np.float32)
        parts = dealt(owners)
        for part in range(PARTS):
            out, rest = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
            weights = _closely(meanings[rest], owners[rest], classes, kernel, ridge)
            for rows in _chunks(len(out)):
                unseen[out[rows]] = _features(meanings[out[rows]], kernel) @ weights
        return cls(_closely(meanings, owners, classes, kernel, ridge), kernel), unseen

    def scores(self, meaning: Meaning) -> Floats:
        """Return one text's scores, a number a class."""
        scores: Floats = meaning.features(self._kernel) @ self._weights
        return scores


def centred_targets(owners: NDArray[np.intp], classes: int) -> Floats:
    """Return what a regression shall answer: a row an example, highest at its class, sum 0."""
    targets: Floats = np.eye(classes, dtype=np.float32)[owners] - np.float32(1.0 / classes)
    return targets


def spread_of(scores: Sequence[float] | Floats) -> float:
    """Return how far scores lie apart; never nought."""
    return float(np.std(scores)) or 1.0


def _closely(
    meanings: Meanings, owners: NDArray[np.intp], classes: int, kernel: Kernel, ridge: float
) -> Floats:
    """Return the weights of a regression that is asked again, round by round, for less."""
    sides: Floats = 2 * np.eye(classes, dtype=np.float32)[owners] - np.float32(1)
    factor, answers = _gathered(meanings, kernel, ridge, sides)
    weights: Floats = linear().cho_solve((factor, True), answers, check_finite=False)
    before, pace = weights, 1.0
    for _ in range(_ROUNDS):
        # Nesterov's pace: a round reaches further where the one before went the same way.
        ahead = (1 + math.sqrt(1 + 4 * pace * pace)) / 2
        reached = weights + np.float32((pace - 1) / ahead) * (weights - before)
        before, pace = weights, ahead
        answers = np.zeros_like(answers)
        for rows in _chunks(len(meanings)):
            features = _features(meanings[rows], kernel)
            told, side = features @ reached, sides[rows]
            answers += features.T @ np.where(side * told > 1, told, side)
        weights = linear().cho_solve((factor, True), answers, check_finite=False)
    return weights


def _gathered(
    meanings: Meanings, kernel: Kernel, ridge: float, targets: Floats
) -> tuple[Floats, Floats]:
    """Return the lower factor of the examples' gram, with the ridge in it, and their answers."""
    size = _width(meanings, kernel)
    gram: Floats = np.zeros((size, size), np.float32, order="F")
    gram[np.diag_indices(size)] = ridge
    answers = np.zeros((size, targets.shape[1]), np.float32)
    for rows in _chunks(len(meanings)):
        features = _features(meanings[rows], kernel)
        # Into its lower half, in its place: it is large.
        gram = linear().blas.ssyrk(1.0, features.T, beta=1.0, c=gram, lower=True, overwrite_c=True)
        answers += features.T @ targets[rows]
    factor: Floats = linear().cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)[0]
    return factor, answers


def _unseen(
    factor: Floats, weights: Floats, targets: Floats, meanings: Meanings, kernel: Kernel
) -> Floats:
    """Return the examples' scores by models without them."""
    unseen = np.empty_like(targets)
    for rows in _chunks(len(meanings)):
        features = _features(meanings[rows], kernel)
        half = linear().solve_triangular(factor, features.T, lower=True, check_finite=False)
        own = np.einsum("ij,ij->j", half, half)[:, None]
        left = features @ weights - own * targets[rows]
        unseen[rows] = left / np.maximum(1.0 - own, _LEAST_LEFT)
    return unseen


def _features(meanings: Meanings, kernel: Kernel) -> Floats:
    weighed = meanings.astype(np.float32, copy=False) * _layers(kernel)
    if not kernel.directions:
        return np.hstack([weighed, np.ones((len(weighed), 1), np.float32)])
    blocks = _blocks(meanings.shape[1], kernel.directions)
    turned = np.hstack([turn(weighed, block) for block in blocks])[:, : kernel.directions]
    features: Floats = np.empty((len(turned), 2 * kernel.directions), np.float32)
    np.cos(turned, out=features[:, : kernel.directions])
    np.sin(turned, out=features[:, kernel.directions :])
    features *= np.float32(kernel.directions**-0.5)
    return features


def _width(meanings: Meanings, kernel: Kernel) -> int:
    """Return how many features a text has; as they are, meanings have one for the border."""
    return 2 * kernel.directions or meanings.shape[1] + 1


@cache
def _layers(kernel: Kernel) -> Floats:
    """Return how much each number of a meaning counts."""
    layers = np.repeat(kernel.layers, WIDTH) / np.linalg.norm(kernel.layers)
    weights: Floats = (layers * np.sqrt(2 * kernel.sharpness)).astype(np.float32)
    return weights


@cache
def _blocks(width: int, directions: int) -> tuple[Block, ...]:
    """Return blocks of directions, together at least so many."""
    chance = np.random.default_rng(_SEED)
    return tuple(drawn(width, chance) for _ in range(-(-directions // width)))


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, count, _CHUNK))
