"""Promises to contacts and sleeping conversations: the small writes that a moment brings."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from baton.store.models import Conversation, Handoff, SlaClock


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """A clock that ran out."""

    workspace_id: str
    conversation_id: str
    kind: str


def mark_breached(clock_id: str, now: datetime) -> BrokenPromise | None:
    """Mark a clock that still runs as breached; None when it was met before."""
    running = SlaClock.objects.filter(id=clock_id, met_at=None, breached_at=None, stopped_at=None)
    clock = running.values("workspace_id", "conversation_id", "kind").first()
    if clock is None:
        return None
    running.update(breached_at=now)
    return BrokenPromise(**clock)


def meet(conversation_id: str, now: datetime) -> tuple[str, ...]:
    """Mark a conversation's running clocks as met by an answer; return their ids."""
    return _end(conversation_id, met_at=now)


def stop(conversation_id: str, now: datetime) -> tuple[str, ...]:
    """Stop a conversation's running clocks, since nobody waits any more; return their ids."""
    return _end(conversation_id, stopped_at=now)


def withdraw_handoffs(conversation_id: str, now: datetime) -> None:
    """End what was offered and accepted by nobody."""
    offered = Handoff.objects.filter(
        conversation_id=conversation_id, state="offered", ended_at=None
    )
    offered.update(state="withdrawn", ended_at=now, outcome="raised")


def is_running(conversation_id: str) -> bool:
    """Return whether a promise still runs for a conversation."""
    return _running(conversation_id).exists()


def _running(conversation_id: str) -> "QuerySet[SlaClock]":
    return SlaClock.objects.filter(conversation_id=conversation_id, met_at=None, stopped_at=None)


def _end(conversation_id: str, **how: datetime) -> tuple[str, ...]:
    running = _running(conversation_id)
    ids = tuple(running.values_list("id", flat=True))
    SlaClock.objects.filter(id__in=ids).update(**how)
    return ids


def wake_snoozed(conversation_id: str, until: datetime) -> bool:
    """Open a conversation whose snooze until that moment is over; False if it was changed since."""
    asleep = Conversation.objects.filter(id=conversation_id, status="snoozed", snoozed_until=until)
    return asleep.update(status="open", snoozed_until=None) == 1
