"""What a message's meaning says of intents: a score each, and how near anything taught lies.

Few examples are compared with one by one: the kernel is exact, the last layer alone
tells most, and an intent's own name counts as one more example. Many are learned
through features, at a cost that does not grow with them.
"""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import WIDTH, Floats, Meanings
from baton.nlu.meaning import Kernel, Meaning, MeaningModel, centred_targets, spread_of
from baton.nlu.neighbours import Neighbours, last_layers

FEW = 2_000
"""Up to so many examples, comparing with each costs a message less than features do."""

_SHARPNESS = 1.0  # of the kernel: exp(-sharpness * squared distance)
_RIDGE = 0.1
# So many nearest examples count where there are thousands: one of them may be an odd one.
_NEAR = 5
# The last layer tells intents apart best; the two before it steady what it says.
_MANY = Kernel(directions=2_304, sharpness=1.0, layers=(0.6, 0.6, 1.0))
# Beside it straight borders, which err elsewhere: a share of what meanings say.
_STRAIGHT = Kernel(directions=0, sharpness=0.5, layers=(1.0, 1.0, 1.0))
_STRAIGHT_SHARE = 0.4
_STRAIGHT_RIDGE = 0.03


@dataclass(frozen=True, slots=True)
class Unseen:
    """What each example would have been told had it not been taught, a row an example."""

    scores: Floats
    near: Floats
    near_others: Floats
    """The nearest example of another intent."""


class Likeness(Protocol):
    """Tells a meaning's scores by intent, and its cosine with the nearest example (-1 to 1)."""

    share: float
    """How much the scores count beside those of words, 0 to 1."""

    def tell(self, meaning: Meaning) -> tuple[Floats, float]:
        """Return the scores, a number an intent, and the nearest example's cosine."""
        ...


class ByExamples:
    """Ridge regression over the examples themselves, for few of them."""

    share = 0.8

    def __init__(self, taught: Floats, shares: Floats, examples: int) -> None:
        """Take what `taught` worked out: the examples first, then the names."""
        self._taught, self._shares, self._examples = taught, shares, examples

    @classmethod
    def taught(
        cls, meanings: Meanings, owners: NDArray[np.intp], names: Meanings
    ) -> tuple[Self, Unseen]:
        """Learn from examples and from the meaning of each intent's name."""
        count, classes = len(meanings), len(names)
        known = last_layers(np.concatenate([meanings, names]))
        targets = centred_targets(np.concatenate([owners, np.arange(classes)]), classes)
        kernel = _kernel(known @ known.T)
        kernel[np.diag_indices(len(known))] += _RIDGE
        inverse: Floats = np.linalg.inv(kernel)
        shares: Floats = inverse @ targets
        scores: Floats = (targets - shares / np.diag(inverse)[:, None])[:count]
        _, near, near_others = Neighbours.taught(meanings, owners, few=1)
        return cls(known, shares, count), Unseen(scores, near, near_others)

    def tell(self, meaning: Meaning) -> tuple[Floats, float]:
        """Return the scores, a number an intent, and the nearest example's cosine."""
        likeness = self._taught @ meaning.numbers[-WIDTH:]
        scores: Floats = _kernel(likeness) @ self._shares
        return scores, float(likeness[: self._examples].max())


class ByFeatures:
    """Regression over features, and the nearest of a thinned set, for many examples."""

    share = 0.7

    def __init__(
        self, model: MeaningModel, straight: MeaningModel, weight: float, neighbours: Neighbours
    ) -> None:
        """Take what `taught` worked out; `weight` is what the straight borders' scores count."""
        self._model, self._straight, self._weight = model, straight, np.float32(weight)
        self._neighbours = neighbours

    @classmethod
    def taught(
        cls, meanings: Meanings, owners: NDArray[np.intp], classes: int
    ) -> tuple[Self, Unseen]:
        """Learn from examples."""
        model, scores = MeaningModel.taught_closely(
            meanings, owners, classes, kernel=_MANY, ridge=_RIDGE
        )
        straight, told = MeaningModel.taught_closely(
            meanings, owners, classes, kernel=_STRAIGHT, ridge=_STRAIGHT_RIDGE
        )
        weight = _STRAIGHT_SHARE / (1 - _STRAIGHT_SHARE) * spread_of(scores) / spread_of(told)
        scores += np.float32(weight) * told
        neighbours, near, near_others = Neighbours.taught(meanings, owners, few=_NEAR)
        return cls(model, straight, weight, neighbours), Unseen(scores, near, near_others)

    def tell(self, meaning: Meaning) -> tuple[Floats, float]:
        """Return the scores, a number an intent, and the nearest example's cosine."""
        scores = self._model.scores(meaning) + self._weight * self._straight.scores(meaning)
        return scores, self._neighbours.nearest(meaning)


def _kernel(likeness: Floats) -> Floats:
    """Return the Gaussian kernel of vectors of unit length, told by their cosines."""
    kernel: Floats = np.exp(np.float32(2 * _SHARPNESS) * (likeness - np.float32(1)))
    return kernel
