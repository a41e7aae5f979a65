"""Hears hard stops however they are worded, learned from messages for and against each kind.

Word rules (`core.stop_rules`) find about half of what people write; this model knows
the rest by likeness. It only tells how sure it is: what stops is decided in the core.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton.core.reading import Alarm
from baton.nlu.calibration import Doubles, logistic, sigmoid
from baton.nlu.encoder import Encoder
from baton.nlu.features import Floats
from baton.nlu.meaning import BROAD, Meaning, MeaningModel
from baton.nlu.nearness import Nearness
from baton.nlu.text import Token
from baton.nlu.wording import Counted, Worded, WordingModel

_HARMLESS = ""


@dataclass(frozen=True, slots=True)
class StopLesson:
    """A taught message: its text (repaired), its folded words, its kind ("" for none)."""

    text: str
    words: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Heard:
    """How likely a stretch is any hard stop, and which kinds are likeliest, best first."""

    any_stop: float
    kinds: tuple[tuple[str, float], ...]


SILENCE = Heard(0.0, ())


class StopModel:
    """Tells how likely a message is a hard stop, and of which kind."""

    def __init__(self, lessons: Sequence[StopLesson], encoder: Encoder | None) -> None:
        self._kinds = (_HARMLESS, *sorted({lesson.kind for lesson in lessons} - {_HARMLESS}))
        owners = np.array([self._kinds.index(lesson.kind) for lesson in lessons])
        counted = Counted.of([lesson.words for lesson in lessons])
        self._meaning: MeaningModel | None = None
        if encoder is None:
            self._taught_words(counted, owners)
            return
        with ThreadPoolExecutor(1) as beside:
            encoding = beside.submit(encoder.corpus, [lesson.text for lesson in lessons])
            words = self._taught_words(counted, owners)
        meanings = encoding.result()
        self._meaning, unseen = MeaningModel.taught(
            meanings, owners, len(self._kinds), kernel=BROAD
        )
        self._nearness, signs = Nearness.taught(meanings, owners > 0)
        self._full = _Judge(words, owners, unseen, signs)

    def _taught_words(self, counted: Counted, owners: NDArray[np.intp]) -> Floats:
        """Learn the words, and return each lesson's scores by a model that never saw it."""
        self._wording, words = WordingModel.taught(counted, owners, len(self._kinds))
        self._cheap = _Judge(words, owners)
        return words

    def worded(self, stretches: Sequence[Sequence[str]]) -> Worded:
        """Return what the words of stretches (folded) tell, to judge them by."""
        return self._wording.read(stretches)

    def by_words(self, worded: Worded) -> list[Heard]:
        """Judge stretches by their words alone."""
        return self._told(*self._cheap.judge(worded.scores))

    def by_meaning(self, worded: Worded, meanings: Sequence[Meaning]) -> list[Heard]:
        """Judge stretches by words and meanings; by words alone without an encoder."""
        if self._meaning is None:
            return self.by_words(worded)
        scores = np.array([self._meaning.scores(one) for one in meanings])
        signs = np.array([self._nearness.signs(one) for one in meanings])
        return self._told(*self._full.judge(worded.scores, scores, signs))

    def alarm(self, kind: str, confidence: float, found: Sequence[Token]) -> Alarm:
        """Return an alarm over the words of a stretch that speak most for its kind."""
        telling = self._wording.telling([token.word for token in found], self._kinds.index(kind))
        first, last = _densest(telling)
        return Alarm(
            kind=kind,
            confidence=round(confidence, 4),
            start=found[first].start,
            end=found[last].end,
        )

    def _told(self, stops: Doubles, shares: Doubles) -> list[Heard]:
        """Return what was judged, a row each: how likely any stop is, and each kind's share."""
        kinds = (shares * stops[:, None]).tolist()
        ranked = (sorted(zip(self._kinds[1:], one, strict=True), key=_surest) for one in kinds)
        return [Heard(*row) for row in zip(stops.tolist(), map(tuple, ranked), strict=True)]


class _Judge:
    """Joins the scores of words and meanings into likelihoods, fitted on unseen scores."""

    def __init__(
        self,
        words: Floats,
        owners: NDArray[np.intp],
        meaning: Floats | None = None,
        nearness: Floats | None = None,
    ) -> None:
        evidence = _evidence(words, meaning, nearness)
        self._any = logistic(evidence, (owners > 0).astype(float), np.ones(len(owners)))
        shared = words if meaning is None else words + meaning * (words.std() / meaning.std())
        self._scale = float(shared.std()) or 1.0
        self._meaning_scale = 0.0 if meaning is None else float(words.std() / meaning.std())

    def judge(
        self, words: Floats, meaning: Floats | None = None, nearness: Floats | None = None
    ) -> tuple[Doubles, Doubles]:
        """Return how likely each message is any stop, and each kind's share of that."""
        shared = words if meaning is None else words + meaning * self._meaning_scale
        kinds = shared[:, 1:]
        shares = np.exp(3.0 * (kinds - kinds.max(axis=1, keepdims=True)) / self._scale)
        stops = sigmoid(_evidence(words, meaning, nearness) @ self._any)
        return stops, shares / shares.sum(axis=1, keepdims=True)


def _evidence(words: Floats, meaning: Floats | None, nearness: Floats | None) -> Doubles:
    """Return the signs of a stop, a row a message.

    They are the harmless class's scores against the likeliest stop's, and the nearness.
    """
    told = [words] if meaning is None else [words, meaning]
    sides = [side for scores in told for side in (scores[:, 0], scores[:, 1:].max(axis=1))]
    found = np.ones((len(words), 1 + len(sides) + (0 if nearness is None else nearness.shape[1])))
    for place, side in enumerate(sides, 1):
        found[:, place] = side
    if nearness is not None:
        found[:, 1 + len(sides) :] = nearness
    return found


def _surest(told: tuple[str, float]) -> float:
    return -told[1]


def _densest(telling: Sequence[float]) -> tuple[int, int]:
    """Return the first and last place of the stretch that says most, round its loudest word."""
    best = max(range(len(telling)), key=telling.__getitem__)
    first = last = best
    total = most = telling[best]
    for place in range(best + 1, len(telling)):
        total += telling[place]
        if total > most:
            most, last = total, place
    total = most
    for place in range(best - 1, -1, -1):
        total += telling[place]
        if total > most:
            most, first = total, place
    return first, last
