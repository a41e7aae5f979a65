"""What other languages call days, hours and numbers, put into the words that the finders know.

A language is a table (`data/spoken`) and no code: phrases of it, and what each means in English.
Every table is tried on every text, since nobody has to say first in which language they write:
what is put otherwise is put so by whole phrases, which are none of English.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

import yaml

_NUMBER = "<n>"
_LAST_OF_TWELVE = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    """A table made ready: one pattern of all phrases, and what each of them means."""

    phrases: re.Pattern[str]
    means: Mapping[str, str]
    numbers: Mapping[str, int]


def plain(text: str) -> str:
    """Return a text in the finders' words where a table has other ones for them."""
    if not text:
        return text
    for language in _languages():
        bare = _bare(text)
        put = language.phrases.sub(partial(_meant, language), bare)
        text = text if put == bare else put
    return text


@cache
def idle_words() -> frozenset[str]:
    """Return words of other languages by which one name is not told from another."""
    return frozenset(word for table in _tables() for word in table["idle"])


@cache
def _languages() -> tuple[_Language, ...]:
    return tuple(map(_made, _tables()))


@cache
def _tables() -> tuple[dict[str, dict[str, str | int]], ...]:
    room = files("baton.nlu") / "data" / "spoken"
    written = sorted(room.iterdir(), key=lambda one: one.name)
    return tuple(yaml.load(one.read_text("utf-8"), Loader=_LOADER) for one in written)  # noqa: S506 - a safe loader


def _made(table: Mapping[str, Mapping[str, str | int]]) -> _Language:
    numbers = {word: int(value) for word, value in table["numbers"].items()}
    means = {phrase: str(said) for phrase, said in table["means"].items()}
    spelt = rf"(?:[0-9]{{1,2}}(?:[:.][0-9]{{2}})?|{'|'.join(numbers)})"
    longest = sorted(means, key=len, reverse=True)
    either = "|".join(
        re.escape(one).replace(re.escape(_NUMBER), spelt).replace(r"\ ", r"\s{1,3}")
        for one in longest
    )
    return _Language(
        phrases=re.compile(rf"\b(?:{either})\b(?![:.][0-9])"), means=means, numbers=numbers
    )


def _meant(language: _Language, found: re.Match[str]) -> str:
    words = found[0].split()
    number = next((word for word in words if word[0].isdigit() or word in language.numbers), "")
    phrase = " ".join(_NUMBER if word == number else word for word in words)
    if phrase not in language.means:  # of a phrase without a number, "una" is no number
        phrase, number = " ".join(words), ""
    said = language.means[phrase]
    return said.replace(_NUMBER, _hour(language, number, said)) if number else said


def _hour(language: _Language, number: str, said: str) -> str:
    """Return a number in figures: an hour past twelve as a clock shows it."""
    figures = str(language.numbers.get(number, number)).replace(".", ":")
    is_late = said.startswith("at ") and figures.isdecimal() and int(figures) > _LAST_OF_TWELVE
    return f"{figures}:00" if is_late and said.endswith(_NUMBER) else figures


def _bare(text: str) -> str:
    """Return a text in small letters without accents."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in spread if not unicodedata.combining(sign))
