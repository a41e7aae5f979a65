"""One thing that was looked at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands: `look` wants a person soon, `fails` harms already."""

    OK = "ok"
    LOOK = "look"
    FAILS = "fails"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found, and what to do about it; `remedy` is "" where all is well."""

    name: str
    state: State
    found: str
    remedy: str = ""


def fine(name: str, found: str) -> Finding:
    """Return that something is well."""
    return Finding(name=name, state=State.OK, found=found)


def look(name: str, found: str, remedy: str) -> Finding:
    """Return that somebody should look."""
    return Finding(name=name, state=State.LOOK, found=found, remedy=remedy)


def fails(name: str, found: str, remedy: str) -> Finding:
    """Return that something is broken."""
    return Finding(name=name, state=State.FAILS, found=found, remedy=remedy)
