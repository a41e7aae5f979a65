"""The intent classifier: words first, meaning where they leave a doubt, a calibrated confidence.

Two models see every example: one of words (`wording`), cheap, and one of meanings
(`likeness`), dear. A message whose words leave no doubt is never encoded. How likely the
answer is right is fitted in `doubt`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from baton.core.reading import IntentScore
from baton.nlu.doubt import HAND_WRITTEN, Beside, Corpus, Scored, Stage
from baton.nlu.encoder import Encoder
from baton.nlu.features import Floats
from baton.nlu.likeness import FEW, ByExamples, ByFeatures, Likeness, Unseen
from baton.nlu.meaning import Meaning, spread_of
from baton.nlu.wording import WordingModel

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
            [e.words for e in examples], owners, len(self._names)
        )
        vectors = [self._wording.vector(e.words) for e in foreign]
        words = Scored(unseen, np.array([self._wording.vector(e.words).known for e in examples]))
        strange = Scored(
            np.stack([self._wording.scores(v) for v in vectors]),
            np.array([v.known for v in vectors]),
        )
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
            others = [self._likeness.tell(Meaning(row)) for row in meanings[count : len(told)]]
            self._full = Stage(
                replace(words, scores=self._joined(unseen, kept.scores), near=kept.near),
                replace(
                    strange,
                    scores=self._joined(strange.scores, np.stack([one for one, _ in others])),
                    near=np.array([near for _, near in others], np.float32),
                ),
                owners,
                corpus,
                kept.near_others,
            )

    def by_words(self, words: Sequence[str]) -> Judgement:
        """Judge a message (folded words) by its words alone."""
        vector = self._wording.vector(words)
        if not vector.places.size:
            return NOTHING
        return self._told(words, self._wording.scores(vector), Beside(vector.known), self._cheap)

    def by_meaning(self, words: Sequence[str], meaning: Meaning) -> Judgement:
        """Judge a message by its words and its meaning; raises ValueError without an encoder."""
        if self._likeness is None:
            message = "this reader was made without an encoder"
            raise ValueError(message)
        vector = self._wording.vector(words)
        scores, near = self._likeness.tell(meaning)
        joined = self._joined(self._wording.scores(vector), scores)
        return self._told(words, joined, Beside(vector.known, near), self._full)

    def _joined(self, words: Floats, meaning: Floats) -> Floats:
        of_words, of_meaning = self._shares
        joined: Floats = of_words * words + of_meaning * meaning
        return joined

    def _told(
        self, words: Sequence[str], scores: Floats, beside: Beside, stage: Stage
    ) -> Judgement:
        """Return the best intents; the others get their share of the best one's doubt."""
        confidence, strangeness = stage.judge(scores, beside)
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


def _likeness(meanings: Floats, owners: NDArray[np.intp], names: Floats) -> tuple[Likeness, Unseen]:
    """Compare with each example where they are few, learn features where they are many."""
    if len(meanings) <= FEW:
        return ByExamples.taught(meanings, owners, names)
    return ByFeatures.taught(meanings, owners, len(names))
