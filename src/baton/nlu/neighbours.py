"""How near a message is to anything taught: the cosine with its nearest examples."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import WIDTH, Floats, Meanings
from baton.nlu.meaning import Meaning

_MOST = 4_000  # examples kept to compare with; more would cost every message
_CHUNK = 1_000


class Neighbours:
    """The examples' meanings (their last layer), evenly thinned when they are many."""

    def __init__(self, examples: Floats, few: int) -> None:
        """Take the meanings to compare with, a row each, of unit length, and how many count."""
        self._examples, self._few = examples, few

    @classmethod
    def taught(
        cls, meanings: Meanings, owners: NDArray[np.intp], few: int
    ) -> tuple[Self, Floats, Floats]:
        """Keep the examples, and return how near each lies to the nearest few others.

        The second row of numbers is its nearest of other owners.
        """
        kept = np.arange(0, len(meanings), -(-len(meanings) // _MOST))
        last = last_layers(meanings)
        examples = np.ascontiguousarray(last[kept])
        near: Floats = np.empty(len(last), np.float32)
        others: Floats = np.empty(len(last), np.float32)
        for start in range(0, len(last), _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, len(last)))
            likeness = last[rows] @ examples.T
            likeness[rows[:, None] == kept[None, :]] = -1.0
            near[rows] = _mean_of_largest(likeness, few)
            likeness[owners[rows][:, None] == owners[kept][None, :]] = -1.0
            others[rows] = _mean_of_largest(likeness, few)
        return cls(examples, few), near, others

    def nearest(self, meaning: Meaning) -> float:
        """Return the mean cosine with the nearest few examples, -1 to 1."""
        likeness = self._examples @ meaning.numbers[-WIDTH:]
        return float(_mean_of_largest(likeness[None], self._few)[0])


def _mean_of_largest(likeness: Floats, few: int) -> Floats:
    few = min(few, likeness.shape[1])
    found: Floats = np.partition(likeness, -few, axis=1)[:, -few:].mean(axis=1)
    return found


def last_layers(meanings: Meanings) -> Floats:
    """Return the last layer of each meaning, of unit length."""
    last = meanings[:, -WIDTH:].astype(np.float32)
    unit: Floats = last / np.maximum(np.linalg.norm(last, axis=1, keepdims=True), 1e-9)
    return unit
