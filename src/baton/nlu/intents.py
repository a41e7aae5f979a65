"""The intent classifier: words first, meaning where they leave a doubt, a calibrated confidence.

Two models see every example: one of words (`wording`), cheap, and one of meanings
(`meaning`), dear. A message whose words leave no doubt is never encoded. Confidence is
fitted on scores of examples by models that never saw them: right and wrong answers,
examples whose whole intent is taken away (questions that no intent covers), and
everyday talk about other things.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baton.core.reading import IntentScore
from baton.nlu.calibration import Doubles, logistic, sigmoid
from baton.nlu.encoder import Encoder
from baton.nlu.features import Floats
from baton.nlu.meaning import MeaningModel, spread_of
from baton.nlu.neighbours import Neighbours
from baton.nlu.wording import WordingModel

_TOLD = 3
_TAUGHT = 0.95
_SHARPNESS = 4.0
_MEANING_SHARE = 0.6
_UNCOVERED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """One taught message: its text (repaired), its folded words and its intent."""

    text: str
    words: tuple[str, ...]
    intent: str


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
class Judgement:
    """What a message may mean, best first, and how likely no intent covers it (0 to 1)."""

    intents: tuple[IntentScore, ...]
    strangeness: float

    @property
    def confidence(self) -> float:
        """The best intent's confidence, 0 when there is none."""
        return self.intents[0].confidence if self.intents else 0.0


NOTHING = Judgement((), 1.0)


class IntentModel:
    """Tells which intent a message has, and how likely that is right."""

    def __init__(
        self,
        examples: Sequence[Example],
        foreign: Sequence[Example],
        encoder: Encoder | None,
        corpus: Corpus = HAND_WRITTEN,
    ) -> None:
        self._names = tuple(dict.fromkeys(example.intent for example in examples))
        place = {name: number for number, name in enumerate(self._names)}
        owners = np.array([place[example.intent] for example in examples])
        self._taught = {example.words: place[example.intent] for example in examples}
        self._wording = WordingModel([e.words for e in examples], owners, len(self._names))
        known = np.array([self._wording.vector(e.words).known for e in examples])
        strange = [self._wording.vector(e.words) for e in foreign]
        words = _Scored(self._wording.unseen, known)
        strange_words = _Scored(
            np.stack([self._wording.scores(v) for v in strange]),
            np.array([v.known for v in strange]),
        )
        self._cheap = _Stage(words, strange_words, owners, corpus)
        self._full: _Stage | None = None
        if encoder is not None:
            meanings = encoder.corpus([e.text for e in examples])
            others = encoder.corpus([e.text for e in foreign])
            self._meaning = MeaningModel(meanings, owners, len(self._names))
            self._near = Neighbours(meanings, owners)
            self._spreads = (spread_of(words.scores), spread_of(self._meaning.unseen))
            near, near_others = self._near.unseen()
            self._full = _Stage(
                _Scored(self._joined(words.scores, self._meaning.unseen), known, near),
                _Scored(
                    self._joined(
                        strange_words.scores, np.stack([self._meaning.scores(m) for m in others])
                    ),
                    strange_words.known,
                    np.array([self._near.nearest(m) for m in others]),
                ),
                owners,
                corpus,
                near_others,
            )

    def by_words(self, words: Sequence[str]) -> Judgement:
        """Judge a message (folded words) by its words alone."""
        vector = self._wording.vector(words)
        if not vector.places.size:
            return NOTHING
        scored = _Scored(self._wording.scores(vector)[None], np.array([vector.known]))
        return self._told(words, scored, self._cheap)

    def by_meaning(self, words: Sequence[str], meaning: Floats) -> Judgement:
        """Judge a message by its words and its meaning; raises ValueError without an encoder."""
        if self._full is None:
            message = "this reader was made without an encoder"
            raise ValueError(message)
        vector = self._wording.vector(words)
        joined = self._joined(self._wording.scores(vector), self._meaning.scores(meaning))
        scored = _Scored(
            joined[None], np.array([vector.known]), np.array([self._near.nearest(meaning)])
        )
        return self._told(words, scored, self._full)

    def _joined(self, words: Floats, meaning: Floats) -> Floats:
        of_words, of_meaning = self._spreads
        joined: Floats = (1 - _MEANING_SHARE) * words / np.float32(of_words)
        joined += _MEANING_SHARE * meaning / np.float32(of_meaning)
        return joined

    def _told(self, words: Sequence[str], scored: "_Scored", stage: "_Stage") -> Judgement:
        """Return the best intents; the others get their share of the best one's doubt."""
        scores = scored.scores[0]
        confidence, strangeness = stage.judge(scored)
        taught = self._taught.get(tuple(words))
        if taught is not None:  # the very words of an example leave no doubt
            scores[taught] = scores.max() + 1.0
            confidence, strangeness = max(confidence, _TAUGHT), 0.0
        count = min(_TOLD, len(self._names))
        places = np.argpartition(-scores, count - 1)[:count]
        places = places[np.argsort(-scores[places], kind="stable")]
        shares = np.exp(_SHARPNESS * (scores[places] - scores[places[0]]) / stage.spread)
        left = min(confidence, 1.0 - confidence)
        return Judgement(
            tuple(
                IntentScore(
                    name=self._names[place],
                    confidence=round(confidence if n == 0 else left * share, 4),
                )
                for n, (place, share) in enumerate(zip(places, shares.tolist(), strict=True))
            ),
            round(strangeness, 4),
        )


