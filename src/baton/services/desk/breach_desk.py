"""Breaches as a manager reads them: what was not kept, in which queue, by whom, and how late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from baton.core.breaches import Reason
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.house import House
from baton.store.models import Breach, Contact, Conversation, User

PAGE_SIZE = 50
WINDOWS = (7, 28, 90)
"""The windows to choose from, in days, for those that are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which breaches are asked for: open ones, or those that ended within some days."""

    is_open: bool = True
    reason: str = ""
    queue: str = ""
    user_id: str = ""
    days: int = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBreach:
    """One breach; `late` is how long after its due moment it ended, or has lasted till now."""

    id: str
    conversation_id: str
    who: str
    about: str
    reason: str
    queue: str
    queue_title: str
    holder: str
    due_at: datetime
    ended_at: datetime | None
    late: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachPage:
    """A page of breaches, the longest overdue first, and what each choice would show."""

    rows: tuple[ShownBreach, ...]
    total: int
    page: int
    pages: int
    reasons: dict[str, int]
    queues: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]


def show(house: House, user: User, sought: Sought, *, page: int = 1) -> BreachPage:
    """Return a page of breaches; raises Forbidden for a role that may not read reports."""
    inbox.require(user, Action.READ_REPORTS)
    workspace_id = user.workspace_id
    now = house.clock.now()
    every = sight.heard_by(house, user, Breach.objects.filter(workspace_id=workspace_id))
    found = _found(every, sought, now)
    total = found.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    pack = inbox.pack_of(house, workspace_id)
    names = dict(User.objects.filter(workspace_id=workspace_id).values_list("id", "name"))
    return BreachPage(
        rows=_shown(house, workspace_id, list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])),
        total=total,
        page=page,
        pages=pages,
        reasons=_count_reasons(every, sought, now),
        queues=tuple((queue.name, queue.title) for queue in pack.queues),
        people=tuple(sorted(names.items(), key=lambda one: one[1])),
    )


def list_all(house: House, workspace_id: str, sought: Sought) -> tuple[ShownBreach, ...]:
    """Return every breach that is asked for, for the command line."""
    every = Breach.objects.filter(workspace_id=workspace_id)
    return _shown(house, workspace_id, list(_found(every, sought, house.clock.now())))


def _count_reasons(every: "QuerySet[Breach]", sought: Sought, now: datetime) -> dict[str, int]:
    """Count breaches by reason, whatever reason is asked for."""
    counted = dict.fromkeys((reason.value for reason in Reason), 0)
    rows = _standing(every, sought, now).values("reason").annotate(count=Count("id"))
    counted.update((row["reason"], row["count"]) for row in rows.order_by())
    return counted


def _standing(every: "QuerySet[Breach]", sought: Sought, now: datetime) -> "QuerySet[Breach]":
    if sought.is_open:
        return every.filter(ended_at=None)
    return every.filter(ended_at__gte=now - timedelta(days=sought.days))


def _found(every: "QuerySet[Breach]", sought: Sought, now: datetime) -> "QuerySet[Breach]":
    wanted = Q()
    for column, value in (
        ("reason", sought.reason),
        ("queue", sought.queue),
        ("assignee_id", sought.user_id),
    ):
        if value:
            wanted &= Q(**{column: value})
    return _standing(every, sought, now).filter(wanted).order_by("due_at", "id")


def _shown(house: House, workspace_id: str, found: list[Breach]) -> tuple[ShownBreach, ...]:
    now = house.clock.now()
    pack = inbox.pack_of(house, workspace_id)
    held = Conversation.objects.in_bulk({one.conversation_id for one in found})
    contacts = Contact.objects.in_bulk({one.contact_id for one in held.values()})
    names = dict(User.objects.filter(workspace_id=workspace_id).values_list("id", "name"))
    shown = []
    for one in found:
        conversation = held[one.conversation_id]
        contact = contacts[conversation.contact_id]
        shown.append(
            ShownBreach(
                id=one.id,
                conversation_id=one.conversation_id,
                who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)),
                about=inbox.title_of(pack, conversation.request_type, conversation.urgency_cause),
                reason=one.reason,
                queue=one.queue,
                queue_title=inbox.queue_title_of(pack, one.queue),
                holder=names.get(one.assignee_id or "", ""),
                due_at=one.due_at,
                ended_at=one.ended_at,
                late=max((one.ended_at or now) - one.due_at, timedelta(0)),
            )
        )
    return tuple(shown)
