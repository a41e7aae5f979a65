"""How near a message is to anything taught: the cosine with the nearest example."""

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import WIDTH, Floats

_MOST = 4_000  # examples kept to compare with; more would cost every message
_CHUNK = 1_000


class Neighbours:
    """The examples' meanings (their last layer), evenly thinned when they are many."""

    def __init__(self, meanings: Floats, owners: NDArray[np.intp]) -> None:
        step = -(-len(meanings) // _MOST)
        self._kept = np.arange(0, len(meanings), step)
        self._all = _unit(meanings)
        self._examples: Floats = np.ascontiguousarray(self._all[self._kept])
        self._owners = owners

    def nearest(self, meaning: Floats) -> float:
        """Return the cosine with the nearest example, -1 to 1."""
        return float((self._examples @ _unit(meaning[None])[0]).max())

    def unseen(self) -> tuple[Floats, Floats]:
        """Return for each example its nearest other, and its nearest of other owners.

        To be asked once: the examples that are not kept are let go after it.
        """
        near: Floats = np.empty(len(self._all), np.float32)
        others: Floats = np.empty(len(self._all), np.float32)
        for start in range(0, len(self._all), _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, len(self._all)))
            likeness = self._all[rows] @ self._examples.T
            likeness[rows[:, None] == self._kept[None, :]] = -1.0
            near[rows] = likeness.max(axis=1)
            likeness[self._owners[rows][:, None] == self._owners[self._kept][None, :]] = -1.0
            others[rows] = likeness.max(axis=1)
        self._all = self._examples
        return near, others


def _unit(meanings: Floats) -> Floats:
    last = meanings[:, -WIDTH:]
    unit: Floats = last / np.maximum(np.linalg.norm(last, axis=1, keepdims=True), 1e-9)
    return unit
