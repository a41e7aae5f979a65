"""Talks with contacts who wanted to leave: why, what they were offered, and what came of it.

Read from the rows of the talks themselves, so that each number is the count of the rows that
it opens (CH21, E22).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from baton.core.retention import Outcome
from baton.store.models import Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One talk, by its last word; `offer` is "" where nothing was offered."""

    conversation_id: str
    user_id: str
    wish: str
    reason: str
    offer: str
    outcome: Outcome
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The talks of one reason, or one offer, by what came of them."""

    name: str
    saved: int
    left: int
    undecided: int

    @property
    def total(self) -> int:
        """All of them: each talk has one outcome."""
        return self.saved + self.left + self.undecided


def list_talks(workspace_id: str, *, since: datetime, until: datetime) -> tuple[Talk, ...]:
    """Return the talks that were last written down in a window, the newest first."""
    found = Retention.objects.filter(
        workspace_id=workspace_id, told_at__gte=since, told_at__lt=until
    ).order_by("-told_at", "-id")
    return tuple(
        Talk(
            conversation_id=row.conversation_id,
            user_id=row.user_id,
            wish=row.wish,
            reason=row.churn_reason,
            offer=row.offer,
            outcome=Outcome(row.outcome),
            told_at=row.told_at,
        )
        for row in found
    )


def by_reason(talks: Iterable[Talk]) -> tuple[Line, ...]:
    """Return the talks by why they wanted to leave, the most frequent first."""
    return _lines((talk.reason, talk.outcome) for talk in talks)


def by_offer(talks: Iterable[Talk]) -> tuple[Line, ...]:
    """Return the talks by what was offered, "" for nothing, the most frequent first."""
    return _lines((talk.offer, talk.outcome) for talk in talks)


def sum_of(talks: Iterable[Talk]) -> Line:
    """Return all talks by what came of them."""
    return next(iter(_lines(("", talk.outcome) for talk in talks)), _NONE)


_NONE = Line(name="", saved=0, left=0, undecided=0)


def _lines(named: Iterable[tuple[str, Outcome]]) -> tuple[Line, ...]:
    counted: dict[str, dict[str, int]] = {}
    for name, outcome in named:
        counts = counted.setdefault(name, dict.fromkeys((one.value for one in Outcome), 0))
        counts[outcome.value] += 1
    lines = (Line(name=name, **counts) for name, counts in counted.items())
    return tuple(sorted(lines, key=lambda line: (-line.total, line.name)))
