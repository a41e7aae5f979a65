"""A classifier over meanings: ridge regression on random Fourier features.

The features stand for a Gaussian kernel (Rahimi and Recht, 2007; blocks of orthogonal
directions as in Yu et al., 2016, vary less), so the regression has a closed form
whatever the number of examples, and each example's own score by a model that never
saw it costs no second training.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import WIDTH, Floats

_SHARPNESS = 1.0  # of the kernel: exp(-sharpness * squared distance)
_RIDGE = 0.3
_CHUNK = 1_000
_SEED = 7
_LEAST_LEFT = 1e-3
# The last layer tells intents apart best; the two before it steady what it says.
_LAYER_WEIGHTS = (0.6, 0.6, 1.0)


class MeaningModel:
    """Scores each class of a text by its meaning; the same examples give the same model."""

    def __init__(self, mean: Floats, weights: Floats) -> None:
        """Take the examples' mean, and weights, a row a feature and a column a class."""
        self._mean, self._weights = mean, weights

    @classmethod
    def taught(
        cls, meanings: Floats, owners: NDArray[np.intp], classes: int, *, directions: int
    ) -> tuple[Self, Floats]:
        """Learn which meanings belong to which class; fewer directions are cheaper and coarser.

        Returned beside the model: each example's scores by a model that never saw it.
        """
        mean: Floats = meanings.mean(axis=0)
        centred = _weighed(meanings - mean)
        targets = centred_targets(owners, classes)
        size = 2 * directions
        gram = np.zeros((size, size), np.float32)
        answers = np.zeros((size, classes), np.float32)
        for rows in _chunks(len(meanings)):
            features = _features(centred[rows], directions)
            gram += features.T @ features
            answers += features.T @ targets[rows]
        gram[np.diag_indices(size)] += _RIDGE
        weights, unseen = _solved(gram, answers, targets, centred, directions)
        return cls(mean, weights), unseen

    def scores(self, meaning: Floats) -> Floats:
        """Return one text's scores, a number a class."""
        centred = _weighed((meaning - self._mean)[None])
        scores: Floats = _features(centred, len(self._weights) // 2)[0] @ self._weights
        return scores


def centred_targets(owners: NDArray[np.intp], classes: int) -> Floats:
    """Return what a regression shall answer: a row an example, highest at its class, sum 0."""
    targets: Floats = np.eye(classes, dtype=np.float32)[owners] - np.float32(1.0 / classes)
    return targets


def spread_of(scores: Sequence[float] | Floats) -> float:
    """Return how far scores lie apart; never nought."""
    return float(np.std(scores)) or 1.0


def _solved(
    gram: Floats, answers: Floats, targets: Floats, centred: Floats, directions: int
) -> tuple[Floats, Floats]:
    """Return the weights, and the examples' scores by models without them; uses up the gram."""
    # Dear to load, and a process that finds its models trained never needs it.
    from scipy.linalg import cho_factor, cho_solve, solve_triangular  # noqa: PLC0415

    # Turned, because the solver works in place on columns only.
    factor, _ = cho_factor(gram.T, lower=True, overwrite_a=True, check_finite=False)
    weights: Floats = cho_solve((factor, True), answers, check_finite=False)
    unseen = np.empty_like(targets)
    for rows in _chunks(len(centred)):
        features = _features(centred[rows], directions)
        half = solve_triangular(factor, features.T, lower=True, check_finite=False)
        own = np.einsum("ij,ij->j", half, half)[:, None]
        left = features @ weights - own * targets[rows]
        unseen[rows] = left / np.maximum(1.0 - own, _LEAST_LEFT)
    return weights, unseen


def _weighed(centred: Floats) -> Floats:
    """Return meanings of unit length in which the last layer counts most."""
    layers = centred.reshape(len(centred), -1, WIDTH)
    weights = np.array(_LAYER_WEIGHTS, np.float32)
    weights /= np.linalg.norm(weights)
    lengths = np.maximum(np.linalg.norm(layers, axis=2), 1e-9)
    weighed: Floats = (layers * (weights / lengths)[:, :, None]).reshape(len(centred), -1)
    return weighed


def _features(centred: Floats, directions: int) -> Floats:
    turned = centred @ _directions(centred.shape[1], directions)
    features: Floats = np.empty((len(turned), 2 * directions), np.float32)
    np.cos(turned, out=features[:, :directions])
    np.sin(turned, out=features[:, directions:])
    features *= np.float32(directions**-0.5)
    return features


@cache
def _directions(width: int, count: int) -> Floats:
    chance = np.random.default_rng(_SEED)
    blocks = []
    for _ in range(-(-count // width)):
        turn, _ = np.linalg.qr(chance.normal(size=(width, width)))
        blocks.append(turn * np.sqrt(chance.chisquare(width, size=width)))
    turns = np.concatenate(blocks, axis=1)[:, :count]
    found: Floats = (turns * np.sqrt(2 * _SHARPNESS)).astype(np.float32)
    return found


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, count, _CHUNK))
