"""A small reader for tests about learning: trained in no time, plain in what it does.

It reads words, stops and moods with the pack's own plain reader, and an intent from the
example that shares the most words with a text. What it is taught changes what it reads.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache

from baton.config import wiring
from baton.core import text as texts
from baton.core.pack import Pack
from baton.core.reading import IntentScore, ReaderPort, Reading
from baton.nlu.reader import LocalReader


class OverlapReader:
    """A reader of one pack; confidence is the share of words in common."""

    def __init__(self, pack: Pack, base: ReaderPort) -> None:
        self._base = base
        self._examples: list[tuple[str, int]] = []
        self._having: dict[str, list[int]] = defaultdict(list)
        for intent in pack.intents:
            for text in intent.examples:
                words = _words(text)
                for word in words:
                    self._having[word].append(len(self._examples))
                self._examples.append((intent.name, len(words)))

    def read_many(self, given: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text."""
        read = self._base.read_many(given)
        return tuple(replace(one, intents=self._scores(one.text)) for one in read)

    def _scores(self, text: str) -> tuple[IntentScore, ...]:
        words = _words(text)
        shared = Counter(place for word in words for place in self._having.get(word, ()))
        best: dict[str, float] = {}
        for place, common in shared.items():
            intent, length = self._examples[place]
            share = 2 * common / (length + len(words))
            best[intent] = max(share, best.get(intent, 0.0))
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))
        return tuple(IntentScore(name=name, confidence=share) for name, share in ranked[:5])


@lru_cache(maxsize=4)
def plain_reader_of(name: str) -> LocalReader:
    """Return a pack's reader without the encoder: learning reads thousands of texts."""
    return LocalReader(wiring.pack_of(name), plain=True)


def train(pack: Pack) -> OverlapReader:
    """Train such a reader, as `services.house.House.train` would."""
    return OverlapReader(pack, plain_reader_of(pack.name))


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, map(texts.bare, text.split())))
