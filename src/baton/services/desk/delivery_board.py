"""What became of messages, by channel and by flow, with what they cost (C27, CO3)."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.house import House
from baton.store.models import User
from baton.store.queries import delivery_counts
from baton.store.queries.delivery_counts import Counted, MessageLine, Sought

DAYS = (7, 30, 90)
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One channel and flow: how many messages in all, what became of them, and their cost."""

    channel: str
    flow: str
    total: int
    costs: tuple[tuple[int, str], ...]
    fates: tuple[Counted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which number is opened: its span of days, and what it counts."""

    days: int
    channel: str
    flow: str
    delivery: str
    reason: str


def list_groups(house: House, user: User, days: int) -> tuple[Group, ...]:
    """Return the counts of the last days; raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    since = house.clock.now() - timedelta(days=days)
    counted = delivery_counts.list_counted(user.workspace_id, since, places=sight.places_of(user))
    by_place = groupby(counted, key=lambda one: (one.channel, one.flow))
    return tuple(_group(channel, flow, tuple(found)) for (channel, flow), found in by_place)


def list_lines(
    house: House, user: User, wanted: Wanted, *, page: int
) -> tuple[tuple[MessageLine, ...], bool]:
    """Return a page of the messages behind a number, and whether there are more."""
    inbox.require(user, Action.CONFIGURE)
    sought = Sought(
        workspace_id=user.workspace_id,
        since=house.clock.now() - timedelta(days=wanted.days),
        channel=wanted.channel,
        flow=wanted.flow,
        delivery=wanted.delivery,
        reason=wanted.reason,
        places=sight.places_of(user),
    )
    found = delivery_counts.list_lines(sought, limit=PAGE + 1, offset=(page - 1) * PAGE)
    return found[:PAGE], len(found) > PAGE


def _group(channel: str, flow: str, found: tuple[Counted, ...]) -> Group:
    costs: dict[str, int] = {}
    fates: dict[tuple[str, str], Counted] = {}
    for one in found:
        if one.currency:
            costs[one.currency] = costs.get(one.currency, 0) + one.cost
        known = fates.get((one.delivery, one.reason))
        fates[one.delivery, one.reason] = _added(known, one) if known else one
    return Group(
        channel=channel,
        flow=flow,
        total=sum(one.count for one in found),
        costs=tuple((cost, currency) for currency, cost in sorted(costs.items())),
        fates=tuple(fates.values()),
    )


def _added(one: Counted, other: Counted) -> Counted:
    return Counted(
        channel=one.channel,
        flow=one.flow,
        delivery=one.delivery,
        reason=one.reason,
        currency=one.currency or other.currency,
        count=one.count + other.count,
        cost=one.cost + other.cost,
    )
