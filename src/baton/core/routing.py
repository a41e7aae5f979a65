"""Where a handed-over conversation waits: for a person who is there, or on a promise (R1-R4)."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from baton.core.hours import BusinessHours
from baton.core.pack import Queue
from baton.core.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """One available agent: what they may take (a queue's name) and how much they hold."""

    user_id: str
    skills: frozenset[str]
    open_conversations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who is there, and how many already wait in each queue."""

    agents: tuple[OnDuty, ...] = ()
    waiting: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """People are there: the conversation waits in a queue; the first response is due then."""

    queue: str
    expected_wait: timedelta
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Nobody is free: an answer is promised within a window, due then."""

    queue: str
    window: timedelta
    due_at: datetime


GENERAL = "general"
MANAGERS = "manager"
"""The queue that forgotten escalations move to, where a pack has it (R10)."""


def decide(
    queue: Queue, staffing: Staffing, hours: BusinessHours, policy: Policy, *, now: datetime
) -> Offered | Promised:
    """Return whether a conversation is offered to people now or promised for later.

    Everyone serves the general queue; another queue needs its skill. While the
    place is closed nobody is offered anything: who forgot to go off duty is not
    there (R16). The clock of a promise counts business time, that of an offer too (U6).
    """
    able = [a for a in staffing.agents if queue.name == GENERAL or queue.name in a.skills]
    ahead = staffing.waiting.get(queue.name, 0)
    free = sum(max(policy.agent_capacity - agent.open_conversations, 0) for agent in able)
    if free > ahead and hours.is_open(now):
        wait = policy.handle_time * (ahead / len(able))
        first_response = timedelta(minutes=queue.first_response_minutes)
        return Offered(
            queue=queue.name, expected_wait=wait, due_at=hours.after(now, first_response)
        )
    window = timedelta(minutes=queue.async_window_minutes)
    return Promised(queue=queue.name, window=window, due_at=hours.after(now, window))


def joined(staffing: Staffing, routed: Offered | Promised) -> Staffing:
    """Return the staffing with one more who waits in a queue; a promise takes nobody's place."""
    if isinstance(routed, Promised):
        return staffing
    ahead = staffing.waiting.get(routed.queue, 0)
    return replace(staffing, waiting={**staffing.waiting, routed.queue: ahead + 1})


def render_span(span: timedelta) -> str:
    """Return a span in words that a customer understands, rounded up: "about 10 minutes"."""
    minutes = max(math.ceil(span.total_seconds() / 60), 1)
    if minutes == 1:
        return "about a minute"
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"about {minutes} minutes"
    hours = math.ceil(minutes / 60)
    return "about an hour" if hours == 1 else f"about {hours} hours"
