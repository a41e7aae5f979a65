"""The intent classifier: kernel ridge over a pack's examples, with a calibrated confidence.

The examples are few (a dozen an intent), so the classifier keeps them all: a message's
cosine with each of them gives both the scores (a ridge regression solved in closed
form) and how near the message is to anything known. Leaving one example out has a
closed form too, so the confidence is fitted on messages that the model has not seen:
right and wrong answers within the pack, examples whose whole intent is taken away
(questions that no intent covers), and everyday talk about other things.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton.core.reading import IntentScore
from baton.nlu.features import Featuriser, Floats, Vector

_RIDGE = 0.7
_TOLD = 3
_TAUGHT = 0.95
_SHARPNESS = 9.0
_STEPS = 40
_PULL = 1e-2
# Examples are collected to differ, so leaving one out is far harder than a day's messages:
# half of them come out wrong where a tenth of unseen questions do. Their errors are
# weighed down to that share, or every confidence would be too low.
_WRONG_WEIGHT = 0.12
_UNCOVERED_WEIGHT = 0.05
_FOREIGN_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """One taught message: its folded words and its intent."""

    words: tuple[str, ...]
    intent: str


class IntentModel:
    """Tells which intent a message has, and how likely that is right."""

    def __init__(self, examples: Sequence[Example], foreign: Sequence[tuple[str, ...]]) -> None:
        self._names = tuple(dict.fromkeys(example.intent for example in examples))
        self._featuriser = Featuriser([example.words for example in examples])
        vectors = [self._featuriser.vector(example.words) for example in examples]
        # A column an example: a message's cosines are a sum of few rows.
        self._examples: Floats = np.zeros((self._featuriser.size, len(examples)), np.float32)
        for column, vector in enumerate(vectors):
            self._examples[vector.places, column] = vector.weights
        place = {name: number for number, name in enumerate(self._names)}
        self._owners = np.array([place[example.intent] for example in examples])
        # Examples of one intent stand together, so the nearest of each is one reduction.
        self._borders = np.flatnonzero(np.diff(self._owners, prepend=-1))
        self._model: Floats = np.zeros((len(examples), len(self._names)), np.float32)
        self._calibration: NDArray[np.float64] = np.zeros(1)
        self._train(vectors, foreign)
        self._taught = {example.words: place[example.intent] for example in examples}

    def scores(self, messages: Sequence[Sequence[str]]) -> list[tuple[IntentScore, ...]]:
        """Return the likeliest intents of each message (folded words), best first."""
        vectors = [self._featuriser.vector(words) for words in messages]
        likeness = self._likeness(vectors)
        scores: Floats = np.empty((len(messages), len(self._names)), np.float32)
        for row in range(len(messages)):
            # Row by row: a product of whole batches rounds differently by the batch's size.
            np.dot(likeness[row], self._model, out=scores[row])
        confidence = _sigmoid(self._evidence(scores, likeness, vectors) @ self._calibration)
        for row, words in enumerate(messages):
            taught = self._taught.get(tuple(words))
            if taught is not None:  # the very words of an example leave no doubt
                scores[row, taught] = scores[row].max() + 1.0
                confidence[row] = max(confidence[row], _TAUGHT)
        told = min(_TOLD, len(self._names))
        order = np.argpartition(-scores, told - 1, axis=1)[:, :told]
        return [
            self._told(scores[row], order[row], float(confidence[row]))
            if vector.places.size
            else ()
            for row, vector in enumerate(vectors)
        ]

    def _told(
        self, scores: Floats, places: NDArray[np.intp], confidence: float
    ) -> tuple[IntentScore, ...]:
        """Return the best intents; the others get their share of the best one's confidence."""
        places = places[np.argsort(-scores[places], kind="stable")]
        shares = np.exp(_SHARPNESS * (scores[places] - scores[places[0]]))
        left = min(confidence, 1.0 - confidence)
        return tuple(
            IntentScore(
                name=self._names[place], confidence=round(confidence if n == 0 else left * share, 4)
            )
            for n, (place, share) in enumerate(zip(places, shares.tolist(), strict=True))
        )

    def _likeness(self, vectors: Sequence[Vector]) -> Floats:
        likeness: Floats = np.empty((len(vectors), self._examples.shape[1]), np.float32)
        for row, vector in enumerate(vectors):
            np.dot(vector.weights, self._examples[vector.places], out=likeness[row])
        return likeness

    def _evidence(
        self, scores: Floats, likeness: Floats, vectors: Sequence[Vector]
    ) -> NDArray[np.float64]:
        """Return what the confidence is judged by, a row a message."""
        nearest = np.maximum.reduceat(likeness, self._borders, axis=1)
        best = scores.argmax(axis=1)
        rows = np.arange(len(scores))
        top = scores[rows, best]
        second = np.partition(scores, -2, axis=1)[:, -2]
        own = nearest[rows, best]
        known = np.array([vector.known for vector in vectors])
        return np.column_stack(
            [np.ones(len(scores)), top, top - second, own, nearest.max(axis=1), known]
        ).astype(np.float64)

    def _train(self, vectors: Sequence[Vector], foreign: Sequence[tuple[str, ...]]) -> None:
        kernel = self._likeness(vectors).astype(np.float64)
        targets = np.eye(len(self._names))[self._owners]
        inverse = np.linalg.inv(kernel + _RIDGE * np.eye(len(kernel)))
        weights = inverse @ targets
        self._model = weights.astype(np.float32)
        # Each example's scores by a model that never saw it (ridge's closed form).
        unseen = (targets - weights / np.diag(inverse)[:, None]).astype(np.float32)
        apart = kernel.astype(np.float32)
        np.fill_diagonal(apart, 0.0)
        own = unseen.argmax(axis=1) == self._owners
        covered = self._evidence(unseen, apart, vectors)
        uncovered = self._evidence(*self._without_own_intent(unseen, apart), vectors)
        others = [self._featuriser.vector(words) for words in foreign]
        strange = self._likeness(others)
        foreign_evidence = self._evidence(strange @ self._model, strange, others)
        self._calibration = _logistic(
            np.vstack([covered, uncovered, foreign_evidence]),
            np.concatenate([own, np.zeros(len(own)), np.zeros(len(others))]),
            np.concatenate(
                [
                    np.where(own, 1.0, _WRONG_WEIGHT),
                    np.full(len(own), _UNCOVERED_WEIGHT),
                    np.full(len(others), _FOREIGN_WEIGHT),
                ]
            ),
        )

    def _without_own_intent(self, unseen: Floats, apart: Floats) -> tuple[Floats, Floats]:
        """Return the same examples as if nobody had thought of their intent."""
        scores, likeness = unseen.copy(), apart.copy()
        scores[np.arange(len(scores)), self._owners] = -1.0
        likeness[self._owners[:, None] == self._owners[None, :]] = 0.0
        return scores, likeness


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))


def _logistic(
    evidence: NDArray[np.float64], outcomes: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit a weighted logistic regression by Newton's method; the same numbers every time."""
    answer = np.zeros(evidence.shape[1])
    pull = _PULL * np.eye(len(answer))
    for _ in range(_STEPS):
        chances = _sigmoid(evidence @ answer)
        slope = evidence.T @ (weights * (outcomes - chances)) - pull @ answer
        curve = (evidence * (weights * chances * (1 - chances))[:, None]).T @ evidence + pull
        step = np.linalg.solve(curve, slope)
        answer += step
        if np.abs(step).max() < _PULL * _PULL:
            break
    return answer
