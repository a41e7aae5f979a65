"""Turns a message into numbered features: words, pairs of words, and pieces of words.

Pieces of two to four letters make slips and word forms look alike. Features of a word
never depend on its neighbours, so they are worked out once a word and remembered.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

_PIECES = (2, 3, 4)
_MIN_EXAMPLES = 2  # what stands in one example only tells nothing of another
_MEMORY = 20_000
_LONGEST_WORD = 30


@dataclass(frozen=True, slots=True)
class Vector:
    """A message as the features that the examples know, with unit length over all of them.

    `known` is the share of the message, by weight, that examples know at all.
    """

    places: NDArray[np.intp]
    weights: Floats
    known: float


class Featuriser:
    """Knows the features of a set of examples and how telling each is."""

    def __init__(self, examples: Sequence[Sequence[str]]) -> None:
        counts = Counter(name for words in examples for name in set(_names(words)))
        kept = sorted(name for name, count in counts.items() if count >= _MIN_EXAMPLES)
        self.size = len(kept)
        self._places = {name: place for place, name in enumerate(kept)}
        # What no example holds weighs like the rarest: it makes a message less known.
        self._unknown = float(np.log((1 + len(examples)) / _MIN_EXAMPLES) + 1)
        self._weights = [
            float(np.log((1 + len(examples)) / (1 + counts[name])) + 1) for name in kept
        ]
        self._remembered: dict[str, tuple[dict[int, float], float]] = {}

    def vector(self, words: Sequence[str]) -> Vector:
        """Return the features of a message's folded words."""
        found: dict[int, float] = {}
        missing = 0.0
        for word in set(words):
            known, unknown = self._of_word(word)
            found.update(known)
            missing += unknown
        for first, second in pairwise(words):
            place = self._places.get(f"{first} {second}")
            if place is not None:
                found[place] = self._weights[place]
        weights = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        present = float(weights @ weights)
        length = (present + missing) ** 0.5
        return Vector(
            np.fromiter(found.keys(), dtype=np.intp, count=len(found)),
            weights / length if length else weights,
            present / (present + missing) if length else 0.0,
        )

    def _of_word(self, word: str) -> tuple[dict[int, float], float]:
        """Return a word's known features with their weights, and the rest's squared weight."""
        remembered = self._remembered.get(word)
        if remembered is None:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            known: dict[int, float] = {}
            missing = 0.0
            for name in set(_names_of(word)):
                place = self._places.get(name)
                if place is None:
                    missing += self._unknown**2
                else:
                    known[place] = self._weights[place]
            remembered = self._remembered[word] = (known, missing)
        return remembered


def _names(words: Sequence[str]) -> Iterable[str]:
    for word in words:
        yield from _names_of(word)
    for first, second in pairwise(words):
        yield f"{first} {second}"


def _names_of(word: str) -> Iterable[str]:
    """Return "=word" for the whole, and its pieces with the borders marked."""
    word = word[:_LONGEST_WORD]
    yield f"={word}"
    framed = f"_{word}_"
    for size in _PIECES:
        for start in range(len(framed) - size + 1):
            yield f"~{framed[start : start + size]}"
