"""Finds the words of a vocabulary in a message: word forms, near spellings, phrases (U16).

All spellings are laid out beforehand, so a message costs one look-up a word. A word of
five letters or more also matches one slip away (a letter lost, added, changed, or two
swapped); shorter words would match too much. The concept `ordinary` lists real words
that look like a slip of a vocabulary word and are none ("count" and "court").
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from baton.core.reading import Term, Vocabulary
from baton.nlu.slips import Slips
from baton.nlu.text import Token, fold, tokens

ORDINARY = "ordinary"
_NEAR_FROM = 5
_REACH = 1  # slips
_NEAR_TO = 24  # nothing longer is a word, and it would be dear to try
_MEMORY = 50_000
_MAX_SKIPPED = 2
_VOWELS = frozenset("aeiou")
_SIBILANTS = ("s", "x", "z", "ch", "sh")
# No phrase runs from one sentence into the next.
_BREAK = re.compile(r"[.!?;\n\u2026\u3002\u061f]")
# Words that may stand inside a phrase: "talk to a person", "end my membership".
_FILLERS = frozenset(
    {"a", "an", "the", "my", "your", "ur", "our", "this", "that", "some", "any"}
    | {"please", "pls", "plz", "just", "actual", "actually", "real", "really", "live"}
)


class Spotter:
    """Looks for every word and phrase of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        # From a phrase's first word to what must follow it and what it means.
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._forms: dict[str, frozenset[str]] = {}
        self._remembered: dict[str, frozenset[str]] = {}
        forms: dict[str, set[str]] = defaultdict(set)
        loose: set[str] = set()
        for concept, entries in vocabulary.words.items():
            for entry in entries:
                self._learn(concept, entry, forms, loose)
        self._forms = {form: frozenset(words) for form, words in forms.items()}
        self._near = Slips(sorted(loose), _REACH)

    def spot(self, text: str, found: list[Token] | None = None) -> tuple[Term, ...]:
        """Return the concepts found in a cleaned text; pass its tokens when they are at hand."""
        found = tokens(text) if found is None else found
        meanings = [self._meanings(token.word) for token in found]
        terms = {
            (found[first].start, found[last].end, concept)
            for first, words in enumerate(meanings)
            if words
            for last, concept in self._starting_at(first, found, meanings)
            if first == last or not _BREAK.search(text, found[first].end, found[last].start)
        }
        return tuple(
            Term(concept=concept, text=text[start:end], start=start, end=end)
            for start, end, concept in sorted(terms)
        )

    def _learn(self, concept: str, entry: str, forms: dict[str, set[str]], loose: set[str]) -> None:
        """Take in an entry; `=word` stands for that very word: no forms, no near spellings."""
        exact = entry.startswith("=") or concept == ORDINARY
        words = [token.word for token in tokens(entry)]
        for word in words:
            spellings = {word} if exact else {word, *_inflected(word)}
            for spelling in spellings:
                forms[spelling].add(word)
            if not exact and len(word) >= _NEAR_FROM:
                loose |= spellings
        if words and concept != ORDINARY:
            self._phrases[words[0]].append((tuple(words[1:]), concept))

    def _starting_at(
        self, first: int, found: list[Token], meanings: list[frozenset[str]]
    ) -> Iterator[tuple[int, str]]:
        for word in meanings[first]:
            for rest, concept in self._phrases.get(word, ()):
                last = _last_of(rest, first, found, meanings)
                if last is not None:
                    yield last, concept

    def _meanings(self, word: str) -> frozenset[str]:
        """Return the vocabulary words that a word of a message stands for."""
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            known = self._remembered[word] = self._forms.get(word) or self._near_forms(word)
        return known

    def _near_forms(self, word: str) -> frozenset[str]:
        if not _NEAR_FROM <= len(word) <= _NEAR_TO or word.isdecimal():
            return frozenset()
        near = self._near.near(word, _REACH)
        return frozenset(meaning for form in near for meaning in self._forms[form])


def _last_of(
    rest: tuple[str, ...], first: int, found: list[Token], meanings: list[frozenset[str]]
) -> int | None:
    """Return where a phrase ends whose remaining words are `rest`, or None."""
    place = first
    for needed in rest:
        place += 1
        skipped = 0
        while place < len(found) and needed not in meanings[place]:
            if skipped == _MAX_SKIPPED or found[place].word not in _FILLERS:
                return None
            place += 1
            skipped += 1
        if place == len(found):
            return None
    return place


def _inflected(word: str) -> set[str]:
    """Return the regular English forms of a word: too many rather than too few."""
    minimum = 3
    if len(word) < minimum or not word.isascii() or not word.isalpha():
        return set()
    fold_y = word[-1] == "y" and word[-2] not in _VOWELS
    stem = word[:-1] if fold_y or word[-1] == "e" else word
    plural = word + "es" if word.endswith(_SIBILANTS) else word + "s"
    forms = {stem + "ies" if fold_y else plural, stem + ("ied" if fold_y else "ed")}
    forms.add((word if fold_y else stem) + "ing")
    if _doubles(word):
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return {fold(form) for form in forms}


def _doubles(word: str) -> bool:
    """Tell whether the last letter may double before an ending: quitting, cancelled."""
    if word[-1] in _VOWELS | set("wxy") or word[-2] not in _VOWELS:
        return False
    return word[-3] not in _VOWELS or word[-4:-2] == "qu"
