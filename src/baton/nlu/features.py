"""Turns a message into numbered features: words, pairs of words, and pieces of words.

Pieces of two to four letters make slips and word forms look alike. Features of a word
never depend on its neighbours, so they are worked out once a word and remembered.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

_PIECES = (2, 3, 4)
_MIN_EXAMPLES = 2  # what stands in one example only tells nothing of another
_MEMORY = 20_000
_LONGEST_WORD = 30


class Featuriser:
    """Knows the features of a set of examples and how telling each is."""

    def __init__(self, examples: Sequence[Sequence[str]]) -> None:
        counts = _counted(examples)
        kept = sorted(name for name, count in counts.items() if count >= _MIN_EXAMPLES)
        self.size = len(kept)
        self._places = {name: place for place, name in enumerate(kept)}
        # What no example holds weighs like the rarest: it makes a message less known.
        self._unknown = float(np.log((1 + len(examples)) / _MIN_EXAMPLES) + 1)
        held = np.array([counts[name] for name in kept], np.float64)
        self.weights: Floats = (np.log((1 + len(examples)) / (1 + held)) + 1).astype(np.float32)
        """How telling each feature is, by its place."""
        self._remembered: dict[str, tuple[tuple[int, ...], float]] = {}

    def features(self, words: Sequence[str]) -> tuple[NDArray[np.intp], float]:
        """Return the places of a message's known features, each once, and the others' weight.

        Args:
            words: the message's folded words. The order of the places follows from them.

        Returns:
            Beside the places the sum of the squared weights of what no example holds.
        """
        held: set[int] = set()
        missing = 0.0
        for word in dict.fromkeys(words):
            places, unknown = self._of_word(word)
            held.update(places)
            missing += unknown
        known = self._places
        for first, second in pairwise(words):
            if (place := known.get(f"{first} {second}")) is not None:
                held.add(place)
        return np.fromiter(held, np.intp, len(held)), missing

    def forget(self) -> None:
        """Drop what was worked out of words: a model that is kept on disk needs none of it."""
        self._remembered.clear()

    def _of_word(self, word: str) -> tuple[tuple[int, ...], float]:
        """Return the places of a word's known features, and the rest's squared weight."""
        remembered = self._remembered.get(word)
        if remembered is None:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            names = set(_names_of(word))
            known = sorted(self._places[name] for name in names if name in self._places)
            missing = (len(names) - len(known)) * self._unknown**2
            remembered = self._remembered[word] = (tuple(known), missing)
        return remembered


def _counted(examples: Iterable[Sequence[str]]) -> Counter[str]:
    """Return how many examples hold each feature."""
    counts: Counter[str] = Counter()
    of_word: dict[str, frozenset[str]] = {}
    for words in examples:
        for word in words:
            if word not in of_word:
                of_word[word] = frozenset(_names_of(word))
        names = {f"{first} {second}" for first, second in pairwise(words)}
        counts.update(names.union(*map(of_word.__getitem__, words)))
    return counts


def _names_of(word: str) -> Iterable[str]:
    """Return "=word" for the whole, and its pieces with the borders marked."""
    word = word[:_LONGEST_WORD]
    yield f"={word}"
    framed = f"_{word}_"
    for size in _PIECES:
        for start in range(len(framed) - size + 1):
            yield f"~{framed[start : start + size]}"
