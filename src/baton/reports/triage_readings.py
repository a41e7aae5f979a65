"""What the triage report says: shares with the rows behind them, by type and by trigger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from baton.core.triage import Outcome, TriageScore
from baton.reports import intervals
from baton.reports.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of conversations, or of fired triggers by their conversations."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None without anything to count."""
        return len(self.numerator) / len(self.denominator) if self.denominator else None

    @property
    def interval(self) -> Interval:
        """Where the true share lies."""
        return intervals.wilson(len(self.numerator), len(self.denominator))


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeReading:
    """A request type: assumed, counted, and what parts the two.

    Attributes:
        assumed: the pack's axes; of a type that the pack does not know, those stored.
        outcome: who it is for by these axes.
        shares: by name: handed_over, negative, hard_stop, strained (either of the two),
            settled (by the bot alone, and verified), recontacted (of those resolved).
        bot_turns: the mean number of bot replies; None without conversations.
        per_week, weekly: counted in a week, and its interval.
        suggestions: in words; empty also where there are too few.
        is_enough: whether there are enough conversations to judge by.
    """

    name: str
    title: str
    assumed: TriageScore
    outcome: Outcome
    conversations: tuple[str, ...]
    shares: Mapping[str, Share]
    bot_turns: float | None
    per_week: float
    weekly: Interval
    suggestions: tuple[str, ...] = ()
    is_enough: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerReading:
    """An escalation trigger: every time it fired, and how often people found it right (E16).

    `right` counts, of those that a reviewer looked at, the ones where a person was
    needed; `misread` the ones that were taken for something else. Ids are those of the
    escalations.
    """

    trigger: str
    fired: tuple[str, ...]
    conversations: tuple[str, ...]
    right: Share
    misread: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Both ways to be wrong, now and in the window before (FL8).

    `needless` are escalations that a reviewer found needless, of those looked at;
    `unattended` conversations that were for people and never reached one.
    """

    needless: Share
    unattended: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageReport:
    """The report of one workspace over a window."""

    since: datetime
    until: datetime
    weeks: float
    types: tuple[TypeReading, ...]
    triggers: tuple[TriggerReading, ...]
    drift: Drift
    earlier: Drift
