"""Turns a message into numbered features: words, pairs of words, and pieces of words.

Pieces of two to four letters make slips and word forms look alike. Features of a word
never depend on its neighbours, so they are worked out once a word and remembered.
Messages are turned many at a time: the numbers are the same, and cost a fraction.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
_TINY = 1e-12  # a message without a single feature has no length to divide by


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages as the features that the examples know, of unit length over all their features.

    The features of message n stand from `starts[n]` to `starts[n + 1]`; `known` is the share
    of each message, by weight, that examples know at all.
    """

    starts: NDArray[np.intp]
    places: NDArray[np.int64]
    weights: Floats
    known: NDArray[np.float64]


class Featuriser:
    """Knows the features of a set of examples and how telling each is."""

    def __init__(self, examples: Sequence[Sequence[str]]) -> None:
        counts = Counter(name for words in examples for name in set(_names(words)))
        kept = sorted(name for name, count in counts.items() if count >= _MIN_EXAMPLES)
        self.size = len(kept)
        self._places = {name: place for place, name in enumerate(kept)}
        # What no example holds weighs like the rarest: it makes a message less known.
        self._unknown = float(np.log((1 + len(examples)) / _MIN_EXAMPLES) + 1)
        held = np.array([counts[name] for name in kept], np.float64)
        self._weights: Floats = (np.log((1 + len(examples)) / (1 + held)) + 1).astype(np.float32)
        self._remembered: dict[str, tuple[NDArray[np.int64], float]] = {}

    def rows(self, messages: Sequence[Sequence[str]]) -> Rows:
        """Return the features of messages, each given as its folded words."""
        keys, missing = self._keys(messages)
        owners, places = np.divmod(keys, max(1, self.size))
        weights = self._weights[places]
        present = np.bincount(owners, weights * weights, minlength=len(messages))
        whole = np.maximum(present + missing, _TINY)
        weights /= np.sqrt(whole)[owners]
        starts = np.searchsorted(owners, np.arange(len(messages) + 1))
        return Rows(starts, places, weights, present / whole)

    def word(self, word: str) -> tuple[NDArray[np.int64], Floats]:
        """Return one word's features and their weights, of unit length over all it has."""
        places, missing = self._of_word(word)
        weights = self._weights[places]
        whole = max(float(weights @ weights) + missing, _TINY)
        return places, weights / np.float32(whole**0.5)

    def forget(self) -> None:
        """Drop what was worked out of words: a model that is kept on disk needs none of it."""
        self._remembered.clear()

    def _keys(
        self, messages: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return each feature of each message once, numbered from message to message.

        Beside it: the squared weight of what no example knows, a number a message.
        """
        unlike = [dict.fromkeys(words) for words in messages]
        told = [self._of_word(word) for words in unlike for word in words]
        rows = np.repeat(np.arange(len(messages)), [len(words) for words in unlike])
        missing = np.zeros(len(messages))
        missing += np.bincount(rows, [unknown for _, unknown in told], minlength=len(messages))
        held = np.zeros(len(messages) * self.size, np.bool_)
        if told:
            owners = np.repeat(rows, [len(places) for places, _ in told])
            held[owners * self.size + np.concatenate([places for places, _ in told])] = True
        for row, words in enumerate(messages):
            for place in self._of_pairs(words):
                held[row * self.size + place] = True
        # Marked, and read off in order: sorting them took several times as long.
        return np.flatnonzero(held).astype(np.int64, copy=False), missing

    def _of_pairs(self, words: Sequence[str]) -> Iterator[int]:
        for first, second in pairwise(words):
            place = self._places.get(f"{first} {second}")
            if place is not None:
                yield place

    def _of_word(self, word: str) -> tuple[NDArray[np.int64], float]:
        """Return the places of a word's known features, and the rest's squared weight."""
        remembered = self._remembered.get(word)
        if remembered is None:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            names = set(_names_of(word))
            known = sorted(self._places[name] for name in names if name in self._places)
            missing = (len(names) - len(known)) * self._unknown**2
            remembered = self._remembered[word] = (np.array(known, np.int64), missing)
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
