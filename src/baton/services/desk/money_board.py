"""Reports > Money: what a resolved matter costs, by flow too, and what automation saved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core import money
from baton.core.errors import InvalidInput
from baton.core.kpis import Limits, limits_of
from baton.core.money import Further, Matters, Rates, Saved, Spent
from baton.core.roles import Action
from baton.flows.document import Library
from baton.reports import changes, worth
from baton.reports import money as counts
from baton.reports.kpis import kpis_of
from baton.reports.slices import Slice
from baton.reports.worth import Worth
from baton.services import inbox, sight
from baton.services.desk import baselines, kpi_board
from baton.services.desk.kpi_windows import WINDOWS
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store import copies
from baton.store.models import User
from baton.store.queries import delivery_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowMoney:
    """What a flow cost in a window, in minor units; "" is what no flow spoke in last."""

    name: str
    title: str
    matters: Matters
    messages: float
    sent: int
    people: float
    offers: float

    @property
    def total(self) -> float:
        """Everything that it cost."""
        return self.messages + self.people + self.offers

    @property
    def spent(self) -> Spent:
        """What it cost, and what it resolved without a person."""
        return Spent(
            name=self.name,
            title=self.title,
            cost=self.total,
            resolved=self.matters.bot_resolved,
        )

    @property
    def a_message(self) -> float | None:
        """What one of its messages cost; None where it sent none (CO3)."""
        return self.messages / self.sent if self.sent else None

    @property
    def a_resolved(self) -> float | None:
        """What one of its matters cost that is resolved for good."""
        return money.a_resolved(self.total, self.matters.resolved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What people's time for a return costs, one that the rules decided and one of people's."""

    by_rules: int
    by_people: int
    automated: float | None
    manual: float | None

    @property
    def saved(self) -> float | None:
        """By what share the former is cheaper (RT13)."""
        return money.saved_share(self.automated, self.manual)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The money of a window; amounts in minor units of `currency`."""

    since: datetime
    days: int
    matters: Matters
    rates: Rates
    messages: float
    people: float
    offers: float
    a_resolved: float | None
    a_handed: float | None
    saved: Saved | None
    flows: tuple[FlowMoney, ...]
    currency: str
    further: tuple[Further, ...]
    worth: tuple[Worth, ...]
    returns: Returned


def show(house: House, user: User, days: int) -> Board:
    """Return the money of the last days; raises Forbidden, or InvalidInput for another window."""
    inbox.require(user, Action.READ_REPORTS)
    if days not in WINDOWS:
        raise InvalidInput({"days": "Choose one of the windows."})
    kpi_board.caught_up(house, user.workspace_id)
    standards = standards_cache(house).standards_of(user.workspace_id)
    policy, now = standards.policy, house.clock.now()
    span = timedelta(days=days)
    since = now - span
    limits = limits_of(policy, now)
    rates = money.rates_of(policy)
    with copies.reading():
        flows = _flows(house, user, since, now)
        worth = tuple(_worth(user, since, now, limits))
        returned = _returned(user, since, now, rates)
    matters = counts.sum_of(one.matters for one in flows)
    messages, offers = sum(one.messages for one in flows), sum(one.offers for one in flows)
    people = money.of_people(matters.seconds, rates)
    return Board(
        since=since,
        days=days,
        matters=matters,
        rates=rates,
        messages=messages,
        people=people,
        offers=offers,
        a_resolved=money.a_resolved(messages + people + offers, matters.resolved),
        a_handed=money.a_handed(matters, rates),
        saved=money.saved(matters, rates, messages=messages + offers, span=span),
        flows=flows,
        currency=policy.currency,
        further=money.further(
            (one.spent for one in flows if one.name and (one.total or one.matters.bot_resolved)),
            money.a_handed(matters, rates) if rates.wage_hour else None,
        ),
        worth=worth,
        returns=returned,
    )


def _worth(user: User, since: datetime, now: datetime, limits: Limits) -> Iterator[Worth]:
    places = sight.places_of(user)
    looked_at = Slice(workspace_id=user.workspace_id, since=since, until=now, places=places)
    read = kpis_of(looked_at, limits, worth.NAMES)
    changed = changes.changes_of(read, baselines.beside(looked_at))
    return worth.worth_of(user.workspace_id, changed, since, now)


def _returned(user: User, since: datetime, now: datetime, rates: Rates) -> Returned:
    rules, people = worth.returns_handled(
        user.workspace_id, since, now, places=sight.places_of(user)
    )
    return Returned(
        by_rules=rules.count,
        by_people=people.count,
        automated=money.each(rules, rates),
        manual=money.each(people, rates),
    )


def _flows(house: House, user: User, since: datetime, now: datetime) -> tuple[FlowMoney, ...]:
    standards = standards_cache(house).standards_of(user.workspace_id)
    policy, workspace_id = standards.policy, user.workspace_id
    rates = money.rates_of(policy)
    places = sight.places_of(user)
    limits = limits_of(policy, now)
    by_flow = counts.matters_by_flow(workspace_id, since, now, limits, places=places)
    offers = counts.offers_by_flow(workspace_id, since, now, places=places)
    sent: dict[str, int] = {}
    cost: dict[str, int] = {}
    for one in delivery_counts.list_counted(workspace_id, since, places=places):
        if one.currency == policy.currency:
            sent[one.flow] = sent.get(one.flow, 0) + one.count
            cost[one.flow] = cost.get(one.flow, 0) + one.cost
    found = (
        FlowMoney(
            name=name,
            title=_title(standards.library, name),
            matters=(matters := by_flow.get(name, Matters())),
            messages=money.minor_of(cost.get(name, 0)),
            sent=sent.get(name, 0),
            people=money.of_people(matters.seconds, rates),
            offers=float(offers.get(name, 0) * policy.offer_cost_minor),
        )
        for name in {*by_flow, *cost, *offers}
    )
    return tuple(sorted(found, key=lambda one: (-one.total, one.name)))


def _title(library: Library, name: str) -> str:
    version = library.live.get(name)
    return library.flows[name, version].title if version is not None else name
