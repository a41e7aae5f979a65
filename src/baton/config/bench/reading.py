"""How well and how fast messages are read, on public data with its official splits.

Beside Baton's reader, in the same run and on the same split, stands what a user would
assemble: TF-IDF with a linear SVM, and the bare encoder with a logistic regression.
"""

import csv
import json
import os
import platform
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from baton.core.pack import Pack
from baton.nlu.doubt import TRAFFIC
from baton.nlu.encoder import WIDTH, Encoder, find_encoder
from baton.nlu.feeling import FeelingModel, labelled
from baton.nlu.intents import Example, IntentModel, Judgement
from baton.nlu.meaning import Meaning
from baton.nlu.reader import LocalReader
from baton.nlu.repair import Repairer
from baton.nlu.text import clean, folded, tokens
from baton.services.workspace import packs

_SEED = 11
_BINS = 15
_SHOTS = 10
_KEPT = 0.95
_WARMING, _TIMED = 50, 400
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with their labels."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> "Labelled":
        """Gather rows of text and label."""
        return cls(tuple(row[0] for row in rows), tuple(row[1] for row in rows))


class Taught:
    """The reader's intent part, taught by a public corpus."""

    def __init__(self, train: Labelled, encoder: Encoder) -> None:
        self._repairer = Repairer([folded(text) for text in train.texts])
        self._encoder = encoder
        foreign = [self._example(line, "") for line in ("hello there", "what is the weather")]
        examples = [self._example(t, n) for t, n in zip(train.texts, train.labels, strict=True)]
        self.model = IntentModel(examples, foreign, encoder, TRAFFIC)

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Read each utterance whole, as the reader does; their meanings are kept on disk."""
        read = [self._example(text, "") for text in texts]
        meanings = self._encoder.corpus([one.text for one in read])
        words = [one.words for one in read]
        return self.model.by_meaning(
            words, self.model.worded(words), [Meaning(row) for row in meanings.astype(np.float32)]
        )

    def _example(self, text: str, name: str) -> Example:
        cleaned = clean(text)
        found = tokens(cleaned)
        return Example(*self._repairer.spell(cleaned, found), name)


def main(data: Path, parts: Sequence[str]) -> None:
    """Measure the parts asked for, and print one JSON object each."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    encoder = find_encoder()
    if encoder is None:
        sys.exit("the encoder's packages are not installed: there is nothing to compare")
    measures: dict[str, Callable[[], Iterator[Row]]] = {
        "banking77": lambda: _banking(data / "banking77", encoder),
        "clinc150": lambda: _clinc(data / "clinc150" / "data_full.json", encoder),
        "sentiment": lambda: _sentiment(encoder),
        "pack": lambda: _pack(encoder),
    }
    for part in parts or tuple(measures):
        for row in measures[part]():
            rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            told = {"bench": "nlu", "part": part, **row, "peak_rss_mb": round(rss)}
            machine = f"{platform.machine()}, Python {platform.python_version()}, one core"
            print(json.dumps(told | {"machine": machine}), flush=True)  # noqa: T201 - the result


def _banking(folder: Path, encoder: Encoder) -> Iterator[Row]:
    with (folder / "train.csv").open(encoding="utf-8") as lines:
        train = Labelled.of(list(csv.reader(lines))[1:])
    with (folder / "test.csv").open(encoding="utf-8") as lines:
        test = Labelled.of(list(csv.reader(lines))[1:])
    yield {"split": "full", **_accuracy(train, test, encoder)}
    yield {"split": "full", "reader": "tf-idf + linear SVM", "accuracy": _assembled(train, test)}
    yield {
        "split": "full",
        "reader": "encoder + logistic regression",
        "accuracy": _encoded(train, test, encoder),
    }
    yield {"split": f"{_SHOTS}-shot", **_accuracy(_few(train), test, encoder)}


