"""The intent classifier: words first, meaning where they leave a doubt, a calibrated confidence.

Two models see every example: one of words (`wording`), cheap, and one of meanings
(`likeness`), dear. A message whose words leave no doubt is never encoded. How likely the
answer is right is fitted in `doubt`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from baton.core.reading import IntentScore
from baton.nlu.doubt import HAND_WRITTEN, Corpus, Scored, Stage
from baton.nlu.encoder import Encoder, Meanings
from baton.nlu.features import Floats
from baton.nlu.likeness import FEW, ByExamples, ByFeatures, Likeness, Unseen
from baton.nlu.meaning import Meaning, spread_of
from baton.nlu.wording import Counted, Worded, WordingModel

_TOLD = 3
_TAUGHT = 0.95
_SHARPNESS = 4.0


@dataclass(frozen=True, slots=True)
class Example:
    """One taught message: its text (repaired), its folded words and its intent."""

    text: str
    words: tuple[str, ...]
    intent: str


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
        self._wording, unseen = WordingModel.taught(
            Counted.of([e.words for e in examples]), owners, len(self._names)
        )
        words = Scored(unseen, self._wording.read([e.words for e in examples]).known)
        others = self._wording.read([e.words for e in foreign])
        strange = Scored(others.scores, others.known)
        self._cheap = Stage(words, strange, owners, corpus)
        self._likeness: Likeness | None = None
        if encoder is not None:
            told = [e.text for e in (*examples, *foreign)]
            names = [name.replace("_", " ") for name in self._names]
            meanings = encoder.corpus([*told, *names])
            count = len(examples)
            self._likeness, kept = _likeness(meanings[:count], owners, meanings[len(told) :])
            share = self._likeness.share
            self._shares = (
                np.float32((1 - share) / spread_of(unseen)),
                np.float32(share / spread_of(kept.scores)),
            )
            scores, near = self._compared(
                [Meaning(row.astype(np.float32)) for row in meanings[count : len(told)]]
            )
            self._full = Stage(
                replace(words, scores=self._joined(unseen, kept.scores), near=kept.near),
                replace(
                    strange,
                    scores=self._joined(strange.scores, scores),
                    near=near,
                ),
                owners,
                corpus,
                kept.near_others,
            )

    def worded(self, messages: Sequence[Sequence[str]]) -> Worded:
        """Return what the words of messages (folded) tell, to judge them by."""
        return self._wording.read(messages)

    def by_words(self, messages: Sequence[Sequence[str]], worded: Worded) -> list[Judgement]:
        """Judge messages (folded words) by their words alone."""
        told = self._told(messages, Scored(worded.scores, worded.known), self._cheap)
        return [one if known else NOTHING for one, known in zip(told, worded.known, strict=True)]

    def by_meaning(
        self, messages: Sequence[Sequence[str]], worded: Worded, meanings: Sequence[Meaning]
    ) -> list[Judgement]:
        """Judge messages by words and meanings; raises ValueError without an encoder."""
        scores, near = self._compared(meanings)
        joined = Scored(self._joined(worded.scores, scores), worded.known, near)
        return self._told(messages, joined, self._full)

    def _compared(self, meanings: Sequence[Meaning]) -> tuple[Floats, Floats]:
        """Return the meanings' scores, a row each, and how near an example lies to each."""
        if self._likeness is None:
            message = "this reader was made without an encoder"
            raise ValueError(message)
        told = [self._likeness.tell(meaning) for meaning in meanings]
        scores: Floats = np.array([one for one, _ in told], np.float32)
        return scores, np.array([near for _, near in told], np.float32)

    def _joined(self, words: Floats, meaning: Floats) -> Floats:
        of_words, of_meaning = self._shares
        joined: Floats = of_words * words + of_meaning * meaning
        return joined

    def _told(
        self, messages: Sequence[Sequence[str]], scored: Scored, stage: Stage
    ) -> list[Judgement]:
        """Return the best intents; the others get their share of the best one's doubt."""
        judged, sharpness = stage.judge(scored).tolist(), _SHARPNESS / stage.spread
        return [
            self._judgement(words, scores, sharpness, *row)
            for words, scores, row in zip(messages, scored.scores, judged, strict=True)
        ]

    def _judgement(
        self,
        words: Sequence[str],
        scores: Floats,
        sharpness: float,
        sure: float,
        strangeness: float,
    ) -> Judgement:
        taught = self._taught.get(tuple(words))
        if taught is not None:  # the very words of an example leave no doubt
            scores = scores.copy()
            scores[taught] = scores.max() + 1.0
            sure, strangeness = max(sure, _TAUGHT), 0.0
        places = np.argsort(-scores, kind="stable")[:_TOLD].tolist()
        best, *others = scores[places].tolist()
        doubt = min(sure, 1.0 - sure)
        shares = (sure, *(doubt * math.exp(sharpness * (other - best)) for other in others))
        intents = (
            IntentScore(name=self._names[place], confidence=round(share, 4))
            for place, share in zip(places, shares, strict=True)
        )
        return Judgement(tuple(intents), round(strangeness, 4))


def _likeness(
    meanings: Meanings, owners: NDArray[np.intp], names: Meanings
) -> tuple[Likeness, Unseen]:
    """Compare with each example where they are few, learn features where they are many."""
    if len(meanings) <= FEW:
        return ByExamples.taught(meanings, owners, names)
    return ByFeatures.taught(meanings, owners, len(names))
