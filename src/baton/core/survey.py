"""One question with a scale, and how its answer counts (U1, K2, FQ5, NP1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A kind of survey and the marks that it takes, lowest first."""

    kind: str
    lowest: int
    highest: int
    low: int  # at or below it a person looks (E36; a detractor, NP2)

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks as quick replies."""
        return tuple(str(mark) for mark in range(self.lowest, self.highest + 1))


CSAT = Scale(kind="csat", lowest=1, highest=5, low=2)
VISIT = Scale(kind="visit", lowest=1, highest=5, low=2)
"""How a visit was. Never counted with the satisfaction with an answer, nor with NPS (X19)."""
NPS = Scale(kind="nps", lowest=0, highest=10, low=6)
SCALES = {scale.kind: scale for scale in (CSAT, VISIT, NPS)}


def scale_of(marks: int) -> Scale:
    """Return a scale that has so many marks; 1 to 5 when none has, as in runs of old."""
    return next((scale for scale in SCALES.values() if len(scale.marks) == marks), CSAT)


MONTH = timedelta(days=30)
"""Over which the questions to one contact are counted."""


def is_tired(
    asked: Iterable[datetime], *, rest: timedelta, most_a_month: int, now: datetime
) -> bool:
    """Return whether a contact was asked so lately, or so often, that they are left alone.

    Whichever question it was: who answers is one person, however many flows ask (K38). A
    question that follows up an answer is not asked about here.
    """
    lately = [at for at in asked if at > now - MONTH]
    return len(lately) >= most_a_month or any(at > now - rest for at in lately)


_WORDS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_THUMBS = {"👍": 1.0, "👎": 0.0}  # as a share of the way up the scale
_NUMBER = re.compile(
    r"^(?:(?:i(?:'d)?\s)?(?:give|say)\s(?:it\s|you\s)?(?:an?\s)?)?([0-9]{1,2})"
    r"(?:\s?(?:/|out of)\s?([0-9]{1,2}))?(?:\s?stars?)?[.!]*$",
    re.IGNORECASE,
)
_STARS = re.compile(r"^[⭐★]{1,5}$")


def parse_rating(message: str, scale: Scale = CSAT) -> int | None:
    """Return a mark of the scale if the whole message is one, else None.

    A number inside a sentence ("I came at 5") is no rating: the sentence is a
    message of its own and deserves an answer.
    """
    bare = text.bare(message.replace("\ufe0f", ""))
    mark = _mark_in(bare, scale)
    return mark if mark is not None and scale.lowest <= mark <= scale.highest else None


def rating_in(lines: Iterable[str], scale: Scale = CSAT) -> int | None:
    """Return the first line's rating that is one."""
    found = (parse_rating(line, scale) for line in lines)
    return next((rating for rating in found if rating is not None), None)


def ratings_of(lines: Iterable[str], scale: Scale = CSAT) -> frozenset[str]:
    """Return the lines that are ratings, as keys."""
    return frozenset(text.bare(line) for line in lines if parse_rating(line, scale) is not None)


def score(rating: int, scale: Scale = CSAT) -> float:
    """Return a rating as a score from 0 to 100: of 1 to 5, 1 is 0, 3 is 50, 5 is 100 (U1)."""
    return (rating - scale.lowest) / (scale.highest - scale.lowest) * 100


def _mark_in(bare: str, scale: Scale) -> int | None:
    if scale is CSAT and _STARS.match(bare):
        return len(bare)
    if bare in _THUMBS:
        return round(scale.lowest + _THUMBS[bare] * (scale.highest - scale.lowest))
    if bare in _WORDS:
        return _WORDS[bare]
    match = _NUMBER.match(bare)
    if match is None or (match[2] and int(match[2]) != scale.highest):
        return None  # "8/10" is no mark from 1 to 5
    return int(match[1])
