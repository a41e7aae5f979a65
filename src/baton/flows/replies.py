"""Reads an answer as what was asked for: a date, a number, a photo, a reference."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from baton.core import days
from baton.core.json import Json
from baton.core.reading import Reading
from baton.flows.scene import Said, Scene
from baton.flows.values import ValueType


class ReplyKind(StrEnum):
    """What a question asks for."""

    MESSAGE = "message"  # any words, passed on to the next step
    TEXT = "text"  # any words, kept and not read further
    CHOICE = "choice"
    DATE = "date"
    PAST_DATE = "past_date"  # of something that was: a purchase, a visit
    NUMBER = "number"
    PHOTO = "photo"
    REFERENCE = "reference"  # of an order, a booking, a membership


TYPE_OF: dict[ReplyKind, ValueType] = {
    ReplyKind.MESSAGE: ValueType.TEXT,
    ReplyKind.TEXT: ValueType.TEXT,
    ReplyKind.CHOICE: ValueType.TEXT,
    ReplyKind.DATE: ValueType.DATE,
    ReplyKind.PAST_DATE: ValueType.DATE,
    ReplyKind.NUMBER: ValueType.NUMBER,
    ReplyKind.PHOTO: ValueType.TEXT,
    ReplyKind.REFERENCE: ValueType.TEXT,
}
"""The type of the fact that keeps an answer."""

# Where there are no files (a simulation), a picture stands in the text: "[photo <its id>]".
_PHOTO = re.compile(r"\[photo ([A-Za-z0-9_-]{1,64})\]")
_NUMBER = re.compile(r"(?<![\w.,-])(\d{1,9})(?![\w]|[.,]\d)")
# Letters and digits with at least one digit: "BK7741", "ord-1001", "10442".
_REFERENCE = re.compile(r"(?<![\w-])(?=[A-Za-z-]{0,20}\d)[A-Za-z0-9][A-Za-z0-9-]{2,30}(?![\w-])")
_REFERENCES = ("order", "booking", "member")


def find_value(kind: ReplyKind, said: Said, scene: Scene) -> Json:
    """Return the answer in words of its kind, None when there is none in what was said."""
    match kind:
        case ReplyKind.DATE:
            return _date_in(said, scene, days.day_of)
        case ReplyKind.PAST_DATE:
            return _date_in(said, scene, days.past_day_of)
        case ReplyKind.NUMBER:
            found = _NUMBER.findall(said.text)
            return int(found[0]) if len(found) == 1 else None
        case ReplyKind.PHOTO:
            return _photo_in(said)
        case ReplyKind.REFERENCE:
            return _reference_in(said)
        case _:
            return said.text.strip() or None


def _photo_in(said: Said) -> Json:
    if said.photos:
        return said.photos[0]
    written = _PHOTO.search(said.text)
    return written[1] if written else None


def _date_in(said: Said, scene: Scene, day_of: Callable[[str, date], date | None]) -> Json:
    today = scene.day or scene.now.date()
    phrases = (e.value for r in _read(said) for e in r.entities if e.kind == "date")
    found = {day for phrase in phrases if (day := day_of(phrase, today))}
    return found.pop().isoformat() if len(found) == 1 else None


def named_in(said: Said) -> str:
    """Return the order, booking or membership that words call by its name, "" for none."""
    named = (e.value for r in _read(said) for e in r.entities if e.kind in _REFERENCES)
    return next(filter(None, named), "")


def _reference_in(said: Said) -> Json:
    if named := named_in(said):
        return named
    shaped = _REFERENCE.findall(said.text)
    return str(shaped[0]).upper() if len(shaped) == 1 else None


def _read(said: Said) -> tuple[Reading, ...]:
    return said.messages or said.readings
