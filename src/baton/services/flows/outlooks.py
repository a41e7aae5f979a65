"""What a flow would cost, told before it reaches more people: by invented contacts (CO4)."""

from dataclasses import dataclass
from datetime import timedelta

from baton.core import money
from baton.core.kpis import limits_of
from baton.core.money import Outlook
from baton.core.roles import Action
from baton.reports import money as counts
from baton.services import inbox
from baton.services.flows import flow_drafts, simulations
from baton.services.house import House
from baton.services.workspace.workspaces import standards_cache
from baton.store.models import FlowDraft, User

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
    past = counts.matters_of(
        user.workspace_id, now - timedelta(days=_DAYS), now, limits_of(policy, now)
    )
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
