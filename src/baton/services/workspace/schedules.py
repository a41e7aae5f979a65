"""Flows that start by the clock: at their time, everybody of their segment gets a run.

One timer a flow, in a lane of its own. When it fires, contacts are gone through page by
page, so that no batch grows with their number; each who belongs gets a fact in their own
lane, named by flow and moment, so that a page taken twice starts nothing twice.
"""

from datetime import datetime, timedelta, tzinfo

from baton.core.ownership import Owner
from baton.flows import outreach
from baton.flows.document import Flow
from baton.flows.moments import next_time_of_day
from baton.flows.standing import Setting, Standing, scene_of
from baton.flows.trigger import WEEKDAYS, TriggerKind
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.facts import RunsDue, ScheduleDue
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.store.queries import people
from baton.store.rows import ContactRow

_PAGE = 500
_A_WEEK = 7


def plan(ledger: Ledger, workspace_id: str, flow: Flow, zone: tzinfo) -> None:
    """Set the timer of a flow that starts by the clock, from now on; forget any other's.

    A timer that is due and has not fired stays: moved, it would leave its day out. When it
    has fired, `enrol` plans the next.
    """
    key = _key_of(flow.name)
    if flow.trigger.on is not TriggerKind.SCHEDULE:
        ledger.cancel_timer(workspace_id, key)
        return
    set_for = hold(ledger.house, workspace_id, flow.name)
    if set_for is not None and set_for <= ledger.now:
        return
    due_at = next_moment(flow, ledger.now, zone)
    ledger.set_timer(
        arrivals.timer_of(
            ScheduleDue(flow=flow.name, at=due_at),
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=key,
            key=key,
            due_at=due_at,
        )
    )


def hold(house: House, workspace_id: str, name: str) -> datetime | None:
    """Keep a flow's schedule from coming round until the transaction ends; return its moment.

    Whoever changes the flow does this before locking the workspace: a decision has its
    timers before it writes into the workspace's audit chain, and neither waits for the other.
    """
    return house.engine.timers.hold(workspace_id, _key_of(name))


def next_moment(flow: Flow, after: datetime, zone: tzinfo) -> datetime:
    """Return the first moment behind another one at which a flow's schedule comes round."""
    moment = after
    for _ in range(_A_WEEK + 1):
        moment = next_time_of_day(moment + timedelta(seconds=1), flow.trigger.at, zone)
        day = WEEKDAYS[moment.astimezone(zone).weekday()]
        if not flow.trigger.days or day in flow.trigger.days:
            return moment
    return moment


def enrol(ledger: Ledger, workspace_id: str, setting: Setting, fact: ScheduleDue) -> None:
    """Give everybody of a page who belongs to the segment a fact of their own; go on behind it."""
    version = setting.library.live.get(fact.flow)
    flow = setting.library.at(fact.flow, version or 0)
    if flow is None or flow.trigger.on is not TriggerKind.SCHEDULE:
        return  # switched off, or started in another way since
    if not setting.library.starts(flow.name):
        plan(ledger, workspace_id, flow, setting.hours.zone)
        return  # nobody is enrolled now; it comes round again
    page = people.list_contacts(workspace_id, after=fact.after, limit=_PAGE)
    found = [
        _due(ledger, contact, fact)
        for contact, channel in page
        if belongs(ledger, contact, channel, flow, setting)
    ]
    if len(page) == _PAGE:
        found.append(_next_page(ledger, workspace_id, fact, page[-1][0].id))
    else:
        plan(ledger, workspace_id, flow, setting.hours.zone)
    if found:
        ledger.house.engine.inbox.append(found)


def belongs(
    ledger: Ledger, contact: ContactRow, channel: str, flow: Flow, setting: Setting
) -> bool:
    """Return whether a contact is one of a flow's segment now."""
    standing = Standing(
        owner=Owner.BOT,
        contact=contacts.facts_of(ledger, contact, channel),
        draw=contact.id,
        language=contact.language,
    )
    scene = scene_of(standing, setting, ledger.now)
    return outreach.admits(flow, flow.trigger.segment, scene)


def _key_of(name: str) -> str:
    return f"schedule:{name}"


def _due(ledger: Ledger, contact: ContactRow, fact: ScheduleDue) -> Arrival:
    return arrivals.arrival_of(
        RunsDue(flow=fact.flow, kind=TriggerKind.SCHEDULE.value, at=fact.at),
        ledger.house.keyset,
        workspace_id=contact.workspace_id,
        lane=contact.lane,
        dedupe_key=f"runs:{fact.flow}:{fact.at.isoformat()}:{contact.id}",
        received_at=ledger.now,
    )


def _next_page(ledger: Ledger, workspace_id: str, fact: ScheduleDue, after: str) -> Arrival:
    return arrivals.arrival_of(
        ScheduleDue(flow=fact.flow, at=fact.at, after=after),
        ledger.house.keyset,
        workspace_id=workspace_id,
        lane=_key_of(fact.flow),
        dedupe_key=f"page:{fact.flow}:{fact.at.isoformat()}:{after}",
        received_at=ledger.now,
    )
