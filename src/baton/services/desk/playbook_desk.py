"""The playbook as people read it: the plays, what each role may grant, and what queues promise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from baton.core import roles
from baton.core.clocks import Kind, window_of
from baton.core.playbook import Play
from baton.core.roles import Action
from baton.flows.document import Library
from baton.flows.steps.handoff import Handoff
from baton.flows.trigger import TriggerKind
from baton.services import inbox
from baton.services.house import House
from baton.services.workspace import library, playbooks
from baton.services.workspace.standards import standards_cache
from baton.store.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a queue promises, in opening hours."""

    title: str
    first_response: timedelta
    async_promise: timedelta
    resolution: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCard:
    """A flow for quick reference: what starts it, when people get it, what it is judged by (PL4).

    `calls` are the words in which its own steps hand over; `triggers` end it whatever it does.
    """

    name: str
    title: str
    started_by: str
    triggers: tuple[str, ...]
    calls: tuple[str, ...]
    metric: str
    owner: str
    rollback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """All that stands on the page; `limits` are by role, in minor units of `currency`."""

    plays: tuple[Play, ...]
    flows: tuple[FlowCard, ...]
    limits: tuple[tuple[str, int], ...]
    currency: str
    promises: tuple[Promise, ...]


def show(house: House, user: User) -> Playbook:
    """Return the playbook; raises Forbidden for a role that may not read the inbox."""
    inbox.require(user, Action.READ_INBOX)
    standards = standards_cache(house).standards_of(user.workspace_id)
    policy = standards.policy
    return Playbook(
        plays=playbooks.playbook_of(standards.pack.name),
        flows=tuple(sorted(_cards(standards.library), key=lambda one: one.title.casefold())),
        limits=tuple((role.value, roles.authority_minor(role, policy)) for role in roles.PATH),
        currency=policy.currency,
        promises=tuple(
            Promise(
                title=queue.title,
                first_response=window_of(Kind.FIRST_RESPONSE, queue, policy),
                async_promise=window_of(Kind.ASYNC_PROMISE, queue, policy),
                resolution=window_of(Kind.RESOLUTION, queue, policy),
            )
            for queue in sorted(standards.pack.queues, key=lambda queue: -queue.priority)
        ),
    )


def _cards(live: Library) -> Iterator[FlowCard]:
    """Yield a card of each flow that starts by itself."""
    for name, version in live.live.items():
        flow = live.flows[name, version]
        if flow.trigger.on is TriggerKind.CALL:
            continue
        charter = flow.charter
        own = (one.because for one in flow.steps.values() if isinstance(one, Handoff))
        yield FlowCard(
            name=name,
            title=flow.title or name,
            started_by=library.render_trigger(flow.trigger),
            triggers=tuple(one.value for one in charter.escalates_on),
            calls=tuple(dict.fromkeys(own)),
            metric=charter.metric,
            owner=charter.owner,
            rollback=charter.rollback,
        )