@dataclass(frozen=True, slots=True)
class _Scored:
    """Messages' scores a row, the known share of their words, and how near an example is."""

    scores: Floats
    known: NDArray[np.float64]
    near: Floats | None = None

    def evidence(self) -> Doubles:
        """Return what confidence is judged by, a row a message."""
        ordered = np.partition(self.scores, -2, axis=1)
        top = ordered[:, -1]
        columns: list[NDArray[Any]] = [np.ones(len(top)), top, top - ordered[:, -2], self.known]
        if self.near is not None:
            columns.append(self.near)
        return np.column_stack(columns).astype(np.float64)


class _Stage:
    """One way of scoring, calibrated on examples and on talk that no intent covers."""

    def __init__(
        self,
        examples: _Scored,
        foreign: _Scored,
        owners: NDArray[np.intp],
        corpus: Corpus,
        near_others: Floats | None = None,
    ) -> None:
        covered = examples.evidence()
        # The same examples as if nobody had thought of their intent.
        without = examples.scores.copy()
        without[np.arange(len(owners)), owners] = without.min() - 1.0
        uncovered = _Scored(without, examples.known, near_others).evidence()
        others = foreign.evidence()
        right = examples.scores.argmax(axis=1) == owners
        self.spread = spread_of(examples.scores)
        self._confidence = logistic(
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
        # How unlike the examples a message is: the sum of how far each sign lies from theirs.
        signs = _signs(covered)
        self._usual = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-6)
        unlike = np.concatenate([self._unlike(rows) for rows in (covered, uncovered, others)])
        self._strangeness = logistic(
            np.column_stack([np.ones(len(unlike)), unlike]),
            np.concatenate([np.zeros(len(covered)), np.ones(len(uncovered) + len(others))]),
            np.concatenate(
                [
                    np.ones(len(covered)),
                    np.full(len(uncovered), _UNCOVERED_SHARE),
                    np.full(len(others), corpus.foreign * len(covered) / max(1, len(others))),
                ]
            ),
        )

    def judge(self, scored: _Scored) -> tuple[float, float]:
        """Return the confidence in the best intent, and how likely no intent covers it."""
        evidence = scored.evidence()
        unlike = np.array([1.0, self._unlike(evidence)[0]])
        return (
            float(sigmoid(evidence @ self._confidence)[0]),
            float(sigmoid(unlike @ self._strangeness)),
        )

    def _unlike(self, evidence: Doubles) -> Doubles:
        mean, spread = self._usual
        unlike: Doubles = ((mean - _signs(evidence)) / spread).sum(axis=1)
        return unlike


def _signs(evidence: Doubles) -> Doubles:
    """Return the columns that tell a stranger: the top score, known words, the nearest example."""
    return np.delete(evidence, (0, 2), axis=1)
