"""Numbers of orders and bookings: after a word for them, or by their shape.

A shape is written with `9` for a digit, `A` for a letter and `?` for either; `{4,10}`
behind one repeats it so often, and everything else stands for itself: `ORD-9{3,10}`.
Shapes are no regular expressions, so that no setting can make reading slow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from baton.core.errors import InvalidInput
from baton.core.reading import Entity
from baton.nlu.entities.page import Page

ORDER = "order"
BOOKING = "booking"

_MAX_REPEATS = 32
_MAX_SHAPE = 60
_PIECE = re.compile(r"(.)(?:\{([0-9]{1,2})(?:,([0-9]{1,2}))?\})?", re.DOTALL)
_CLASSES = {"9": "[0-9]", "A": "[a-z]", "?": "[a-z0-9]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """What a workspace's references look like when no word says what they are."""

    order: tuple[str, ...] = ("#9{4,10}", "ORD-9{3,10}", "ORD9{4,10}", "SO-9{3,10}")
    booking: tuple[str, ...] = ("BK?{4,8}", "BK-?{4,8}", "BKG-9{3,8}", "RES-9{3,8}")


DEFAULT_SHAPES = Shapes()

_JOIN = r"(?: (?:is|was|no|nr)| ?[:=#]| ?-)? ?#?"
_SIGN = r"(?:number|no\.?|num|nr\.?|id|code|ref(?:erence)?\.?(?: (?:number|no\.?|code|id))?)"
_ORDER = r"(?:order|purchase)"
_BOOKING = r"(?:booking|reservation|appointment|confirmation|bkg)"
_CODE = r"([a-z0-9](?:[a-z0-9-]{1,18}[a-z0-9]))(?![\w/'\u2019%]|[.,:][0-9])"
# "order number 48213" may have any look, "order 48213" must look like one by itself.
_SIGNED = re.compile(rf"\b(?:({_ORDER})|{_BOOKING}) ?{_SIGN}{_JOIN}{_CODE}", re.ASCII)
_REF = re.compile(rf"\bref(?:erence)?\.?(?: (?:number|no\.?|code))?{_JOIN}{_CODE}", re.ASCII)
_PLAIN = re.compile(
    rf"\b(?:({_ORDER})|{_BOOKING}) ?(?:is )?[:#]? ?#?"
    r"([a-z]{1,4}-?[0-9]{3,10}|[0-9]{4,12}|(?=[a-z]{0,7}[0-9])[a-z0-9]{6,8})"
    r"(?![\w/'\u2019%-]|[.,:][0-9])",
    re.ASCII,
)
_HINTS = ("order", "purchase", "booking", "reserv", "appoint", "confirm", "bkg", "ref")
_COUNTED = re.compile(r"[0-9]+(?:st|nd|rd|th|am|pm|days?|hours?|mins?|items?|pcs|kg|gb|for-[0-9]+)")
_LETTERS_ONLY = range(5, 9)
_MIN_LENGTH = 4


def find_named(page: Page) -> Iterator[Entity]:
    """Yield the references that stand behind "order", "booking ref" and the like."""
    if not any(hint in page.lowered for hint in _HINTS):
        return
    for found in _SIGNED.finditer(page.lowered):
        if _is_code(page, found.start(2), found.end(2)):
            yield _entity(page, ORDER if found[1] else BOOKING, found.start(2), found.end(2))
    for found in _PLAIN.finditer(page.lowered):
        yield _entity(page, ORDER if found[1] else BOOKING, found.start(2), found.end(2))
    for found in _REF.finditer(page.lowered):
        if _is_code(page, found.start(1), found.end(1)):
            yield _entity(page, BOOKING, found.start(1), found.end(1))


def find_shaped(page: Page, shapes: Shapes) -> Iterator[Entity]:
    """Yield what has the shape of a reference."""
    if not page.has_digits:
        return
    for kind, written in ((ORDER, shapes.order), (BOOKING, shapes.booking)):
        pattern = _compiled(written)
        if pattern:
            for found in pattern.finditer(page.lowered):
                if any(map(str.isdecimal, found[0])):  # "BKFAST" is a word
                    yield _entity(page, kind, found.start(), found.end())


def _is_code(page: Page, start: int, end: int) -> bool:
    """Return whether letters and digits behind "ref" are a code and no word or count."""
    code = page.text[start:end]
    if len(code) < _MIN_LENGTH or _COUNTED.fullmatch(page.lowered, start, end):
        return False
    if any(map(str.isdecimal, code)):
        return True
    return code.isupper() and len(code) in _LETTERS_ONLY and not page.text.isupper()


def _entity(page: Page, kind: str, start: int, end: int) -> Entity:
    return page.entity(kind, start, end, page.text[start:end].lstrip("#").upper())


@lru_cache(maxsize=64)
def _compiled(shapes: tuple[str, ...]) -> re.Pattern[str] | None:
    if not shapes:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_pattern_of, shapes))})(?![\w-])", re.ASCII)


def _pattern_of(shape: str) -> str:
    if not 0 < len(shape) <= _MAX_SHAPE:
        raise InvalidInput({"shape": f"write 1 to {_MAX_SHAPE} characters, such as ORD-9{{4,8}}"})
    return "".join(_piece(shape, found) for found in _PIECE.finditer(shape))


def _piece(shape: str, found: re.Match[str]) -> str:
    one = _CLASSES.get(found[1], re.escape(found[1].lower()))
    if found[2] is None:
        return one
    least, most = int(found[2]), int(found[3] or found[2])
    if not 0 < least <= most <= _MAX_REPEATS:
        raise InvalidInput(
            {"shape": f"{shape}: repeat 1 to {_MAX_REPEATS} times, the fewest first"}
        )
    return f"{one}{{{least},{most}}}"
