"""Hears hard stops however they are worded, learned from messages for and against each kind.

Word rules (`core.stop_rules`) find about half of what people write; this model knows
the rest by likeness. It only tells how sure it is: what stops is decided in the core.
"""

from collections.abc import Sequence
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
from baton.nlu.wording import WordingModel

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
        self._wording, words = WordingModel.taught(
            [e.words for e in lessons], owners, len(self._kinds)
        )
        self._cheap = _Judge(words, owners)
        self._meaning: MeaningModel | None = None
        if encoder is not None:
            meanings = encoder.corpus([lesson.text for lesson in lessons])
            self._meaning, unseen = MeaningModel.taught(
                meanings, owners, len(self._kinds), kernel=BROAD
            )
            self._nearness, signs = Nearness.taught(meanings, owners > 0)
            self._full = _Judge(words, owners, unseen, signs)

    def by_words(self, words: Sequence[str]) -> Heard:
        """Judge a stretch by its words alone."""
        scores = self._wording.scores(self._wording.vector(words))
        return self._told(self._cheap.judge(scores))

    def by_meaning(self, words: Sequence[str], meaning: Meaning) -> Heard:
        """Judge a stretch by its words and its meaning; by words alone without an encoder."""
        if self._meaning is None:
            return self.by_words(words)
        scores = self._wording.scores(self._wording.vector(words))
        signs = self._meaning.scores(meaning), self._nearness.signs(meaning)
        return self._told(self._full.judge(scores, *signs))

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

    def _told(self, judged: tuple[float, list[float]]) -> Heard:
        stops, kinds = judged
        ranked = sorted(zip(self._kinds[1:], kinds, strict=True), key=lambda one: -one[1])
        return Heard(stops, tuple((kind, stops * share) for kind, share in ranked))


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
    ) -> tuple[float, list[float]]:
        """Return how likely one message is any stop, and each kind's share of that."""
        rows = [None if part is None else part[None] for part in (meaning, nearness)]
        evidence = _evidence(words[None], *rows)
        shared = words if meaning is None else words + meaning * self._meaning_scale
        shares = np.exp(3.0 * (shared[1:] - shared[1:].max()) / self._scale)
        return float(sigmoid(evidence @ self._any)[0]), (shares / shares.sum()).tolist()


def _evidence(words: Floats, meaning: Floats | None, nearness: Floats | None) -> Doubles:
    """Return the signs of a stop, a row a message.

    They are the harmless class's scores against the likeliest stop's, and the nearness.
    """
    columns = [np.ones(len(words)), words[:, 0], words[:, 1:].max(axis=1)]
    if meaning is not None:
        columns += [meaning[:, 0], meaning[:, 1:].max(axis=1)]
    if nearness is not None:
        columns += list(nearness.T)
    return np.column_stack(columns).astype(np.float64)


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
