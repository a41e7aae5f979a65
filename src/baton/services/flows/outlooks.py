"""What a flow would cost, told before it reaches more people: by invented contacts (CO4).

Of a single message it is told what it costs each time, and how many questions it would have to
spare people for that, beside how many it may be expected to (OR11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from baton.core import costs, money
from baton.core.consent import Purpose
from baton.core.kpi_catalogue import measures
from baton.core.kpis import limits_of
from baton.core.money import Outlook, Spared
from baton.core.roles import Action
from baton.flows.charter import Stance
from baton.flows.document import Flow
from baton.reports import money as counts
from baton.reports.slices import Slice
from baton.services import inbox, sight
from baton.services.flows import flow_drafts, flow_previews, simulations
from baton.services.flows.flow_drafts import Writing
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import FlowDraft, Order, User

_CONTACTS = 500
"""Invented contacts: enough for two digits, and done within seconds."""

_DAYS = 90
_SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOutlook:
    """What a flow would cost, by invented contacts, at what people cost here lately."""

    name: str
    title: str
    contacts: int
    is_draft: bool
    outlook: Outlook


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOutlook:
    """What one message costs each time, in millionths, on the channel that it goes by first."""

    channel: str
    price: int
    spared: Spared


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOutlooks:
    """What each message of a flow costs, by its step.

    `human` is what a matter with people cost here in 90 days, in minor units, None where nobody
    can say; `aim` the share of questions that the flow is to spare, 0 where it names none.
    """

    by_step: Mapping[str, MessageOutlook]
    human: float | None
    aim: float
    asked: int
    orders: int
    currency: str


def of_messages(house: House, user: User, writing: Writing) -> MessageOutlooks | None:
    """Return what each message of a flow costs as it is written; None while it has faults."""
    inbox.require(user, Action.READ_REPORTS)
    flow = writing.sketch.flow
    if flow is None:
        return None
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    now = house.clock.now()
    since = now - timedelta(days=_DAYS)
    by_flow = counts.matters_by_flow(
        user.workspace_id, since, now, limits_of(policy, now), places=sight.places_of(user)
    )
    past = counts.sum_of(by_flow.values())
    rates = money.rates_of(policy)
    human = money.a_handed(past, rates) if rates.wage_hour else None
    spares = _spares(flow)
    looked_at = Slice(
        workspace_id=user.workspace_id, since=since, until=now, places=sight.places_of(user)
    )
    asked = counts.asked_of_people(looked_at, spares) if spares else 0
    every = Order.objects.filter(workspace_id=user.workspace_id, placed_at__gte=since)
    orders = sight.met_by(user, every).count() if spares else 0
    aim = _aim_of(flow)
    prices = costs.prices_of(policy)
    found = {}
    for step, (channel, text) in _first_said(house, user, flow).items():
        price = costs.cost_of(
            text,
            channel,
            prices,
            is_promotional=flow.charter.purpose is Purpose.PROMOTIONAL,
            is_window_open=False,  # nobody has just written: the dearer case
        )
        spared = money.spared(
            message=money.minor_of(price), human=human, asked=asked, subjects=orders, aim=aim
        )
        found[step] = MessageOutlook(channel=channel, price=price, spared=spared)
    return MessageOutlooks(
        by_step=found, human=human, aim=aim, asked=asked, orders=orders, currency=policy.currency
    )


def _spares(flow: Flow) -> tuple[str, ...]:
    """Return the request types about which a flow is to spare people questions, if it is."""
    measure = measures.find(flow.charter.metric)
    return flow.charter.about if measure and measure.kpi == "people_contacts" else ()


def _aim_of(flow: Flow) -> float:
    """Return the share that a flow's own gate asks of its metric, 0 for none."""
    own = [gate for gate in flow.charter.gates if gate.kpi == flow.charter.metric]
    return next((gate.limit for gate in own if gate.stance is Stance.AT_LEAST), 0.0)


def _first_said(house: House, user: User, flow: Flow) -> dict[str, tuple[str, str]]:
    """Return what each step says on the channel that it goes by first, in the flow's language."""
    found = {}
    for name, step in flow.steps.items():
        previews = flow_previews.previews_of(house, user, flow, step)
        said = [one for one in previews if one.language == flow.locale and not one.problem]
        if said:
            found[name] = (said[0].channel, said[0].text)
    return found


def forecast(house: House, user: User, name: str) -> FlowOutlook:
    """Return what a flow would cost as it is written, published or not (CO4).

    Raises NotFound for no such flow, InvalidInput for one that cannot be played: whose document
    has faults, or that only others start.
    """
    inbox.require(user, Action.READ_REPORTS)
    writing = flow_drafts.open_flow(user, name)
    found = simulations.simulate_flow(
        house, user.workspace_id, writing.sketch.raw, contacts=_CONTACTS, days=_DAYS, seed=_SEED
    )
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    now = house.clock.now()
    by_flow = counts.matters_by_flow(
        user.workspace_id,
        now - timedelta(days=_DAYS),
        now,
        limits_of(policy, now),
        places=sight.places_of(user),
    )
    past = counts.sum_of(by_flow.values())
    rates = money.rates_of(policy)
    return FlowOutlook(
        name=name,
        title=found.flow.title,
        contacts=_CONTACTS,
        is_draft=writing.is_draft,
        outlook=money.outlook(
            messages=money.minor_of(sum(found.tally.cost.values())),
            handoffs=sum(found.tally.escalated.values()),
            contacts=_CONTACTS,
            human=money.a_handed(past, rates) if rates.wage_hour else None,
        ),
    )


def titles(house: House, user: User) -> tuple[tuple[str, str], ...]:
    """Return the flows, live or drafts, each by its title and name; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    library = standards_cache(house).standards_of(user.workspace_id).library
    found = {name: library.flows[name, version].title for name, version in library.live.items()}
    drafts = FlowDraft.objects.filter(workspace_id=user.workspace_id)
    for name in drafts.values_list("name", flat=True):
        found[name] = f"{found.get(name, name)} (draft)"
    return tuple(sorted((title, name) for name, title in found.items()))
