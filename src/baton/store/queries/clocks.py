"""Promises to contacts and sleeping conversations: the small writes that a moment brings."""

from dataclasses import dataclass
from datetime import datetime

from baton.store.models import Conversation, SlaClock


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """A clock that ran out."""

    workspace_id: str
    conversation_id: str
    kind: str


def mark_breached(clock_id: str, now: datetime) -> BrokenPromise | None:
    """Mark a clock that still runs as breached; None when it was met before."""
    running = SlaClock.objects.filter(id=clock_id, met_at=None, breached_at=None)
    clock = running.values("workspace_id", "conversation_id", "kind").first()
    if clock is None:
        return None
    running.update(breached_at=now)
    return BrokenPromise(**clock)


def meet(conversation_id: str, now: datetime) -> tuple[str, ...]:
    """Mark a conversation's running clocks as met; return their ids."""
    running = SlaClock.objects.filter(conversation_id=conversation_id, met_at=None)
    ids = tuple(running.values_list("id", flat=True))
    running.update(met_at=now)
    return ids


def wake_snoozed(conversation_id: str) -> bool:
    """Open a conversation whose snooze is over; False when it was opened before."""
    asleep = Conversation.objects.filter(id=conversation_id, status="snoozed")
    return asleep.update(status="open", snoozed_until=None) == 1
