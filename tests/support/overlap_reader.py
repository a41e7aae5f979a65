"""A small reader for tests about learning: trained in no time, plain in what it does.

It reads words, stops and moods with the pack's own plain reader, and an intent from the
example that shares the most words with a text. What it is taught changes what it reads.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from baton.config import wiring
from baton.core import text as texts
from baton.core.pack import Pack
from baton.core.reading import IntentScore, ReaderPort, Reading
from baton.nlu.reader import LocalReader

_COMMON = 40
"""Words of so many examples tell nothing, and cost most of the counting."""


class OverlapReader:
    """A reader of one pack; confidence is the share of words in common."""

    def __init__(self, examples: Iterable[tuple[str, str]], base: ReaderPort) -> None:
        self._base = base
        self._read: dict[str, Reading] = {}
        taught = [(name, _words(text)) for name, text in examples]
        had = Counter(chain.from_iterable(words for _, words in taught))
        self._common = {word for word, times in had.items() if times > _COMMON}
        self._examples = [(name, words - self._common) for name, words in taught]
        self._having: dict[str, list[int]] = defaultdict(list)
        for place, (_, words) in enumerate(self._examples):
            for word in words:
                self._having[word].append(place)

    def read_many(self, given: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text."""
        unread = tuple(dict.fromkeys(text for text in given if text not in self._read))
        for text, one in zip(unread, self._base.read_many(unread), strict=True):
            self._read[text] = replace(one, intents=self._scores(one.text))
        return tuple(self._read[text] for text in given)

    def _scores(self, text: str) -> tuple[IntentScore, ...]:
        words = _words(text) - self._common
        having = (self._having.get(word, ()) for word in words)
        best: dict[str, float] = {}
        for place, common in Counter(chain.from_iterable(having)).items():
            intent, example = self._examples[place]
            share = 2 * common / (len(example) + len(words))
            best[intent] = max(share, best.get(intent, 0.0))
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))
        return tuple(IntentScore(name=name, confidence=share) for name, share in ranked[:5])


@lru_cache(maxsize=4)
def plain_reader_of(name: str) -> LocalReader:
    """Return a pack's reader without the encoder: learning reads thousands of texts."""
    return LocalReader(wiring.pack_of(name), plain=True)


def train(pack: Pack) -> OverlapReader:
    """Train such a reader, as `services.house.House.train` would."""
    taught = tuple((intent.name, text) for intent in pack.intents for text in intent.examples)
    return _reader_of(pack.name, taught)


@lru_cache(maxsize=32)
def _reader_of(name: str, taught: tuple[tuple[str, str], ...]) -> OverlapReader:
    """Return the reader of one lesson: most tests teach the same, and read it whole."""
    return OverlapReader(taught, plain_reader_of(name))


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, map(texts.bare, text.split())))
