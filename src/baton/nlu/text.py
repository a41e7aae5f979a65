"""Cleaning and cutting of messages: the one way in which every reader sees a text.

`clean` keeps letters, case and emoji as they were written, so that spans in a cleaned
text can be shown to people; `fold` is what words are compared by.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

MAX_CHARACTERS = 20_000
"""Words are looked for in this much of a message: a hard stop may stand at its end."""

_RUN = re.compile(r"([^\W\d_])\1{2,}")  # digits stay: 999 is a number of its own
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc\u2018`\u00b4")
_WORD = re.compile(r"[^\W_]+(?:['\u2019\u02bc\u2018`\u00b4][^\W_]+)*")
_SPACES = re.compile(r"[^\S\n]+")
# Invisible letters (joiners, marks of direction, soft hyphens) and control characters
# would break a word in two for us and for nobody who reads it. The joiner of emoji
# (U+200D) goes too: only the picture's parts matter here.
_UNSEEN = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


class Token(NamedTuple):
    """A word of a cleaned text, folded, and its half-open span."""

    word: str
    start: int
    end: int


def clean(text: str) -> str:
    """Return the text in one Unicode form, without what cannot be seen, at most so long."""
    text = text[:MAX_CHARACTERS]
    if not text.isascii():
        text = _SURROGATES.sub("\ufffd", text)
        text = unicodedata.normalize("NFKC", text)
    # A tab is a gap; the other unseen characters are nothing at all.
    text = _UNSEEN.sub("", text.replace("\t", " ").replace("\r\n", "\n").replace("\r", "\n"))
    return _SPACES.sub(" ", text).strip()[:MAX_CHARACTERS]


@lru_cache(maxsize=65_536)  # people use the same words all day
def fold(word: str) -> str:
    """Return what a word is compared by: no case, accents, apostrophes or stretched letters."""
    word = word.casefold().translate(_APOSTROPHES)
    if not word.isascii():
        apart = unicodedata.normalize("NFKD", word)
        word = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _RUN.sub(r"\1\1", word)


def tokens(text: str) -> list[Token]:
    """Return the words of a cleaned text."""
    return [Token(fold(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]


def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text as it was written, folded."""
    return tuple(token.word for token in tokens(clean(text)))
