"""Marks from 1 to 5 that are given as marks: "4/5", "4 stars", "four out of five"."""

import re
from collections.abc import Iterator

from baton.core.reading import Entity
from baton.nlu.entities.page import GOES_ON, Page

KIND = "rating"

_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_MARK = rf"([1-4](?:[.,]5)?|5|{'|'.join(_WORDS)})"
_OF_FIVE = re.compile(
    rf"(?<![\w./,:\xa3$\u20ac-]){_MARK}(?: ?/ ?5| (?:out )?of (?:5|five))(?: stars?)?"
    rf"(?![\w/%]|[.:][0-9]){GOES_ON}",
    re.ASCII,
)
_STARS = re.compile(
    rf"(?<![\w./,:-]){_MARK}(?:[ -]?stars\b|[ -]star\b(?: (?:rating|review|service|experience))?"
    rf"{GOES_ON})",
    re.ASCII,
)
_GIVEN = re.compile(
    r"\b(?:rat(?:e|ed|ing)|scor(?:e|ed|ing)|marks?|giv(?:e|ing)|gave)\b"
    r"(?: (?:it|you|u|this|that|them|him|her|us|the (?:class|service|visit|gym)))?"
    rf"(?: is| was|:| =| of)? ?(?:an? )?(?:solid )?{_MARK}\b(?![/%]|[.:][0-9]){GOES_ON}",
    re.ASCII,
)
_PICTURES = re.compile("(?<![\u2b50\u2605])[\u2b50\u2605]{1,5}(?![\u2b50\u2605])")
_IS_DAY = re.compile(r"(?:\bon|\bby|\bfrom|\buntil|\btill|\bdue|\bsince|\bbefore|\bafter) ?$")
_REACH = 8


def find(page: Page) -> Iterator[Entity]:
    """Yield the marks of a page."""
    text = page.lowered
    for found in _OF_FIVE.finditer(text):
        # "on 4/5" is a day.
        if "/" not in found[0] or not _IS_DAY.search(page.before(found.start(), _REACH)):
            yield page.entity(KIND, found.start(), found.end(), _value(found[1]))
    for pattern in (_STARS, _GIVEN):
        for found in pattern.finditer(text):
            yield page.entity(KIND, found.start(1), found.end(), _value(found[1]))
    if not text.isascii():
        for found in _PICTURES.finditer(text):
            yield page.entity(KIND, found.start(), found.end(), str(len(found[0])))


def _value(written: str) -> str:
    return _WORDS.get(written, written.replace(",", "."))
