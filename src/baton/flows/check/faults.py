"""What a check finds: where it is, what is wrong, and how to mend it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from rapidfuzz import process

from baton.flows.check.subject import Subject

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a document: keys of mappings, and places in lists from 0."""

_NEAR_ENOUGH = 60  # rapidfuzz's score of two names that differ by a slip or a swapped word


class Severity(StrEnum):
    """Whether a flow may go live with a fault."""

    ERROR = "error"  # it may not
    WARNING = "warning"  # it may, if a person has looked at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has to say of one place.

    `at` counts characters into the text or the expression that stands there, from 0; None
    means the whole of it.
    """

    path: Path
    message: str
    mend: str
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong in a flow's document.

    Attributes:
        rule: the name of the rule that found it, as docs/flows-check.md lists it.
        path: the very field; one that is missing is named as if it were there.
        mend: what to do about it.
        at: characters into the text or the expression at the path, None for all of it.
    """

    rule: str
    severity: Severity
    path: Path
    message: str
    mend: str
    at: int | None = None

    @property
    def place(self) -> str:
        """Return the path as people read it: "steps.menu.choices[1].key"."""
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return "".join(parts).lstrip(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that is asked of every flow; `about` is what the docs say of it."""

    name: str
    severity: Severity
    about: str
    find: Callable[[Subject], Iterator[Finding]]


def error(name: str, about: str, find: Callable[[Subject], Iterator[Finding]]) -> Rule:
    """Return a rule that keeps a flow from going live."""
    return Rule(name=name, severity=Severity.ERROR, about=about, find=find)


def warning(name: str, about: str, find: Callable[[Subject], Iterator[Finding]]) -> Rule:
    """Return a rule that a person may overrule."""
    return Rule(name=name, severity=Severity.WARNING, about=about, find=find)


def nearest(word: str, known: Collection[str], least: int = _NEAR_ENOUGH) -> str:
    """Return the known name that a word was probably meant to be, "" for none.

    `least` is how alike they must be, 100 being the same.
    """
    found = process.extractOne(word, sorted(known), score_cutoff=least)
    return found[0] if found else ""


def instead(word: str, known: Collection[str]) -> str:
    """Say which name to write instead of an unknown one."""
    meant = nearest(word, known)
    if meant:
        return f"write {meant!r}, if that is meant"
    return f"known are {', '.join(sorted(known))}" if known else "there is none to choose from"
