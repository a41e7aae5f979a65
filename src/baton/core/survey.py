"""One question after a resolution, and how its answer counts (U1, K2, FQ5)."""

import re
from collections.abc import Iterable

from baton.core import text

LOWEST = 1
HIGHEST = 5
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "👍": 5, "👎": 1}
_NUMBER = re.compile(
    r"^(?:(?:i(?:'d)?\s)?(?:give|say)\s(?:it\s|you\s)?(?:an?\s)?)?([1-5])"
    r"(?:\s?(?:/|out of)\s?5)?(?:\s?stars?)?[.!]*$",
    re.IGNORECASE,
)
_STARS = re.compile(r"^[⭐★]{1,5}$")


def parse_rating(message: str) -> int | None:
    """Return a rating from 1 to 5 if the whole message is one, else None.

    A number inside a sentence ("I came at 5") is no rating: the sentence is a
    message of its own and deserves an answer.
    """
    bare = text.bare(message.replace("\ufe0f", ""))
    if _STARS.match(bare):
        return len(bare)
    if bare in _WORDS:
        return _WORDS[bare]
    match = _NUMBER.match(bare)
    return int(match[1]) if match else None


def rating_in(lines: Iterable[str]) -> int | None:
    """Return the first line's rating that is one."""
    return next((rating for line in lines if (rating := parse_rating(line))), None)


def ratings_of(lines: Iterable[str]) -> frozenset[str]:
    """Return the lines that are ratings, as keys."""
    return frozenset(text.bare(line) for line in lines if parse_rating(line))


def score(rating: int) -> float:
    """Return a 1-5 rating as a score from 0 to 100: 1 is 0, 3 is 50, 5 is 100 (U1)."""
    return (rating - LOWEST) / (HIGHEST - LOWEST) * 100
