"""What people do in each kind of case: one escalation playbook, as data of a pack (H24, H25)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from baton.core import language


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One quick-reference card.

    `when` names triggers or request types; `say` is the one recovery move, in words that can
    be sent (TP12), and `say_in` the same by language; `never` is what would make it worse.
    """

    name: str
    title: str
    when: tuple[str, ...]
    steps: tuple[str, ...]
    say: str
    never: str
    say_in: Mapping[str, str] = field(default_factory=dict)

    def opening_in(self, spoken: str) -> str:
        """Return the recovery move in a contact's language, else in the playbook's own."""
        for one, words in self.say_in.items():
            if spoken and language.is_same(one, spoken):
                return words
        return self.say


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