def _clinc(path: Path, encoder: Encoder) -> Iterator[Row]:
    splits = json.loads(path.read_text("utf-8"))
    train, test = Labelled.of(splits["train"]), Labelled.of(splits["test"])
    start = time.perf_counter()
    taught = Taught(train, encoder)
    seconds = time.perf_counter() - start
    told = taught.judge(test.texts)
    strange = [one.strangeness for one in taught.judge([text for text, _ in splits["oos_test"]])]
    waited = sorted(one.strangeness for one in taught.judge([text for text, _ in splits["val"]]))
    threshold = waited[int(len(waited) * _KEPT)]
    yield {
        "split": "in scope",
        "reader": "baton",
        "train_s": round(seconds, 1),
        **_told(told, test),
        "out_of_scope_auroc": _auroc(
            [False] * len(told) + [True] * len(strange),
            [one.strangeness for one in told] + strange,
        ),
        "out_of_scope_recall": round(float(np.mean(np.array(strange) > threshold)), 4),
    }
    chance = random.Random(_SEED)  # noqa: S311 - a measurement's own seed
    for slips in (1, 2):
        slipped = taught.judge([_slipped(text, slips, chance) for text in test.texts])
        yield {"split": f"{slips} typo(s)", "reader": "baton", **_told(slipped, test)}
    yield {
        "split": "in scope",
        "reader": "tf-idf + linear SVM",
        "accuracy": _assembled(train, test),
    }


def _sentiment(encoder: Encoder) -> Iterator[Row]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415

    sentences = list(labelled())
    random.Random(_SEED).shuffle(sentences)  # noqa: S311 - a measurement's own seed
    held, taught = sentences[::5], [s for n, s in enumerate(sentences) if n % 5]
    model = FeelingModel(taught, encoder)
    is_negative = [label in ("negative", "very_negative") for _, label in held]
    vader = SentimentIntensityAnalyzer()
    yield {
        "sentences": len(sentences),
        "held_out": len(held),
        "auroc_negative": _auroc(is_negative, [-model.feel(t, encoder) for t, _ in held]),
        "auroc_vader": _auroc(
            is_negative, [-vader.polarity_scores(t)["compound"] for t, _ in held]
        ),
    }


def _auroc(outcomes: Sequence[bool], scores: Sequence[float]) -> float:
    """Return how often one that is so scores above one that is not; a tie counts half."""
    said, is_so = np.array(scores), np.array(outcomes)
    others = np.sort(said[~is_so])
    below = (np.searchsorted(others, said[is_so], side) for side in ("left", "right"))
    return round(float(np.mean(sum(below)) / (2 * len(others))), 4)


def _pack(encoder: Encoder) -> Iterator[Row]:
    pack = packs.load_pack("fitness")
    start = time.perf_counter()
    LocalReader(pack, encoder)
    texts = _traffic(pack)
    reader = LocalReader(pack, encoder)
    fresh = list(dict.fromkeys(texts))
    for text in fresh[:_WARMING]:
        reader.read_fully(text)
    yield {
        "ready_s": round(time.perf_counter() - start, 2),
        **_pace(reader, encoder, fresh[_WARMING : _WARMING + _TIMED]),
    }
    yield _cascade(pack, encoder, texts)


def _pace(reader: LocalReader, encoder: Encoder, texts: Sequence[str]) -> Row:
    """Time whole readings of texts not seen before, and bare calls of the encoder."""
    whole, bare = [], []
    for text in texts:
        start = time.perf_counter()
        reader.read_fully(text)
        whole.append(time.perf_counter() - start)
        fresh = f"{text} "
        start = time.perf_counter()
        encoder.encode(fresh)
        bare.append(time.perf_counter() - start)
    return {
        "p50_ms": round(float(np.median(whole)) * 1e3, 2),
        "p99_ms": round(float(np.percentile(whole, 99)) * 1e3, 2),
        "encoder_p50_ms": round(float(np.median(bare)) * 1e3, 2),
        "ratio_to_encoder": round(float(np.median(whole) / np.median(bare)), 3),
    }


