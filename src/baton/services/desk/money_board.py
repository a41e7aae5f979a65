"""Reports > Money: what a resolved matter costs, by flow too, and what automation saved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core import money
from baton.core.errors import InvalidInput
from baton.core.kpis import limits_of
from baton.core.money import Matters, Rates, Saved
from baton.core.roles import Action
from baton.flows.document import Library
from baton.reports import money as counts
from baton.services import inbox
from baton.services.desk import kpi_board
from baton.services.desk.kpi_windows import WINDOWS
from baton.services.house import House
from baton.services.workspace.workspaces import standards_cache
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
    def a_message(self) -> float | None:
        """What one of its messages cost; None where it sent none (CO3)."""
        return self.messages / self.sent if self.sent else None

    @property
    def a_resolved(self) -> float | None:
        """What one of its matters cost that is resolved for good."""
        return money.a_resolved(self.total, self.matters.resolved)


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
    rates = money.rates_of(policy)
    flows = _flows(house, user, since, now)
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
    )


def _flows(house: House, user: User, since: datetime, now: datetime) -> tuple[FlowMoney, ...]:
    standards = standards_cache(house).standards_of(user.workspace_id)
    policy, workspace_id = standards.policy, user.workspace_id
    rates = money.rates_of(policy)
    by_flow = counts.matters_by_flow(workspace_id, since, now, limits_of(policy, now))
    offers = counts.offers_by_flow(workspace_id, since, now)
    sent: dict[str, int] = {}
    cost: dict[str, int] = {}
    for one in delivery_counts.list_counted(workspace_id, since):
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
