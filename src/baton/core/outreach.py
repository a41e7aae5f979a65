"""What people owe a contact who does not wait in a conversation: a call within a day, and so on.

A flow puts it on a queue's list, due by the wall clock: "within 24 hours" is said to people
whose anger does not rest while a place is closed (NP8).
"""

from datetime import datetime
from enum import StrEnum

from baton.core.policy import Policy


class Outcome(StrEnum):
    """How a task ended."""

    REACHED = "reached"  # the contact was spoken to
    DONE = "done"
    NOT_REACHED = "not_reached"  # tried often enough; nobody tries again
    NEEDLESS = "needless"


class Measure(StrEnum):
    """How tasks that were due stand: each task is in one of them."""

    IN_TIME = "in_time"
    LATE = "late"
    OVERDUE = "overdue"  # not done yet


def warns_at(created_at: datetime, due_at: datetime, policy: Policy) -> datetime:
    """Return when a task warns: once the share of its span is gone."""
    return created_at + (due_at - created_at) * policy.clock_warning_share


def measure(due_at: datetime, done_at: datetime | None, *, now: datetime) -> Measure | None:
    """Return how a task counts, None while it is neither due nor done."""
    if done_at is not None:
        return Measure.IN_TIME if done_at <= due_at else Measure.LATE
    return Measure.OVERDUE if due_at <= now else None
