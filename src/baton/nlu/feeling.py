"""How a customer feels: a lexicon's score joined with what was learned from labelled sentences.

The lexicon knows loud words; the learned part knows sarcasm, understatement and plain
reports of bad service. Weights are fitted on scores of sentences by models that never
saw them.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from numpy.typing import NDArray

from baton.nlu import sentiment
from baton.nlu.calibration import Doubles, logistic, sigmoid
from baton.nlu.encoder import Encoder
from baton.nlu.features import Floats
from baton.nlu.meaning import BROAD, Meaning, MeaningModel
from baton.nlu.repair import Repairer
from baton.nlu.text import clean, tokens
from baton.nlu.wording import Counted, Worded, WordingModel

VALUES: Mapping[str, float] = {
    "very_negative": -0.9,
    "negative": -0.55,
    "neutral": 0.0,
    "positive": 0.5,
    "very_positive": 0.9,
}
"""What each label of the sentences stands for, on -1 to 1."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDS_FOR = np.array(list(VALUES.values()))


class FeelingModel:
    """Scores how the writer of a message feels, -1 to 1."""

    def __init__(self, sentences: Sequence[tuple[str, str]], encoder: Encoder | None) -> None:
        labels = tuple(VALUES)
        owners = np.array([labels.index(label) for _, label in sentences])
        cleaned = [clean(text) for text, _ in sentences]
        found = [tokens(text) for text in cleaned]
        spelled = [_plain().spell(t, f) for t, f in zip(cleaned, found, strict=True)]
        lexicon = np.array([sentiment.score(t, f) for t, f in zip(cleaned, found, strict=True)])
        counted = Counted.of([one.words for one in spelled])
        self._wording, unseen = WordingModel.taught(counted, owners, len(labels))
        self._cheap = _Scale(_columns(lexicon, unseen), owners)
        self._meaning: MeaningModel | None = None
        if encoder is not None:
            meanings = encoder.corpus([one.text for one in spelled])
            self._meaning, told = MeaningModel.taught(meanings, owners, len(labels), kernel=BROAD)
            self._full = _Scale(_columns(lexicon, unseen, told), owners)

    def worded(self, messages: Sequence[Sequence[str]]) -> Worded:
        """Return what the words of messages (folded) tell, to judge them by."""
        return self._wording.read(messages)

    def by_words(self, worded: Worded, lexicon: Sequence[float]) -> list[float]:
        """Return the feelings by words alone; `lexicon` is `sentiment.score` of each text."""
        return self._cheap.places(_columns(np.array(lexicon), worded.scores))

    def by_meaning(
        self,
        worded: Worded,
        lexicon: Sequence[float],
        meanings: Sequence[Meaning],
    ) -> list[float]:
        """Return the feelings by words and meanings; by words alone without an encoder."""
        if self._meaning is None:
            return self.by_words(worded, lexicon)
        told = np.array([self._meaning.scores(one) for one in meanings])
        return self._full.places(_columns(np.array(lexicon), worded.scores, told))

    def feel(self, text: str, encoder: Encoder | None) -> float:
        """Return the feeling of a text that nobody has read yet."""
        cleaned = clean(text)
        found = tokens(cleaned)
        spelled, lexicon = _plain().spell(cleaned, found), [sentiment.score(cleaned, found)]
        worded = self.worded([spelled.words])
        if encoder is None:
            [felt] = self.by_words(worded, lexicon)
        else:
            meaning = Meaning(encoder.encode(spelled.text))
            [felt] = self.by_meaning(worded, lexicon, [meaning])
        return felt


@cache
def _plain() -> Repairer:
    """Return what mends without any business's words: a feeling is the same everywhere."""
    return Repairer(())


def labelled() -> tuple[tuple[str, str], ...]:
    """Return the sentences that come with Baton, each with its label."""
    source = files("baton.nlu") / "data" / "sentiment.yaml"
    blocks = yaml.load(source.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    return tuple(
        (line.strip(), label)
        for label in VALUES
        for line in blocks[label].splitlines()
        if line.strip()
    )


class _Scale:
    """Places a message on -1 to 1: what its labels stand for, each by how likely it is.

    A straight line through what the labels stand for says a little of every message,
    and takes a mild word that is sure to be meant for a strong one.
    """

    def __init__(self, columns: Doubles, owners: NDArray[np.intp]) -> None:
        alike = np.ones(len(owners))
        labels = range(len(VALUES))
        self._weights = np.column_stack(
            [logistic(columns, (owners == label).astype(float), alike) for label in labels]
        )

    def places(self, columns: Doubles) -> list[float]:
        """Return the messages' feelings, a row of columns each."""
        likely = sigmoid(columns @ self._weights)
        felt = (likely @ _STANDS_FOR / likely.sum(axis=1)).tolist()
        return [round(one, 3) for one in felt]


def _columns(lexicon: Doubles, *scores: Floats) -> Doubles:
    """Return the signs of a feeling, a row a message; loud words count whichever they are."""
    width = sum(told.shape[1] for told in scores)
    found = np.ones((len(lexicon), 3 + width))
    found[:, 1], found[:, 2] = lexicon, np.abs(lexicon)
    np.concatenate(scores, axis=1, out=found[:, 3:])
    return found
