"""What is counted while invented people go through a flow.

Everything is a sum of whole numbers, so the order in which contacts are looked at changes
nothing. What is true of a run or a contact is counted once for it, however often it was
true: a share of them can never be above one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

Place = tuple[str, str]
"""A flow and one of its steps."""


@dataclass(slots=True, kw_only=True)
class Marks:
    """What happened to one run, or to one contact, at least once."""

    was_sent: bool = False
    has_replied: bool = False
    was_handed_over: bool = False
    was_asked_to_confirm: bool = False
    has_confirmed: bool = False
    has_reached_goal: bool = False
    has_opted_out: bool = False
    was_asked_to_rate: bool = False
    has_rated: bool = False


@dataclass(slots=True)
class Tally:
    """All counts of a simulation.

    Attributes:
        entered, waiting: by step; `waiting` are the runs that still are there at the end.
        left: by step, the step after it and the way's label.
        ended: by step and how the run ended there.
        started: runs by flow; `not_started` by reason.
        sends, cost: by channel and day (ISO 8601); the cost in millionths.
        held: messages that were not sent, by reason.
        inbound: what contacts wrote, by what kind of words it was.
        escalated: handoffs by reason and trigger.
        actions: by action and how it ended.
        problems: by step and what was wrong.
        effects: the other things that the flow did, by kind and name.
        runs, contacts: of the flow that is looked at, and what was true of how many.
    """

    entered: Counter[Place] = field(default_factory=Counter)
    waiting: Counter[Place] = field(default_factory=Counter)
    left: Counter[tuple[Place, Place, str]] = field(default_factory=Counter)
    ended: Counter[tuple[Place, str]] = field(default_factory=Counter)
    started: Counter[str] = field(default_factory=Counter)
    not_started: Counter[str] = field(default_factory=Counter)
    sends: Counter[tuple[str, str]] = field(default_factory=Counter)
    cost: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    inbound: Counter[str] = field(default_factory=Counter)
    escalated: Counter[tuple[str, str]] = field(default_factory=Counter)
    actions: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: Counter[tuple[Place, str]] = field(default_factory=Counter)
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    contacts: Counter[str] = field(default_factory=Counter)

    def sent(self, channel: str, day: str, cost: int) -> None:
        """Count a message that went out."""
        self.sends[channel, day] += 1
        self.cost[channel, day] += cost

    def close_run(self, marks: Marks) -> None:
        """Count a run of the flow, once for everything that was true of it."""
        _count(self.runs, marks)

    def close_contact(self, of_runs: Iterable[Marks], *, has_opted_out: bool) -> None:
        """Count a contact, once for everything that was true of any of their runs."""
        known = tuple(of_runs)
        joined = Marks(**{name: any(getattr(one, name) for one in known) for name in _NAMES})
        # STOP ends what is sent to a contact: it is theirs, whatever message brought it about.
        joined.has_opted_out = has_opted_out and joined.was_sent
        _count(self.contacts, joined)


_ALL = "all"
_NAMES = tuple(Marks.__dataclass_fields__)


def _count(counts: Counter[str], marks: Marks) -> None:
    counts[_ALL] += 1
    for name in _NAMES:
        counts[name] += getattr(marks, name)
