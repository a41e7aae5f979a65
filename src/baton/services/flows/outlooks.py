"""What a flow would cost, told before it reaches more people: by invented contacts (CO4)."""

from dataclasses import dataclass
from datetime import timedelta

from baton.core import money
from baton.core.errors import NotFound
from baton.core.kpis import limits_of
from baton.core.money import Outlook
from baton.core.roles import Action
from baton.flows.simulation import report as simulation
from baton.reports import money as counts
from baton.services import inbox
from baton.services.flows import simulations
from baton.services.house import House
from baton.services.workspace.workspaces import standards_cache
from baton.store.models import User

_CONTACTS = 500
"""Invented contacts: enough for two digits, and done within seconds."""

_PAST = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOutlook:
    """What a flow would cost, by invented contacts, at what people cost here lately."""

    name: str
    title: str
    contacts: int
    outlook: Outlook


def forecast(house: House, user: User, name: str) -> FlowOutlook:
    """Return what a flow would cost before it is live (CO4): published, or of the library.

    Raises NotFound for no such flow, InvalidInput for one that only others start.
    """
    inbox.require(user, Action.READ_REPORTS)
    standards = standards_cache(house).standards_of(user.workspace_id)
    setting = standards_cache(house).setting_of(user.workspace_id)
    version = standards.library.live.get(name)
    if version is None:
        raise NotFound("flow", name)
    flow = standards.library.flows[name, version]
    plan = simulation.Plan(contacts=_CONTACTS)
    found = simulation.simulate(flow, setting, simulations.assumptions(), plan)
    now = house.clock.now()
    past = counts.matters_of(user.workspace_id, now - _PAST, now, limits_of(standards.policy, now))
    rates = money.rates_of(standards.policy)
    return FlowOutlook(
        name=name,
        title=flow.title,
        contacts=_CONTACTS,
        outlook=money.outlook(
            messages=money.minor_of(sum(found.tally.cost.values())),
            handoffs=sum(found.tally.escalated.values()),
            contacts=_CONTACTS,
            human=money.a_handed(past, rates) if rates.wage_hour else None,
        ),
    )


def titles(house: House, user: User) -> tuple[tuple[str, str], ...]:
    """Return the live flows, each by its title and name; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    library = standards_cache(house).standards_of(user.workspace_id).library
    flows = library.live.items()
    return tuple(sorted((library.flows[name, version].title, name) for name, version in flows))
