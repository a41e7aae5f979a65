"""A classifier over words and pieces of words: one linear support vector machine a class.

Cheap, and it knows the business's own words, which no encoder was taught.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.algebra import sparse
from baton.nlu.calibration import Doubles
from baton.nlu.features import Featuriser, Floats, Rows
from baton.nlu.separating import separated

_STIFFNESS = 0.5
_FOLDS = 4
_TOGETHER = 64  # messages turned at once: hundreds of long ones would take much memory


@dataclass(frozen=True, slots=True)
class Worded:
    """Messages' scores a row, a number a class: about -1 for no, 1 for yes.

    `known` is the share of each message's words, by weight, that the examples hold.
    """

    scores: Floats
    known: NDArray[np.float64]

    def of(self, rows: Sequence[int]) -> "Worded":
        """Return what was told of some of the messages."""
        return Worded(self.scores[rows], self.known[rows])


class WordingModel:
    """Scores each class of a message by its words; the same examples give the same model."""

    def __init__(self, featuriser: Featuriser, weights: Floats, borders: Floats) -> None:
        """Take the weights, a row a feature and a column a class (see `taught`)."""
        self._featuriser, self._weights, self._borders = featuriser, weights, borders

    @classmethod
    def taught(
        cls, examples: Sequence[Sequence[str]], owners: NDArray[np.intp], classes: int
    ) -> tuple[Self, Floats]:
        """Learn which words belong to which class.

        Returned beside the model: each example's scores by a model that never saw it.
        """
        featuriser = Featuriser(examples)
        rows = _matrix(featuriser, examples)
        featuriser.forget()
        weights = _fit(rows, owners, classes)
        unseen: Floats = np.empty((len(owners), classes), np.float32)
        folds = _folds(owners)
        for fold in range(_FOLDS):
            out, taught = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
            unseen[out] = rows[out] @ _fit(rows[taught], owners[taught], classes, weights)
        found = weights.astype(np.float32)
        return cls(featuriser, np.ascontiguousarray(found[:-1]), found[-1]), unseen

    def read(self, messages: Sequence[Sequence[str]]) -> Worded:
        """Score messages, each given as its folded words; none changes another's scores."""
        scores = np.tile(self._borders, (len(messages), 1))
        known = np.zeros(len(messages))
        for first, rows in _in_parts(self._featuriser, messages):
            known[first : first + len(rows.known)] = rows.known
            for row, (start, end) in enumerate(pairwise(rows.starts.tolist()), first):
                scores[row] += rows.weights[start:end] @ self._weights[rows.places[start:end]]
        return Worded(scores, known)

    def telling(self, words: Sequence[str], owner: int) -> list[float]:
        """Return how much each word speaks for a class."""
        told = (self._featuriser.word(word) for word in words)
        return [float(weights @ self._weights[places, owner]) for places, weights in told]


def _fit(
    rows: Any, owners: NDArray[np.intp], classes: int, start: Doubles | None = None
) -> Doubles:
    """Return the weights, a row a feature and the border last, a column a class."""
    weights = np.zeros((rows.shape[1], classes))
    weights[-1] = -1.0  # of a class without examples
    for owner in np.unique(owners).tolist():
        begun = None if start is None else start[:, owner]
        weights[:, owner] = separated(rows, owners == owner, _STIFFNESS, begun)
    return weights


def _in_parts(
    featuriser: Featuriser, messages: Sequence[Sequence[str]]
) -> Iterator[tuple[int, Rows]]:
    """Yield the messages' features part by part, each with the place of its first message."""
    for first in range(0, len(messages), _TOGETHER):
        yield first, featuriser.rows(messages[first : first + _TOGETHER])


def _matrix(featuriser: Featuriser, messages: Sequence[Sequence[str]]) -> Any:
    """Return a sparse matrix, a row a message with a 1 at its end (scipy's types are not public).

    The 1 lets the border be learned like any weight.
    """
    parts = [
        sparse().csr_matrix(
            (rows.weights.astype(np.float64), rows.places, rows.starts),
            shape=(len(rows.known), featuriser.size),
        )
        for _, rows in _in_parts(featuriser, messages)
    ]
    ones = sparse().csr_matrix(np.ones((len(messages), 1)))
    return sparse().hstack([sparse().vstack(parts), ones], format="csr")


def _folds(owners: NDArray[np.intp]) -> NDArray[np.intp]:
    """Deal the examples of each class round the folds."""
    folds = np.empty(len(owners), np.intp)
    for owner in np.unique(owners):
        own = np.flatnonzero(owners == owner)
        folds[own] = np.arange(len(own)) % _FOLDS
    return folds
