"""Who a waiting conversation is offered to, one person at a time, where a queue is set so.

The first is whoever knows the contact: who had them last. Then who speaks their language,
and of those the one who holds least. Who passes, or does not answer in time, is not asked
again for the same wait; once everybody was asked it waits in the queue for whoever takes it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from baton.core import language, routing
from baton.core.policy import Policy
from baton.core.routing import Need, OnDuty, Staffing

SHORTEST, LONGEST = timedelta(seconds=10), timedelta(minutes=10)
"""How long one person may be asked."""


class State(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    TAKEN = "taken"
    PASSED = "passed"  # by the one who was asked
    LAPSED = "lapsed"  # nobody answered in time
    VOID = "void"  # it does not wait any more, or somebody else took it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A conversation that waits: where, for what, and who was asked already.

    `knower_id` is who had this contact last, "" for nobody; `speaks` their language, "" where
    nobody said.
    """

    queue: str
    need: Need = routing.NOTHING
    knower_id: str = ""
    speaks: str = ""
    asked: frozenset[str] = frozenset()


def invites(queue: str, policy: Policy) -> bool:
    """Return whether conversations of a queue are offered to one person at a time."""
    return bool(queue) and queue in policy.offering_queues.split(",")


def next_invited(
    wait: Wait, staffing: Staffing, invited: Mapping[str, int], policy: Policy, *, priority: int
) -> str:
    """Return who is asked next; "" once nobody is left who has room.

    `invited` counts by person what they are asked for at this moment: a place that is offered
    to somebody is not offered to them twice. `priority` is that of the queue.
    """
    able = (
        agent
        for agent in routing.able_in(wait.queue, staffing, wait.need)
        if agent.user_id not in wait.asked
        and _room_of(agent, staffing, policy, priority) > invited.get(agent.user_id, 0)
    )
    found = min(able, key=lambda agent: _rank(agent, wait, invited), default=None)
    return found.user_id if found else ""


def _room_of(agent: OnDuty, staffing: Staffing, policy: Policy, priority: int) -> int:
    pressing = routing.pressing_in(staffing, policy)
    keeps = priority < policy.priority_from and not pressing.isdisjoint(agent.skills)
    return routing.places_of(agent, policy, kept=policy.reserved_places if keeps else 0)


def _rank(agent: OnDuty, wait: Wait, invited: Mapping[str, int]) -> tuple[bool, bool, int, str]:
    """Return what sorts people, the best first."""
    return (
        agent.user_id != wait.knower_id,
        not speaks(agent.languages, wait.speaks),
        agent.open_conversations + invited.get(agent.user_id, 0),
        agent.user_id,
    )


def speaks(languages: Collection[str], wanted: str) -> bool:
    """Return whether somebody speaks a language; of none that is known, everybody does."""
    return not wanted or any(language.is_same(one, wanted) for one in languages)
