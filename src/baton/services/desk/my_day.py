"""One person's day: what waits for them, what they closed, and what their contacts said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median

from django.db.models import OuterRef, QuerySet, Subquery

from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    Contact,
    Conversation,
    Handoff,
    Message,
    SlaClock,
    SurveyResponse,
    User,
)

MAX_SHOWN = 50
CSAT_DAYS = 28
_ANSWERED_WITHIN = timedelta(days=7)  # later than that nobody answers a survey (csat_window)
MIN_RATINGS = 5
"""Of fewer ratings an average says more about chance than about somebody's work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A conversation of one's own; `due_at` is the end of the next promise that runs for it."""

    conversation_id: str
    who: str
    about: str
    channel: str
    due_at: datetime | None
    clock_kind: str
    snoozed_until: datetime | None
    resolution_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """What contacts said of what one person closed: the mean of 1 to 5, None of too few."""

    mean: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUp:
    """How long the close came after the last word, of what was closed today: the middle of `count`.

    A close later than `most` waited for a word, and is not counted.
    """

    middle: timedelta | None
    count: int
    most: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Everything that one person has, by what it wants of them.

    `wrap_up` is None where the workspace does not measure it.
    """

    waiting: tuple[Item, ...]
    answered: tuple[Item, ...]
    snoozed: tuple[Item, ...]
    closed: tuple[Item, ...]
    closed_count: int
    csat: Satisfaction
    wrap_up: WrapUp | None


def show(house: House, user: User) -> Day:
    """Return a person's day; raises Forbidden for a role that has no conversations of its own."""
    inbox.require(user, Action.ANSWER)
    own = Conversation.objects.filter(workspace_id=user.workspace_id, assignee_id=user.id)
    since = _midnight(house, user)
    done = Handoff.objects.filter(
        workspace_id=user.workspace_id,
        accepted_by_id=user.id,
        state="resolved",
        ended_at__gte=since,
    )
    ids = list(dict.fromkeys(done.order_by("-ended_at").values_list("conversation_id", flat=True)))
    closed = Conversation.objects.in_bulk(ids[:MAX_SHOWN])
    held = _items(house, user, list(own.filter(status="open").order_by("id")[:MAX_SHOWN]))
    owed = set(own.filter(waiting_since__isnull=False).values_list("id", flat=True))
    far = datetime.max.replace(tzinfo=since.tzinfo)
    by_due = sorted(held, key=lambda item: (item.due_at or far, item.conversation_id))
    return Day(
        waiting=tuple(item for item in by_due if item.conversation_id in owed),
        answered=tuple(item for item in by_due if item.conversation_id not in owed),
        snoozed=_items(
            house, user, list(own.filter(status="snoozed").order_by("snoozed_until")[:MAX_SHOWN])
        ),
        closed=_items(house, user, [closed[one] for one in ids if one in closed]),
        closed_count=len(ids),
        csat=_csat(house, user),
        wrap_up=_wrap_up(house, user, done),
    )


def _midnight(house: House, user: User) -> datetime:
    zone = inbox.zone_of(user.workspace_id)
    return datetime.combine(house.clock.now().astimezone(zone).date(), time(0), zone)


def _items(house: House, user: User, rows: Sequence[Conversation]) -> tuple[Item, ...]:
    pack = inbox.pack_of(house, user.workspace_id)
    contacts = Contact.objects.in_bulk({row.contact_id for row in rows})
    running = SlaClock.objects.filter(
        conversation_id__in=[row.id for row in rows], met_at=None, stopped_at=None, paused_at=None
    )
    next_clock = {clock.conversation_id: clock for clock in running.order_by("-due_at", "-id")}
    return tuple(
        Item(
            conversation_id=row.id,
            who=inbox.name_of(house, row.contact_id, bytes(contacts[row.contact_id].name_sealed)),
            about=inbox.title_of(pack, row.request_type, row.urgency_cause),
            channel=row.channel,
            due_at=next_clock[row.id].due_at if row.id in next_clock else None,
            clock_kind=next_clock[row.id].kind if row.id in next_clock else "",
            snoozed_until=row.snoozed_until,
            resolution_code=row.resolution_code,
        )
        for row in rows
    )


def _wrap_up(house: House, user: User, done: QuerySet[Handoff]) -> WrapUp | None:
    most = standards_cache(house).standards_of(user.workspace_id).policy.wrap_up_window
    if not most:
        return None
    said = Message.objects.filter(
        conversation_id=OuterRef("conversation_id"),
        is_note=False,
        created_at__lte=OuterRef("ended_at"),
    )
    newest = Subquery(said.order_by("-created_at").values("created_at")[:1])
    ends = done.annotate(said_at=newest).values_list("said_at", "ended_at")
    spans = [ended - said for said, ended in ends if said and ended and ended - said <= most]
    middle = median(spans) if spans else None
    return WrapUp(middle=middle, count=len(spans), most=most)


def _csat(house: House, user: User) -> Satisfaction:
    """Return the ratings of what this person was the last to close before it was rated."""
    since = house.clock.now() - timedelta(days=CSAT_DAYS)
    mine = Handoff.objects.filter(
        accepted_by_id=user.id, state="resolved", ended_at__gte=since - _ANSWERED_WITHIN
    )
    rated = list(
        SurveyResponse.objects.filter(
            conversation_id__in=mine.values("conversation_id"),
            kind="csat",
            answered_at__gte=since,
            rating__isnull=False,
        )
    )
    ends = Handoff.objects.filter(
        conversation_id__in={one.conversation_id for one in rated}, state="resolved"
    ).order_by("ended_at")
    ratings = []
    for one in rated:
        closers = [
            end.accepted_by_id
            for end in ends
            if end.conversation_id == one.conversation_id
            and end.ended_at is not None
            and end.ended_at <= one.asked_at
        ]
        if closers and closers[-1] == user.id and one.rating is not None:
            ratings.append(one.rating)
    is_enough = len(ratings) >= MIN_RATINGS
    return Satisfaction(mean=sum(ratings) / len(ratings) if is_enough else None, count=len(ratings))
