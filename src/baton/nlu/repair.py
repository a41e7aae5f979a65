"""Spelling repair before reading: shorthand is written out, unknown words are mended.

A word is mended only when neither the language nor the business knows it, and only by
one slip; the business's own words win. Readers compare the mended text; spans and what
people see stay those of the text as written.
"""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import islice

from symspellpy import SymSpell, Verbosity

from baton.nlu.text import Token

_SHORTEST = 4  # a shorter word has too many neighbours
_LONGEST = 24
_COMMON = 30_000  # candidates; the rarer ones are known, and nobody means them
_REACH = 1
_PREFIX = 7
_OWN_COUNT = 1
_MEMORY = 20_000


class Repairer:
    """Mends messages to one business, whose own words are given."""

    def __init__(self, own_words: Iterable[str]) -> None:
        self._own = frozenset(word for word in own_words if word.isalpha())
        self._near_own = SymSpell(_REACH, _PREFIX)
        for word in sorted(self._own):  # of two words as near, the first: the same every day
            if len(word) >= _SHORTEST:
                self._near_own.create_dictionary_entry(word, _OWN_COUNT)
        self._remembered: dict[str, str] = {}

    def words(self, found: Iterable[Token]) -> tuple[str, ...]:
        """Return the words of a message as they were meant, folded."""
        meant: list[str] = []
        for token in found:
            mended = self._mended(token.word)
            meant.extend(mended.split(" ")) if " " in mended else meant.append(mended)
        return tuple(meant)

    def text(self, text: str, found: Iterable[Token]) -> str:
        """Return a cleaned text with its words as they were meant, the rest untouched."""
        parts: list[str] = []
        place = 0
        for token in found:
            mended = self._mended(token.word)
            if mended != token.word:
                parts += (text[place : token.start], mended)
                place = token.end
        return "".join((*parts, text[place:])) if parts else text

    def _mended(self, word: str) -> str:
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            known = self._remembered[word] = self._mend(word)
        return known

    def _mend(self, word: str) -> str:
        if word in self._own:
            return word
        language = _language()
        if word in language.shorthand:
            return language.shorthand[word]
        if word in language.words or not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
            return word
        for near in (self._near_own, language.near):
            found = near.lookup(word, Verbosity.TOP, max_edit_distance=_REACH)
            if found:
                return str(found[0].term)
        return word


class _Language:
    """English: every word of a frequency list, the common ones as candidates."""

    def __init__(self) -> None:
        listed = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
        with listed.open(encoding="utf-8-sig") as lines:
            rows = [line.split() for line in lines]
        rows.sort(key=lambda row: -int(row[1]))
        self.words = frozenset(word.replace("'", "") for word, _ in rows)
        self.near = SymSpell(_REACH, _PREFIX)
        for word, count in islice(rows, _COMMON):
            if len(word) >= _SHORTEST and word.isalpha():
                self.near.create_dictionary_entry(word, int(count))
        self.shorthand = dict(
            line.split(" = ", 1)
            for line in _shorthand().splitlines()
            if " = " in line and line[0] != "#"
        )


@cache
def known_spellings() -> str:
    """Return what names the words that repair knows: it changes whenever they do."""
    return f"symspellpy {version('symspellpy')}\n{_shorthand()}"


def _shorthand() -> str:
    return (files("baton.nlu") / "data" / "shorthand.txt").read_text("utf-8")


@cache
def _language() -> _Language:
    return _Language()
