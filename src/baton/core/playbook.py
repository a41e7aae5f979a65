"""What people do in each kind of case: one escalation playbook, as data of a pack (H24, H25)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One quick-reference card.

    `when` names triggers or request types; `say` is the one recovery move, in words that can
    be sent (TP12); `never` is what would make it worse.
    """

    name: str
    title: str
    when: tuple[str, ...]
    steps: tuple[str, ...]
    say: str
    never: str


def find(plays: Iterable[Play], *causes: str) -> Play | None:
    """Return the play for the first of some causes that any of them names, most telling first."""
    known = tuple(plays)
    for cause in filter(None, causes):
        for play in known:
            if cause in play.when:
                return play
    return None


def joined(base: Iterable[Play], own: Iterable[Play]) -> tuple[Play, ...]:
    """Return a pack's plays: its own first, then those of the base whose names it has not."""
    first = tuple(own)
    names = {play.name for play in first}
    return (*first, *(play for play in base if play.name not in names))
