"""The boards that a team looks at: what the bot has at risk, and how the queues stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from baton.core import routing
from baton.core.ownership import Owner
from baton.core.roles import Action
from baton.core.routing import Offered
from baton.services import inbox, sight
from baton.services.desk import live_flags
from baton.services.desk.live_flags import LiveFlags
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Conversation, SlaClock, User

MAX_AT_RISK = 50
SOON = timedelta(minutes=10)
"""A promise that is due within it is near its end; the inbox colours it so too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """A conversation of the bot's that may soon need somebody, and what makes it so."""

    conversation_id: str
    who: str
    about: str
    channel: str
    failed_attempts: int
    negative_turns: int
    bot_turns: int
    last_message_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """What is flagged while the bot talks, and what is not yet but goes badly."""

    flags: LiveFlags
    at_risk: tuple[AtRisk, ...]
    with_bot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One queue on the wall; `wait` is what a contact would be told, None for later."""

    title: str
    waiting: int
    promised: int
    late: int
    soon: int
    oldest: timedelta | None
    wait: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The queues, most pressing first, and the sums of them; who is here, and their free places."""

    lines: tuple[Line, ...]
    waiting: int
    promised: int
    late: int
    soon: int
    oldest: timedelta | None
    with_people: int
    with_bot: int
    here: int
    free: int


def show_monitor(house: House, user: User) -> Monitor:
    """Return what people should see of the bot's conversations; raises Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    every = Conversation.objects.filter(workspace_id=user.workspace_id, status="open")
    heard = sight.heard_by(house, user, every, by="id")
    talking = heard.filter(handled_by=Owner.BOT.value).exclude(opened_by="bot")
    # One failed attempt, harsh words, or close to the most turns that the bot may take.
    badly = Q(failed_attempts__gt=0) | Q(negative_turns__gt=0)
    badly |= Q(bot_turns__gte=max(policy.max_bot_turns - 2, 1))
    rows = list(talking.filter(badly, flags="").order_by("-last_message_at")[:MAX_AT_RISK])
    contacts = Contact.objects.in_bulk({row.contact_id for row in rows})
    pack = inbox.pack_of(house, user.workspace_id)
    return Monitor(
        flags=live_flags.list_live(house, user),
        at_risk=tuple(
            AtRisk(
                conversation_id=row.id,
                who=inbox.name_of(
                    house, row.contact_id, bytes(contacts[row.contact_id].name_sealed)
                ),
                about=inbox.title_of(pack, row.request_type, row.urgency_cause),
                channel=row.channel,
                failed_attempts=row.failed_attempts,
                negative_turns=row.negative_turns,
                bot_turns=row.bot_turns,
                last_message_at=row.last_message_at,
            )
            for row in rows
        ),
        with_bot=talking.count(),
    )


def show_wall(house: House, user: User) -> Wall:
    """Return how the queues stand; raises Forbidden for a role that may not read the inbox."""
    inbox.require(user, Action.READ_INBOX)
    now = house.clock.now()
    setting = standards_cache(house).setting_of(user.workspace_id)
    every = Conversation.objects.filter(workspace_id=user.workspace_id, status="open")
    open_ones = sight.heard_by(house, user, every, by="id")
    waits = {
        (row["queue"], row["handled_by"]): row
        for row in open_ones.filter(handled_by__in=["queue", "async"])
        .values("queue", "handled_by")
        .annotate(count=Count("id"), since=Min("handed_over_at"))
    }
    clocks = SlaClock.objects.filter(
        workspace_id=user.workspace_id, met_at=None, stopped_at=None, paused_at=None
    )
    running = sight.heard_by(house, user, clocks)
    late = _by_queue(running.filter(due_at__lte=now))
    soon = _by_queue(running.filter(due_at__gt=now, due_at__lte=now + SOON))
    queues = sorted(setting.pack.queues, key=lambda queue: -queue.priority)
    lines = []
    for queue in queues:
        waiting = waits.get((queue.name, "queue"))
        promised = waits.get((queue.name, "async"))
        routed = routing.decide(queue, setting.staffing, setting.hours, setting.policy, now=now)
        lines.append(
            Line(
                title=queue.title,
                waiting=waiting["count"] if waiting else 0,
                promised=promised["count"] if promised else 0,
                late=late.get(queue.name, 0),
                soon=soon.get(queue.name, 0),
                oldest=now - waiting["since"] if waiting and waiting["since"] else None,
                wait=routed.expected_wait if isinstance(routed, Offered) else None,
            )
        )
    owners = dict(open_ones.values_list("handled_by").annotate(Count("id")))
    agents, policy = setting.staffing.agents, setting.policy
    return Wall(
        lines=tuple(lines),
        waiting=sum(line.waiting for line in lines),
        promised=sum(line.promised for line in lines),
        late=sum(line.late for line in lines),
        soon=sum(line.soon for line in lines),
        oldest=max((line.oldest for line in lines if line.oldest), default=None),
        with_people=owners.get("agent", 0),
        with_bot=open_ones.filter(handled_by="bot").exclude(opened_by="bot").count(),
        here=len(agents),
        free=sum(routing.places_of(agent, policy) for agent in agents),
    )


def _by_queue(clocks: "QuerySet[SlaClock]") -> dict[str, int]:
    """Count conversations by the queue that they waited in, each once."""
    counted = clocks.values_list("queue").annotate(Count("conversation_id", distinct=True))
    return dict(counted)
