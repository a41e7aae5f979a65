"""The clocks that run for whoever waits: when each is due, when it warns, and how it pauses.

A clock counts opening hours alone (`core.hours`). It warns once a share of its window is
gone and breaks at its end. The one of the whole matter stands still while the contact is
asked for something or the conversation sleeps, and goes on with what was left of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from baton.core.hours import BusinessHours
from baton.core.pack import Queue
from baton.core.policy import Policy


class Kind(StrEnum):
    """What a clock promises to the contact."""

    FIRST_RESPONSE = "first_response"  # people are there: the first word of one of them
    NEXT_RESPONSE = "next_response"  # the contact wrote to the person who has the conversation
    ASYNC_PROMISE = "async_promise"  # nobody was free: the answer that was promised (R3)
    RESOLUTION = "resolution"  # the whole matter, from the handoff on


RESPONSES = frozenset({Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE, Kind.ASYNC_PROMISE})
"""The clocks that an answer of a person meets."""

ALL = frozenset(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock that runs, or stands still since `paused_at`.

    `window` is how long it runs in all, in opening hours; `due_at` is the moment at which
    they are over, as things stand.
    """

    kind: Kind
    window: timedelta
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None = None


def window_of(kind: Kind, queue: Queue, policy: Policy) -> timedelta:
    """Return how long a queue has for something, in opening hours (U6, R7)."""
    match kind:
        case Kind.FIRST_RESPONSE:
            return timedelta(minutes=queue.first_response_minutes)
        case Kind.NEXT_RESPONSE:
            return timedelta(minutes=queue.next_response_minutes or queue.first_response_minutes)
        case Kind.ASYNC_PROMISE:
            return timedelta(minutes=queue.async_window_minutes)
        case Kind.RESOLUTION:
            own = timedelta(minutes=queue.resolution_minutes)
            return own or policy.resolution_window


def start(kind: Kind, window: timedelta, hours: BusinessHours, *, now: datetime) -> Clock:
    """Return a clock that starts now."""
    return Clock(kind=kind, window=window, started_at=now, due_at=hours.after(now, window))


def warns_at(clock: Clock, hours: BusinessHours, policy: Policy, *, now: datetime) -> datetime:
    """Return when a running clock should warn: once its share is gone, at the earliest now."""
    reserve = clock.window * (1 - policy.clock_warning_share)
    left = hours.between(now, clock.due_at)
    return min(hours.after(now, max(left - reserve, timedelta(0))), clock.due_at)


def pause(clock: Clock, *, now: datetime) -> Clock:
    """Return a clock as it stands still; one that does already is as it was."""
    return clock if clock.paused_at else replace(clock, paused_at=now)


def resume(clock: Clock, hours: BusinessHours, *, now: datetime) -> Clock:
    """Return a clock as it goes on, with the opening hours that it had left.

    One that was broken before it stood still stays due in the past.
    """
    if clock.paused_at is None or clock.paused_at >= clock.due_at:
        return replace(clock, paused_at=None)
    left = hours.between(clock.paused_at, clock.due_at)
    return replace(clock, paused_at=None, due_at=hours.after(now, left))
