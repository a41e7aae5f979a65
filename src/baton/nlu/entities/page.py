"""A message laid out for the finders of entities, with what they need to know about it."""

import re
from dataclasses import dataclass
from datetime import date

from baton.core.reading import Entity

_LOWER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}
_DIGIT = re.compile(r"[0-9]")

# What may stand behind a bare number for it to be a day, a time or a mark: the end, a
# stop, or a word that goes on with the sentence. "at 6 please" is a time, "at 6 Main
# Street" is not; "2 out of 5" is a mark, "2 out of 5 machines" is not.
GOES_ON = (
    r"(?=\s{0,3}(?:\Z|[,;!?)\n\"'\u2019\u2013-]|[.:](?![0-9])|(?:and|or|but|please|pls|plz|thanks|"
    r"thank|thx|if|so|for|from|to|until|till|in|on|at|with|because|cause|cos|instead|then|today|"
    r"tonight|tomorrow|tmrw|sharp|ish|is|was|would|will|does|works?|next|this|when|as|by|i|we|it|"
    r"not|the|my|mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """How people of a locale write: which comes first in 3/4, and what a bare "$" is."""

    day_first: bool
    dollar: str
    pounds_are_money: bool


_DOLLARS = {"AU": "AUD", "CA": "CAD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"}
_POUND_COUNTRIES = frozenset({"GB", "IE", "IM", "JE", "GG"})
_MONTH_FIRST = frozenset({"US", "PH"})


def region_of(locale: str) -> Region:
    """Return the habits of a locale such as "en-GB"; unknown ones write the day first."""
    country = locale.replace("_", "-").rpartition("-")[2].upper()
    return Region(
        day_first=country not in _MONTH_FIRST,
        dollar=_DOLLARS.get(country, "USD"),
        pounds_are_money=country in _POUND_COUNTRIES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One cleaned text.

    `lowered` has the same length as `text`, so that spans of one are spans of the
    other: only the 26 letters of English change.
    """

    text: str
    lowered: str
    has_digits: bool
    today: date | None
    region: Region

    def entity(self, kind: str, start: int, end: int, value: str) -> Entity:
        """Return an entity of this page."""
        text = self.text[start:end]
        return Entity(kind=kind, text=text, start=start, end=end, value=value)

    def before(self, place: int, reach: int) -> str:
        """Return the letters right before a place, in lower case."""
        return self.lowered[max(0, place - reach) : place]

    def after(self, place: int, reach: int) -> str:
        """Return the letters right behind a place, in lower case."""
        return self.lowered[place : place + reach]


def page_of(text: str, today: date | None, region: Region) -> Page:
    """Lay out a cleaned text."""
    lowered = text.lower() if text.isascii() else text.translate(_LOWER)
    return Page(
        text=text,
        lowered=lowered,
        has_digits=_DIGIT.search(text) is not None,
        today=today,
        region=region,
    )
