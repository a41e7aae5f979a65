"""Promises to contacts and sleeping conversations: the small writes that a moment brings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from baton.core.clocks import ALL, RESPONSES, Clock, Kind
from baton.store import sql
from baton.store.models import Breach, Conversation, SlaClock
from baton.store.rows import SlaClockRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningClock:
    """A clock that was neither met nor stopped, and whose it is."""

    id: str
    workspace_id: str
    conversation_id: str
    queue: str
    clock: Clock
    warned_at: datetime | None
    breached_at: datetime | None


def find_running(clock_id: str) -> RunningClock | None:
    """Return a clock that still runs, or None."""
    found = SlaClock.objects.filter(id=clock_id, met_at=None, stopped_at=None).first()
    return _running_of(found) if found else None


def list_running(conversation_id: str, kinds: Collection[Kind] = ALL) -> list[RunningClock]:
    """Return a conversation's clocks that still run, oldest first."""
    statement = _RUNNING.format(kinds=sql.places(len(kinds)))
    found = sql.select(statement, [conversation_id, *sorted(kind.value for kind in kinds)])
    columns = sql.columns_of(SlaClockRow)
    return [_running_of(SlaClockRow(**dict(zip(columns, row, strict=True)))) for row in found]


def is_running(conversation_id: str) -> bool:
    """Return whether an answer is still promised in a conversation."""
    return _running(conversation_id).filter(kind__in=list(RESPONSES)).exists()


def mark_warned(clock_id: str, now: datetime) -> None:
    """Note that a clock has warned."""
    SlaClock.objects.filter(id=clock_id).update(warned_at=now)


def mark_breached(clock_id: str, now: datetime) -> None:
    """Note that a clock has run out."""
    SlaClock.objects.filter(id=clock_id).update(breached_at=now)


def move(clock_id: str, clock: Clock) -> None:
    """Write when a clock is due now, or since when it stands still."""
    SlaClock.objects.filter(id=clock_id).update(due_at=clock.due_at, paused_at=clock.paused_at)


def meet(clock_ids: Sequence[str], now: datetime) -> None:
    """Mark clocks as met."""
    _end(_MEET, clock_ids, now)


def stop(clock_ids: Sequence[str], now: datetime) -> None:
    """Stop clocks, since nobody waits any more."""
    _end(_STOP, clock_ids, now)


def revive(clock_id: str, clock: Clock) -> None:
    """Let a clock run again that was met or stopped, as if it had never been."""
    running = SlaClock.objects.filter(id=clock_id)
    running.update(met_at=None, stopped_at=None, due_at=clock.due_at, paused_at=clock.paused_at)


def list_open_breaches(conversation_id: str) -> tuple[str, ...]:
    """Return the ids of a conversation's open breaches."""
    found = Breach.objects.filter(conversation_id=conversation_id, ended_at=None)
    return tuple(found.order_by("id").values_list("id", flat=True))


def reopen_breaches(breach_ids: Collection[str]) -> None:
    """Open breaches again whose end was taken back."""
    Breach.objects.filter(id__in=list(breach_ids)).update(ended_at=None)


def end_breaches(conversation_id: str, reasons: Collection[str], now: datetime) -> None:
    """End a conversation's open breaches of some reasons."""
    found = Breach.objects.filter(conversation_id=conversation_id, ended_at=None)
    found.filter(reason__in=list(reasons)).update(ended_at=now)


def withdraw_handoffs(conversation_id: str, now: datetime) -> None:
    """End what was offered and accepted by nobody."""
    sql.execute(_WITHDRAW, [now, conversation_id])


def _running(conversation_id: str) -> "QuerySet[SlaClock]":
    return SlaClock.objects.filter(conversation_id=conversation_id, met_at=None, stopped_at=None)


def _end(statement: str, clock_ids: Sequence[str], now: datetime) -> None:
    if clock_ids:
        ids = sql.places(len(clock_ids))
        sql.execute(statement.format(ids=ids), [now, *clock_ids])
        sql.execute(_END_BREACHES.format(ids=ids), [now, *clock_ids])


def _running_of(one: SlaClock | SlaClockRow) -> RunningClock:
    return RunningClock(
        id=one.id,
        workspace_id=one.workspace_id,
        conversation_id=one.conversation_id,
        queue=one.queue,
        clock=Clock(
            kind=Kind(one.kind),
            window=timedelta(seconds=one.window_seconds),
            started_at=one.started_at,
            due_at=one.due_at,
            paused_at=one.paused_at,
        ),
        warned_at=one.warned_at,
        breached_at=one.breached_at,
    )


def wake_snoozed(conversation_id: str, until: datetime) -> bool:
    """Open a conversation whose snooze until that moment is over; False if it was changed since."""
    asleep = Conversation.objects.filter(id=conversation_id, status="snoozed", snoozed_until=until)
    return asleep.update(status="open", snoozed_until=None) == 1


# A message that makes a waiting matter more urgent asks these, many in one batch.
_RUNNING = f"""
SELECT {", ".join(sql.columns_of(SlaClockRow))} FROM store_slaclock
WHERE conversation_id = %s AND kind IN ({{kinds}}) AND met_at IS NULL AND stopped_at IS NULL
ORDER BY id
"""
_MEET = "UPDATE store_slaclock SET met_at = %s WHERE id IN ({ids})"
_STOP = "UPDATE store_slaclock SET stopped_at = %s WHERE id IN ({ids})"
_END_BREACHES = """
UPDATE store_breach SET ended_at = %s WHERE clock_id IN ({ids}) AND ended_at IS NULL
"""
_WITHDRAW = """
UPDATE store_handoff SET state = 'withdrawn', ended_at = %s, outcome = 'raised'
WHERE conversation_id = %s AND state = 'offered' AND ended_at IS NULL
"""
