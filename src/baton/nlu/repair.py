"""Spelling repair before reading: shorthand is written out, slips are mended.

A word that neither the language nor the business knows is mended to one that lies near
it and fits between its neighbours (`phrasing`); the business's own words win. Readers
compare the mended text; spans and what people see stay those of the text as written.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files
from itertools import islice
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from baton.nlu.phrasing import EDGE, Phrasing
from baton.nlu.slips import Slips
from baton.nlu.text import Token

_SHORTEST = 2
_SHORTEST_FOREIGN = 4  # a shorter word of the language has too many neighbours
_LONGEST = 24
_TWO_SLIPS_FROM = 6  # letters
_COMMON = 30_000  # candidates; the rarer ones are known, and nobody means them
_REACH = 1
_REACH_OWN = 2
_MOST = 8  # candidates of a word
_MEMORY = 20_000

# Likelihoods, as logarithms, chosen on CLINC150's validation text with random slips. Two slips
# in a word are believed only where its neighbours speak for them: a strange word stays strange.
_SLIPS = {1: math.log(0.02), 2: math.log(1e-10)}
_KEPT = math.log(1e-3)


class Spelling(NamedTuple):
    """A message as it was meant: its text, and its folded words."""

    text: str
    words: tuple[str, ...]


class _Candidate(NamedTuple):
    """What a word may have been meant as, and the likelihood that it came out as written."""

    meant: str
    likelihood: float


_Choice: TypeAlias = tuple[_Candidate, ...]


class _Path(NamedTuple):
    """The likeliest way to mean the words up to here, that ends with one candidate."""

    last: str
    likelihood: float
    meant: tuple[str, ...]


class Repairer:
    """Mends messages to one business, whose examples are given as folded words.

    With `is_wary`, slips that examples hold on purpose are mended as well.
    """

    def __init__(self, examples: Iterable[Sequence[str]], *, is_wary: bool = False) -> None:
        phrasing = Phrasing(examples, _language().words)
        self._phrasing = phrasing.without_slips() if is_wary else phrasing
        self._near_own = Slips(sorted(self._phrasing.own), _REACH_OWN)
        self._remembered: dict[str, _Choice] = {}

    def spell(self, text: str, found: Sequence[Token]) -> Spelling:
        """Return a cleaned text with its words as they were meant, the rest untouched."""
        words = [token.word for token in found]
        meant = self._meant(words)
        if meant == words:
            return Spelling(text, tuple(words))
        parts: list[str] = []
        place = 0
        for token, word in zip(found, meant, strict=True):
            if word != token.word:
                parts += (text[place : token.start], word)
                place = token.end
        return Spelling(
            "".join((*parts, text[place:])),
            tuple(part for word in meant for part in word.split(" ")),
        )

    def _meant(self, words: Sequence[str]) -> list[str]:
        """Return what each word was meant as: the likeliest of all ways through them.

        A word that is known stands for itself on every way. So only the ways from one such
        word to the next are compared, and only where strange words lie between them.
        """
        choices = [self._candidates(word) for word in words]
        meant: list[str] = []
        strange: list[_Choice] = []
        for choice in choices:
            if len(choice) > 1:
                strange.append(choice)
                continue
            if strange:
                meant += self._likeliest(meant, strange, choice[0].meant)
                strange = []
            meant.append(choice[0].meant)
        return meant + self._likeliest(meant, strange, EDGE) if strange else meant

    def _likeliest(
        self, before: Sequence[str], strange: Sequence[_Choice], after: str
    ) -> list[str]:
        """Return what words were meant as that stand behind some and before another."""
        paths = [_Path(before[-1].rpartition(" ")[2] if before else EDGE, 0.0, ())]
        for choice in strange:
            paths = [self._onward(paths, candidate) for candidate in choice]
        following = after.partition(" ")[0]
        fits = (one.likelihood + self._phrasing.fit(one.last, following) for one in paths)
        return list(max(zip(fits, paths, strict=True), key=itemgetter(0))[1].meant)

    def _onward(self, paths: Sequence[_Path], candidate: _Candidate) -> _Path:
        first, last = candidate.meant.partition(" ")[0], candidate.meant.rpartition(" ")[2]
        fits = (path.likelihood + self._phrasing.fit(path.last, first) for path in paths)
        likelihood, before = max(zip(fits, paths, strict=True), key=itemgetter(0))
        return _Path(last, likelihood + candidate.likelihood, (*before.meant, candidate.meant))

    def _candidates(self, word: str) -> _Choice:
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            known = self._remembered[word] = self._found(word)
        return known

    def _found(self, word: str) -> _Choice:
        language = _language()
        if word in self._phrasing.own:
            return (_Candidate(word, 0.0),)
        if word in language.shorthand:
            return (_Candidate(language.shorthand[word], 0.0),)
        is_word = _SHORTEST <= len(word) <= _LONGEST and word.isalpha()
        if word in language.words or not is_word:
            return (_Candidate(word, 0.0),)
        near = [_Candidate(meant, _SLIPS[slips]) for meant, slips in self._near(word)]
        near.sort(key=lambda one: -one.likelihood - math.log(self._phrasing.share(one.meant)))
        return (_Candidate(word, _KEPT), *near[:_MOST])

    def _near(self, word: str) -> Iterable[tuple[str, int]]:
        """Return the words that are a slip or two away, with the number of slips."""
        reach = _REACH if len(word) < _TWO_SLIPS_FROM else _REACH_OWN
        found = self._near_own.near(word, reach)
        if len(word) >= _SHORTEST_FOREIGN:
            found |= _near_in_language(word)
        return found.items()


class _Language:
    """English: every word of a frequency list, the common ones as candidates."""

    def __init__(self) -> None:
        listed = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
        with listed.open(encoding="utf-8-sig") as lines:
            rows = [line.split() for line in lines]
        rows.sort(key=lambda row: -int(row[1]))
        self.words = {word.replace("'", ""): int(count) for word, count in reversed(rows)}
        common = (word for word, _ in islice(rows, _COMMON))
        self.near = Slips(
            (word for word in common if len(word) >= _SHORTEST_FOREIGN and word.isalpha()), _REACH
        )
        self.shorthand = dict(
            line.split(" = ", 1)
            for line in _shorthand().splitlines()
            if " = " in line and line[0] != "#"
        )


@lru_cache(maxsize=_MEMORY)  # what the examples and what the lessons mend by have it in common
def _near_in_language(word: str) -> dict[str, int]:
    return _language().near.near(word, _REACH)


@cache
def known_spellings() -> str:
    """Return what names the words that repair knows: it changes whenever they do."""
    return f"symspellpy {version('symspellpy')}\n{_shorthand()}"


def _shorthand() -> str:
    return (files("baton.nlu") / "data" / "shorthand.txt").read_text("utf-8")


@cache
def _language() -> _Language:
    return _Language()
