"""A classifier over meanings: ridge regression on random Fourier features.

The features stand for a Gaussian kernel (Rahimi and Recht, 2007; blocks of orthogonal
directions as in Yu et al., 2016, vary less), so the regression has a closed form
whatever the number of examples, and each example's own score by a model that never
saw it costs no second training.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import WIDTH, Floats

_RIDGE = 0.3
_CHUNK = 1_000
_SEED = 7
_LEAST_LEFT = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """How likeness of meanings is told: exp(-sharpness * squared distance).

    Attributes:
        directions: how many random ones stand for the kernel; fewer are cheaper and coarser.
        sharpness: how fast likeness falls with distance; the higher, the more a single
            example counts.
        layers: how much each told layer of the encoder counts. The last tells intents
            apart best; the two before it steady what it says.
    """

    directions: int = 2_304
    sharpness: float = 1.0
    layers: tuple[float, ...] = (0.6, 0.6, 1.0)


_KERNEL = Kernel()


class MeaningModel:
    """Scores each class of a text by its meaning; the same examples give the same model."""

    def __init__(
        self,
        meanings: Floats,
        owners: NDArray[np.intp],
        classes: int,
        *,
        kernel: Kernel = _KERNEL,
    ) -> None:
        """Learn which meanings, a row an example, belong to which class."""
        self._mean = meanings.mean(axis=0)
        self._size = (meanings.shape[1], kernel.directions)
        self._scale = np.float32(np.sqrt(2 * kernel.sharpness))
        self._layers = kernel.layers
        targets = np.eye(classes, dtype=np.float32)[owners] - np.float32(1.0 / classes)
        fit = (
            self._fit_by_example if len(meanings) < 2 * kernel.directions else self._fit_by_feature
        )
        self._weights, self.unseen = fit(meanings, targets)
        """`unseen`: each example's scores by a model that never saw it."""

    def _fit_by_example(self, meanings: Floats, targets: Floats) -> tuple[Floats, Floats]:
        """Fit through the likeness of examples: for few of them."""
        features = self._features(meanings)
        gram = features @ features.T
        gram[np.diag_indices(len(gram))] += _RIDGE
        inverse = np.linalg.inv(gram)
        shares = inverse @ targets
        return features.T @ shares, targets - shares / np.diag(inverse)[:, None]

    def _fit_by_feature(self, meanings: Floats, targets: Floats) -> tuple[Floats, Floats]:
        """Fit through the likeness of features, a chunk of examples at a time: for many."""
        size = 2 * self._size[1]
        gram = np.zeros((size, size), np.float32)
        answers = np.zeros((size, targets.shape[1]), np.float32)
        for rows in _chunks(len(meanings)):
            features = self._features(meanings[rows])
            gram += features.T @ features
            answers += features.T @ targets[rows]
        gram[np.diag_indices(size)] += _RIDGE
        inverse = _inverted(gram)
        weights = inverse @ answers
        unseen = np.empty_like(targets)
        for rows in _chunks(len(meanings)):
            features = self._features(meanings[rows])
            own = np.einsum("ij,ij->i", features @ inverse, features)[:, None]
            left = features @ weights - own * targets[rows]
            unseen[rows] = left / np.maximum(1.0 - own, _LEAST_LEFT)
        return weights, unseen

    def scores(self, meaning: Floats) -> Floats:
        """Return one text's scores, a number a class."""
        scores: Floats = self._features(meaning[None])[0] @ self._weights
        return scores

    def _features(self, meanings: Floats) -> Floats:
        turned = weighed(meanings - self._mean, self._layers) @ _directions(*self._size)
        turned *= self._scale
        features: Floats = np.empty((len(turned), 2 * turned.shape[1]), np.float32)
        np.cos(turned, out=features[:, : turned.shape[1]])
        np.sin(turned, out=features[:, turned.shape[1] :])
        features /= np.float32(np.sqrt(turned.shape[1]))
        return features


def weighed(centred: Floats, layer_weights: tuple[float, ...]) -> Floats:
    """Return meanings of unit length in which each layer counts by its weight."""
    layers = centred.reshape(len(centred), -1, WIDTH)
    weights = np.array(layer_weights, np.float32)
    weights /= np.linalg.norm(weights)
    lengths = np.maximum(np.linalg.norm(layers, axis=2), 1e-9)
    weighed: Floats = (layers * (weights / lengths)[:, :, None]).reshape(len(centred), -1)
    return weighed


def _inverted(gram: Floats) -> Floats:
    """Invert a symmetric positive matrix in place."""
    from scipy.linalg import lapack  # noqa: PLC0415 - dear to load, needed for training only

    factor, _ = lapack.spotrf(gram, lower=1, overwrite_a=1)
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    full: Floats = np.tril(inverse)
    full += np.tril(inverse, -1).T
    return full


@cache
def _directions(width: int, count: int) -> Floats:
    chance = np.random.default_rng(_SEED)
    blocks = []
    for _ in range(-(-count // width)):
        turn, _ = np.linalg.qr(chance.normal(size=(width, width)))
        blocks.append(turn * np.sqrt(chance.chisquare(width, size=width)))
    found: Floats = np.concatenate(blocks, axis=1)[:, :count].astype(np.float32)
    return found


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, count, _CHUNK))


def spread_of(scores: Sequence[float] | Floats) -> float:
    """Return how far scores lie apart; never nought."""
    return float(np.std(scores)) or 1.0
