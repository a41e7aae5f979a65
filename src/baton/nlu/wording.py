"""A classifier over words and pieces of words: one linear support vector machine a class.

Cheap, and it knows the business's own words, which no encoder was taught.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.algebra import sparse
from baton.nlu.calibration import PARTS, Doubles, dealt
from baton.nlu.features import Featuriser, Floats
from baton.nlu.separating import separated

_STIFFNESS = 0.5
_TINY = 1e-12  # a message without a single feature has no length to divide by


@dataclass(frozen=True, slots=True)
class Worded:
    """Messages' scores a row, a number a class: about -1 for no, 1 for yes.

    `known` is the share of each message's words, by weight, that the examples hold.
    """

    scores: Floats
    known: NDArray[np.float64]

    def of(self, rows: Sequence[int]) -> "Worded":
        """Return what was told of some of the messages."""
        if len(rows) == len(self.known):
            return self
        return Worded(self.scores[rows], self.known[rows])


@dataclass(frozen=True, slots=True)
class Counted:
    """Examples by their words: a row each, in a sparse matrix whose types are not public."""

    featuriser: Featuriser
    rows: Any

    @classmethod
    def of(cls, examples: Sequence[Sequence[str]]) -> Self:
        """Count the words of examples, each given as its folded words."""
        featuriser = Featuriser(examples)
        rows = _matrix(featuriser, examples)
        featuriser.forget()
        return cls(featuriser, rows)


class WordingModel:
    """Scores each class of a message by its words; the same examples give the same model."""

    def __init__(self, featuriser: Featuriser, weights: Floats, borders: Floats) -> None:
        """Take the weights, a row a feature and a column a class (see `taught`)."""
        self._featuriser, self._borders = featuriser, borders
        # What a feature adds to each class, and at the end to a message's squared length.
        telling = featuriser.weights[:, None]
        self._table = np.hstack([weights * telling, telling * telling])

    @classmethod
    def taught(
        cls, counted: Counted, owners: NDArray[np.intp], classes: int
    ) -> tuple[Self, Floats]:
        """Learn which words belong to which class.

        Returned beside the model: each example's scores by a model that never saw it.
        """
        rows = counted.rows
        weights = _fit(rows, owners, classes)
        unseen: Floats = np.empty((len(owners), classes), np.float32)
        parts = dealt(owners)
        for part in range(PARTS):
            out, taught = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
            unseen[out] = rows[out] @ _fit(rows[taught], owners[taught], classes, weights)
        return cls._of(counted.featuriser, weights), unseen

    @classmethod
    def sorting(
        cls, examples: Sequence[Sequence[str]], owners: NDArray[np.intp], classes: int
    ) -> Self:
        """Learn the same where nobody asks how sure it is: a fifth of the time."""
        counted = Counted.of(examples)
        return cls._of(counted.featuriser, _fit(counted.rows, owners, classes))

    @classmethod
    def _of(cls, featuriser: Featuriser, weights: Doubles) -> Self:
        found = weights.astype(np.float32)
        return cls(featuriser, np.ascontiguousarray(found[:-1]), found[-1])

    def read(self, messages: Sequence[Sequence[str]]) -> Worded:
        """Score messages, each given as its folded words; none changes another's scores."""
        sums: Floats = np.empty((len(messages), self._table.shape[1]), np.float32)
        missing = np.empty(len(messages))
        for row, words in enumerate(messages):
            places, missing[row] = self._featuriser.features(words)
            np.add.reduce(self._table.take(places, axis=0), axis=0, out=sums[row])
        present = sums[:, -1].astype(np.float64)
        whole = np.maximum(present + missing, _TINY)
        lengths = np.sqrt(whole)[:, None].astype(np.float32)
        return Worded(sums[:, :-1] / lengths + self._borders, present / whole)

    def telling(self, words: Sequence[str], owner: int) -> list[float]:
        """Return how much each word speaks for a class."""
        told = self.read([(word,) for word in words]).scores[:, owner] - self._borders[owner]
        return [float(one) for one in told]


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


def _matrix(featuriser: Featuriser, messages: Sequence[Sequence[str]]) -> Any:
    """Return a sparse matrix, a row a message with a 1 at its end (scipy's types are not public).

    The 1 lets the border be learned like any weight.
    """
    told = [featuriser.features(words) for words in messages]
    counts = np.array([len(places) for places, _ in told])
    places = np.concatenate([places for places, _ in told])
    weights = featuriser.weights[places].astype(np.float64)
    owners = np.repeat(np.arange(len(told)), counts)
    present = np.bincount(owners, weights * weights, minlength=len(told))
    whole = np.maximum(present + [missing for _, missing in told], _TINY)
    rows = sparse().csr_matrix(
        (weights / np.sqrt(whole)[owners], places, np.concatenate([[0], np.cumsum(counts)])),
        shape=(len(told), featuriser.size),
    )
    ones = sparse().csr_matrix(np.ones((len(told), 1)))
    return sparse().hstack([rows, ones], format="csr")
