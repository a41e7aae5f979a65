"""Where a handed-over conversation waits: for a person who is there, or on a promise (R1-R4)."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from baton.core.escalation import Reason
from baton.core.hours import BusinessHours
from baton.core.pack import Pack, Queue
from baton.core.policy import Policy
from baton.core.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """One available agent: what they may take (a queue's name) and how much they hold.

    `capacity` is their own number of conversations at a time; None is the workspace's. With
    `authority_minor` they may grant so much, None is no limit; `languages` are those that
    they speak beside that of the texts, by code. `locations` are those whose contacts are
    theirs, none is all.
    """

    user_id: str
    skills: frozenset[str]
    open_conversations: int
    capacity: int | None = None
    authority_minor: int | None = None
    languages: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()

    def may_settle(self, amount_minor: int) -> bool:
        """Return whether a matter of an amount is theirs to settle (R15)."""
        return self.authority_minor is None or amount_minor <= self.authority_minor

    def is_at(self, location_id: str) -> bool:
        """Return whether contacts of a location are theirs; those of no one place are all's."""
        return not self.locations or not location_id or location_id in self.locations

    def serves(self, queue: str) -> bool:
        """Return whether they take from a queue: everyone from the general one."""
        return queue == GENERAL or queue in self.skills


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who is there, and how many already wait in each queue.

    `handle_times` are measured, by queue; without one the workspace's policy says how long
    a conversation takes. `priorities` are those of the queues, by name.
    """

    agents: tuple[OnDuty, ...] = ()
    waiting: Mapping[str, int]
    handle_times: Mapping[str, timedelta] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)


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

MIN_MEASURED = 20
"""Fewer conversations tell nothing of how long one takes."""

_UNCLEAR = frozenset({Reason.FAILED_ATTEMPTS, Reason.REPEATING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a conversation asks of whoever takes it, beside its queue.

    `amount_minor` is what it is about, where it is about money; who `may_be_answered` has
    not opted out of the channel that they write on (R12). `location_id` is the contact's.
    """

    amount_minor: int = 0
    may_be_answered: bool = True
    location_id: str = ""


NOTHING = Need()


def decide(  # noqa: PLR0913 - who is there, when, and what is asked of them
    queue: Queue,
    staffing: Staffing,
    hours: BusinessHours,
    policy: Policy,
    *,
    now: datetime,
    need: Need = NOTHING,
) -> Offered | Promised:
    """Return whether a conversation is offered to people now or promised for later.

    An amount counts those alone who may settle it. Who cannot be answered where they write
    takes nobody's place: a person finds another way, within the window of the promise.

    While the place is closed nobody is offered anything: who forgot to go off duty is not
    there (R16). The clock of a promise counts business time, that of an offer too (U6).
    """
    able = able_in(queue.name, staffing, need)
    ahead = _ahead(queue, able, staffing)
    pressing = pressing_in(staffing, policy)
    is_pressing = queue.priority >= policy.priority_from
    free = sum(
        _room_of(
            agent, policy, keeps_places=not is_pressing and not pressing.isdisjoint(agent.skills)
        )
        for agent in able
    )
    if free > ahead and hours.is_open(now) and need.may_be_answered:
        takes = staffing.handle_times.get(queue.name, policy.handle_time)
        first_response = timedelta(minutes=queue.first_response_minutes)
        return Offered(
            queue=queue.name,
            expected_wait=takes * (ahead / len(able)),
            due_at=hours.after(now, first_response),
        )
    window = timedelta(minutes=queue.async_window_minutes)
    return Promised(queue=queue.name, window=window, due_at=hours.after(now, window))


def pressing_in(staffing: Staffing, policy: Policy) -> frozenset[str]:
    """Return the queues that press, for which places are kept (R6, R13)."""
    return frozenset(
        name for name, priority in staffing.priorities.items() if priority >= policy.priority_from
    )


def able_in(queue: str, staffing: Staffing, need: Need) -> list[OnDuty]:
    """Return who is there, serves a queue and the place, and may settle what is asked."""
    return [
        agent
        for agent in staffing.agents
        if agent.serves(queue)
        and agent.may_settle(need.amount_minor)
        and agent.is_at(need.location_id)
    ]


def with_authority(queue: str, staffing: Staffing, need: Need, known: Collection[str]) -> str:
    """Return where a matter of an amount goes: up to the managers if nobody there may settle it.

    It stays where people are not there at all, and where the queues that are `known` do not
    have theirs (R15, E29).
    """
    is_staffed = any(agent.serves(queue) for agent in staffing.agents)
    if not need.amount_minor or not is_staffed or able_in(queue, staffing, need):
        return queue
    return MANAGERS if MANAGERS in known else queue


def _ahead(queue: Queue, able: Iterable[OnDuty], staffing: Staffing) -> int:
    """Return how many come before: who waits here, and in pressing queues of the same people."""
    skills = frozenset[str]().union(*(agent.skills for agent in able))
    others = {
        name
        for name in skills
        if name != queue.name and staffing.priorities.get(name, 0) > queue.priority
    }
    return sum(staffing.waiting.get(name, 0) for name in (queue.name, *others))


def _room_of(agent: OnDuty, policy: Policy, *, keeps_places: bool) -> int:
    """Return how many more an agent takes from a queue (R1, R13).

    Whoever serves a priority queue `keeps_places` free for it, whatever else waits.
    """
    kept = policy.reserved_places if keeps_places else 0
    return places_of(agent, policy, kept=kept)


def places_of(agent: OnDuty, policy: Policy, *, kept: int = 0) -> int:
    """Return how many more conversations an agent has room for, beside places that are kept."""
    capacity = policy.agent_capacity if agent.capacity is None else agent.capacity
    return max(capacity - kept - agent.open_conversations, 0)


def joined(staffing: Staffing, routed: Offered | Promised) -> Staffing:
    """Return the staffing with one more who waits in a queue; a promise takes nobody's place."""
    if isinstance(routed, Promised):
        return staffing
    ahead = staffing.waiting.get(routed.queue, 0)
    return replace(staffing, waiting={**staffing.waiting, routed.queue: ahead + 1})


def skills_of(skills: Iterable[str], role: Role) -> frozenset[str]:
    """Return the queues that somebody serves; a manager serves the managers' by their role."""
    return frozenset(skills) | ({MANAGERS} if role is Role.MANAGER else frozenset())


def lane_of(reason: Reason, pack: Pack, policy: Policy) -> str:
    """Return the queue of what nobody understood, so that it reaches few (R9); "" for none."""
    is_lane = reason in _UNCLEAR and policy.escalation_lane
    return pack.queue(policy.escalation_lane).name if is_lane else ""


def typical(spans: Iterable[timedelta]) -> timedelta | None:
    """Return how long a conversation takes people, by the middle one; None for too few."""
    ordered = sorted(spans)
    return ordered[len(ordered) // 2] if len(ordered) >= MIN_MEASURED else None


_SPANS = {
    "en": ("about a minute", "about {} minutes", "about an hour", "about {} hours"),
    "es": ("alrededor de un minuto", "unos {} minutos", "alrededor de una hora", "unas {} horas"),
}


def render_span(span: timedelta, language: str = "en") -> str:
    """Return a span in words that a customer understands, rounded up: "about 10 minutes".

    In a language without words of its own here it is told in English.
    """
    minute, minutes, hour, hours = _SPANS.get(language.partition("-")[0], _SPANS["en"])
    count = max(math.ceil(span.total_seconds() / 60), 1)
    if count == 1:
        return minute
    if count < 60:  # noqa: PLR2004 - minutes of an hour
        return minutes.format(count)
    count = math.ceil(count / 60)
    return hour if count == 1 else hours.format(count)
