"""How likely the best intent is right, and how likely no intent covers a message.

Both are fitted on scores of examples by models that never saw them: right and wrong
answers, examples whose whole intent is taken away (questions that no intent covers),
and everyday talk about other things.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton.nlu.calibration import Doubles, logistic, sigmoid
from baton.nlu.encoder import Floats
from baton.nlu.meaning import spread_of

_UNCOVERED_SHARE = 0.1
_TOP, _NEAR = 1, 4  # columns of the evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What the examples are, so that their mistakes can be weighed.

    Examples written by hand are collected to differ: left out, half of them come out
    wrong where a tenth of a day's messages do, and every confidence would be too low if
    they counted in full. Examples taken from traffic count as they are.
    """

    wrong: float
    uncovered: float
    foreign: float


HAND_WRITTEN = Corpus(wrong=0.12, uncovered=0.05, foreign=1.0)
TRAFFIC = Corpus(wrong=1.0, uncovered=0.0, foreign=0.0)


@dataclass(frozen=True, slots=True)
class Scored:
    """Messages' scores a row, and what is known of each beside them.

    `known` is the share of its words, by weight, that examples hold; `near` the cosine with
    the nearest example, where meanings are compared.
    """

    scores: Floats
    known: NDArray[np.float64]
    near: Floats | None = None

    def evidence(self) -> Doubles:
        """Return what is judged by, a row a message."""
        ordered = np.partition(self.scores, -2, axis=1)
        found = np.ones((len(ordered), 4 if self.near is None else 5))
        found[:, _TOP] = ordered[:, -1]
        found[:, 2] = ordered[:, -1] - ordered[:, -2]
        found[:, 3] = self.known
        if self.near is not None:
            found[:, _NEAR] = self.near
        return found


class Stage:
    """One way of scoring, calibrated on examples and on talk that no intent covers."""

    def __init__(
        self,
        examples: Scored,
        foreign: Scored,
        owners: NDArray[np.intp],
        corpus: Corpus,
        near_others: Floats | None = None,
    ) -> None:
        """Calibrate; all scores are of models that never saw the message."""
        covered = examples.evidence()
        # The same examples as if nobody had thought of their intent.
        without = examples.scores.copy()
        without[np.arange(len(owners)), owners] = without.min() - 1.0
        uncovered = Scored(without, examples.known, near_others).evidence()
        others = foreign.evidence()
        right = examples.scores.argmax(axis=1) == owners
        self.spread = spread_of(examples.scores)
        confidence = logistic(
            np.vstack([covered, uncovered, others]),
            np.concatenate([right, np.zeros(len(uncovered) + len(others))]),
            np.concatenate(
                [
                    np.where(right, 1.0, corpus.wrong),
                    np.full(len(uncovered), corpus.uncovered),
                    np.full(len(others), corpus.foreign),
                ]
            ),
        )
        strangeness = _strangeness(covered, uncovered, others, corpus)
        self._weights = np.column_stack([confidence, strangeness])

    def judge(self, messages: Scored) -> Doubles:
        """Return the confidence in the best intent and how likely none covers it, a row each."""
        return sigmoid(messages.evidence() @ self._weights)


def _strangeness(covered: Doubles, uncovered: Doubles, others: Doubles, corpus: Corpus) -> Doubles:
    """Return the weights of the evidence that tell a stranger from an example.

    How far the top score and the nearest example lie below those of the examples, in
    spreads, is added up. Only the scale of the sum is fitted: a fit of each sign learned
    the foreign talk at hand and refused less of other talk.
    """
    signs = [column for column in (_TOP, _NEAR) if column < covered.shape[1]]
    unlike = np.zeros(covered.shape[1])
    unlike[signs] = -1.0 / np.maximum(covered[:, signs].std(axis=0), 1e-6)
    unlike[0] = -(covered.mean(axis=0)[signs] @ unlike[signs])
    sums = np.vstack([covered, uncovered, others]) @ unlike
    offset, scale = logistic(
        np.column_stack([np.ones(len(sums)), sums]),
        np.concatenate([np.zeros(len(covered)), np.ones(len(uncovered) + len(others))]),
        np.concatenate(
            [
                np.ones(len(covered)),
                np.full(len(uncovered), _UNCOVERED_SHARE),
                np.full(len(others), corpus.foreign * len(covered) / max(1, len(others))),
            ]
        ),
    )
    weights: Doubles = scale * unlike
    weights[0] += offset
    return weights
