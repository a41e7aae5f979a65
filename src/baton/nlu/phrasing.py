"""How people put words together: which word follows which, counted in examples.

A slip of the keyboard is mended to the word that fits where it stands. Few examples say
little of pairs, so these are evened out by how common a word is, here and in English.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from baton.nlu.slips import Slips

EDGE = ""
"""What stands before the first word of a message and behind its last."""

_ENGLISH_SHARE = 0.1  # how much English counts beside the examples
_ENGLISH_WORDS = 3e11  # all that the frequency list was counted in
_EVENED = 5.0  # a pair seen so often counts as much as what evens it out
_UNHEARD = 1e-9
_TRUSTED = 2  # a word that stands once may be a slip itself: examples hold them on purpose
_SLIP_FROM = 5  # letters
_RARER = 20  # times, than the word that it is one slip from


class Phrasing:
    """Counts of words and of neighbours."""

    def __init__(self, examples: Iterable[Sequence[str]], english: Mapping[str, int]) -> None:
        """Count folded words, a message each; `english` tells how common its words are."""
        self._words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._english = english
        for words in examples:
            self._words.update((EDGE, *words))
            self._pairs.update(pairwise((EDGE, *words, EDGE)))
        self._total = max(1, self._words.total())
        self.own = frozenset(
            word for word, count in self._words.items() if count >= _TRUSTED and word.isalpha()
        )

    def without_slips(self) -> "Phrasing":
        """Take what is a slip itself from the own words, however often it was made; return this.

        No word of English, and a letter away from one that stands far more often: learned as a
        word, "membrship" would mean what the two messages that hold it happened to ask.
        """
        known = Slips((word for word in self.own if word in self._english), 1)
        strange = (one for one in self.own if one not in self._english and len(one) >= _SLIP_FROM)
        self.own -= {
            word
            for word in strange
            if any(self._words[near] > _RARER * self._words[word] for near in known.near(word, 1))
        }
        return self

    def count(self, word: str) -> int:
        """Return how often the examples hold a word."""
        return self._words[word]

    def share(self, word: str) -> float:
        """Return how common a word is, 0 to 1 and never nought."""
        here = self._words[word] / self._total
        english = self._english.get(word, 0) / _ENGLISH_WORDS
        return (1 - _ENGLISH_SHARE) * here + _ENGLISH_SHARE * english + _UNHEARD

    def fit(self, before: str, word: str) -> float:
        """Return how well a word fits behind another: the logarithm of a likelihood."""
        seen = self._pairs[before, word] + _EVENED * self.share(word)
        return math.log(seen / (self._words[before] + _EVENED))