def _cascade(pack: Pack, encoder: Encoder, texts: Sequence[str]) -> Row:
    """Read a day's traffic by the cascade, and hold its intents against full readings.

    What counts is the processor's time: others may want the core at the same time.
    """
    fresh = LocalReader(pack, encoder)
    start = time.process_time()
    told = [fresh.read_many((text,))[0] for text in texts]
    seconds = time.process_time() - start
    full = [fresh.read_fully(text) for text in texts]
    same = sum(
        bool(a.best and b.best and a.best.name == b.best.name) or a.best is b.best
        for a, b in zip(told, full, strict=True)
    )
    return {
        "traffic": len(texts),
        "distinct": len(set(texts)),
        "rate_per_core_s": round(len(texts) / seconds),
        "same_intent_as_full": round(same / len(texts), 4),
    }


def _traffic(pack: Pack) -> list[str]:
    """Return a day's messages: half of them said before, the rest with slips of their own."""
    chance = random.Random(_SEED)  # noqa: S311 - a measurement's own seed
    told = [text for intent in pack.intents for text in intent.examples]
    fresh = [_slipped(chance.choice(told), 1, chance) for _ in range(1_000)]
    return [chance.choice(told if chance.random() < 0.5 else fresh) for _ in range(4_000)]  # noqa: PLR2004


def _accuracy(train: Labelled, test: Labelled, encoder: Encoder) -> Row:
    start = time.perf_counter()
    taught = Taught(train, encoder)
    seconds = time.perf_counter() - start
    return {
        "reader": "baton",
        "examples": len(train.texts),
        "train_s": round(seconds, 1),
        **_told(taught.judge(test.texts), test),
    }


def _told(told: Sequence[Judgement], test: Labelled) -> Row:
    right = np.array(
        [
            bool(one.intents) and one.intents[0].name == label
            for one, label in zip(told, test.labels, strict=True)
        ]
    )
    sure = np.array([one.confidence for one in told])
    return {
        "accuracy": round(float(right.mean()), 4),
        "calibration_error": round(_calibration_error(sure, right), 4),
    }


def _calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error over equal bins (Guo et al., 2017)."""
    places = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    return float(
        sum(
            abs(sure[places == place].mean() - right[places == place].mean())
            * (places == place).mean()
            for place in np.unique(places)
        )
    )


def _assembled(train: Labelled, test: Labelled) -> float:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - not Baton's memory
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    machine = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC())
    machine.fit(train.texts, train.labels)
    return round(float(machine.score(test.texts, test.labels)), 4)


def _encoded(train: Labelled, test: Labelled, encoder: Encoder) -> float:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - not Baton's memory

    machine = LogisticRegression(C=10, max_iter=300)
    machine.fit(encoder.corpus(train.texts)[:, -WIDTH:], train.labels)
    return round(float(machine.score(encoder.corpus(test.texts)[:, -WIDTH:], test.labels)), 4)


def _few(train: Labelled) -> Labelled:
    """Return the same few examples of each class every time."""
    rows = list(zip(train.texts, train.labels, strict=True))
    random.Random(_SEED).shuffle(rows)  # noqa: S311 - a measurement's own seed
    taken: dict[str, int] = {}
    kept = []
    for row in rows:
        taken[row[1]] = taken.get(row[1], 0) + 1
        if taken[row[1]] <= _SHOTS:
            kept.append(row)
    return Labelled.of(kept)


def _slipped(text: str, slips: int, chance: random.Random) -> str:
    """Return the text with random slips of one letter: lost, doubled, changed or swapped."""
    for _ in range(slips):
        places = [place for place, letter in enumerate(text) if letter.isalpha()]
        if not places:
            return text
        place = chance.choice(places)
        kind = chance.randrange(4)
        if kind == 0:
            text = text[:place] + text[place + 1 :]
        elif kind == 1:
            text = text[:place] + chance.choice(_LETTERS) + text[place:]
        elif kind == 2:  # noqa: PLR2004 - the third of four
            text = text[:place] + chance.choice(_LETTERS) + text[place + 1 :]
        else:
            text = text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :]
    return text


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
