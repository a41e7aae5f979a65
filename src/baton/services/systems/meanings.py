"""What the words of a system of fixed meaning become here, for people to look up.

It is the table of the connector's README, so that the console and the handbook never differ:
the first one whose heading ends with "becomes". Kinds that people map have none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_PACKAGE = "baton.connectors"
_LAST = "becomes"

Words = tuple[tuple[bool, str], ...]
"""A text in pieces, each with whether it is a name as its system writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a system tells, and what that becomes."""

    told: Words
    becomes: Words


@lru_cache(maxsize=64)
def fixed_for(kind: str) -> tuple[Meaning, ...]:
    """Return what a kind of system tells and what becomes of it, in the README's order."""
    page = files(_PACKAGE) / kind / "README.md"
    return tuple(_rows(page.read_text("utf-8").splitlines())) if page.is_file() else ()


def _rows(lines: list[str]) -> Iterator[Meaning]:
    is_inside = False
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            if is_inside:
                return
        elif not is_inside:
            is_inside = cells[-1] == _LAST
        elif set(line) - set("|- "):
            yield Meaning(told=_words_of(cells[0]), becomes=_words_of(cells[-1]))


def _words_of(cell: str) -> Words:
    pieces = cell.split("`")
    return tuple((place % 2 == 1, text) for place, text in enumerate(pieces) if text)
