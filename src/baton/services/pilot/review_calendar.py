"""The calendar of reviews: what is looked at next, and the figures that are ready (GV6, RP14)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from baton.core import failures, review_days
from baton.core.review_days import Occasion
from baton.core.roles import Action
from baton.reports import escalations
from baton.services import inbox, sight
from baton.services.conversation import scrutiny
from baton.services.house import House
from baton.services.pilot import pilot_board
from baton.services.reading import verdicts
from baton.services.workspace import monthly_audit, review_reminders
from baton.store.models import Failure, FlowPause, Review, ReviewVerdict, User

_DAY, _QUARTER = timedelta(days=1), timedelta(days=92)
_ASKS = {
    "failures": Action.MEND,
    "review": Action.REVIEW,
    "learning": Action.REVIEW,
    "rules": Action.CONFIGURE,
    "confidence": Action.CONFIGURE,
}
"""What pages ask for that not everybody may open who reads reports."""

_NOISY_BELOW = 0.7
"""A rule that people found right less often is worth relaxing; ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A figure that is ready for a review.

    `page` names where its rows are, "" for a role that may not open them.
    """

    text: str
    page: str
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An occasion with its next day and what is ready for it."""

    occasion: Occasion
    on: date | None
    is_today: bool
    ready: tuple[Ready, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """A rollout that is looked back on, and when."""

    flow: str
    title: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What is looked at next, the nearest first, and the rollouts to look back on."""

    days: tuple[Due, ...]
    look_backs: tuple[LookBack, ...]


def show(house: House, user: User) -> Calendar:
    """Return the calendar; raises Forbidden for a role that may not read reports."""
    inbox.require(user, Action.READ_REPORTS)
    zone, now = inbox.zone_of(user.workspace_id), house.clock.now()
    today = now.astimezone(zone).date()
    first = Failure.objects.filter(workspace_id=user.workspace_id).order_by("logged_at").first()
    release = failures.next_release(first.logged_at, now).astimezone(zone).date() if first else None
    days = [_due(house, user, one, today, release) for one in Occasion]
    return Calendar(
        days=tuple(sorted(days, key=lambda one: (one.on is None, one.on or today))),
        look_backs=tuple(_look_backs(house, user)),
    )


def _due(house: House, user: User, occasion: Occasion, today: date, release: date | None) -> Due:
    on = review_days.next_day(occasion, today, release)
    ready = tuple(_as_seen_by(user, one) for one in _READY[occasion](house, user))
    return Due(occasion=occasion, on=on, is_today=on == today, ready=ready)


def _as_seen_by(user: User, ready: Ready) -> Ready:
    asks = _ASKS.get(ready.page, Action.READ_REPORTS)
    return ready if inbox.may(user, asks) else replace(ready, page="")


def _look_backs(house: House, user: User) -> Iterator[LookBack]:
    zone = inbox.zone_of(user.workspace_id)
    for one in pilot_board.running(house, user):
        due = one.began_at + review_reminders.RETROSPECTIVE
        yield LookBack(flow=one.flow, title=one.title, on=due.astimezone(zone).date())


def _failures(house: House, user: User) -> "QuerySet[Failure]":
    ours = Failure.objects.filter(workspace_id=user.workspace_id)
    return sight.heard_by(house, user, ours)


def _standup(house: House, user: User) -> Iterator[Ready]:
    """Yield blockers, incidents and what is late: the inputs of 15 minutes (RP14)."""
    now = house.clock.now()
    open_ones = _failures(house, user).filter(fixed_at=None)
    late = open_ones.filter(due_at__lt=now).count()
    yield Ready(text=_counted(late, "failure", "overdue"), page="failures", query="view=overdue")
    stops = FlowPause.objects.filter(workspace_id=user.workspace_id)
    paused = stops.filter(resumed_at=None).count()
    fresh = stops.filter(paused_at__gte=now - _DAY).count()
    yield Ready(text=f"{_counted(paused, 'flow', 'paused')}, {fresh} since yesterday", page="pilot")
    yield Ready(text="promises that are broken", page="breaches")


def _ops_review(house: House, user: User) -> Iterator[Ready]:
    every = Review.objects.filter(workspace_id=user.workspace_id, verdict="")
    waiting = sight.heard_by(house, user, every).count()
    yield Ready(text=_counted(waiting, "turn", "to review"), page="review")
    open_ones = _failures(house, user).filter(fixed_at=None).count()
    yield Ready(text=_counted(open_ones, "failure", "to mend"), page="failures")


def _steering(_house: House, _user: User) -> Iterator[Ready]:
    yield Ready(text="the week: three trends, two flows to tune, one urgent fix", page="weekly")
    yield Ready(text="the pilots and their gates", page="pilot")


def _week_audit(house: House, user: User) -> Iterator[Ready]:
    week = monthly_audit.last_week(house.clock.now(), inbox.zone_of(user.workspace_id))
    yield _audit_of(user, week)


def _month_audit(house: House, user: User) -> Iterator[Ready]:
    month = monthly_audit.last_month(house.clock.now(), inbox.zone_of(user.workspace_id))
    yield _audit_of(user, month)
    yield Ready(text="triage held against what happened", page="triage_report")


def _audit_of(user: User, span: monthly_audit.Month) -> Ready:
    rows = monthly_audit.handed_over_in(user.workspace_id, span, places=sight.places_of(user))
    left = sum(not verdict for _, verdict in rows)
    text = f"{span.title}: {left} of {len(rows)} escalations not looked at"
    return Ready(text=text, page="escalation_audit", query=f"month={span.name}")


def _release(house: House, user: User) -> Iterator[Ready]:
    since = house.clock.now() - failures.RELEASE_EVERY
    mended = _failures(house, user).filter(fixed_at__gte=since).count()
    yield Ready(text=f"{mended} mended in two weeks", page="failures", query="view=fixed")


def _quarter(house: House, user: User) -> Iterator[Ready]:
    """Yield what to tighten and what to relax, by what people said of 92 days."""
    now = house.clock.now()
    read = escalations.read_rules(
        user.workspace_id, since=now - _QUARTER, until=now, places=sight.places_of(user)
    )
    relax = [name for name, one in read.items() if _is_noisy(one)]
    tighten = [name for name, one in read.items() if one.missed]
    for told, names in (("relax", relax), ("tighten", tighten)):
        named = ", ".join(sorted(names)[:5]).replace("_", " ") or "nothing by what was judged"
        yield Ready(text=f"to {told}: {named}", page="rules")
    yield Ready(text=_drift(user.workspace_id, now - _QUARTER), page="learning")
    yield Ready(text="thresholds of confidence, with what came of them", page="confidence")


def _drift(workspace_id: str, since: datetime) -> str:
    """Return what the weekly samples found: too much handed over, too much left to the bot."""
    given = ReviewVerdict.objects.filter(
        workspace_id=workspace_id, undone_at=None, given_at__gte=since
    )
    said = Counter(given.values_list("reason", "verdict"))
    looked_at = Counter(given.values_list("reason", flat=True))
    handed, closed = scrutiny.ESCALATED, scrutiny.AUTOMATED
    needless, needed = said[handed, verdicts.NEEDLESS], said[closed, verdicts.NEEDED]
    return (
        f"samples: {needless} of {looked_at[handed]} handovers needless, "
        f"{needed} of {looked_at[closed]} closes of the bot needed a person"
    )


def _counted(count: int, what: str, how: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'} {how}"


def _is_noisy(read: escalations.RuleReading) -> bool:
    return read.judged > 0 and read.interval.is_below(_NOISY_BELOW)


_READY = {
    Occasion.STANDUP: _standup,
    Occasion.OPS_REVIEW: _ops_review,
    Occasion.STEERING: _steering,
    Occasion.WEEK_AUDIT: _week_audit,
    Occasion.RELEASE: _release,
    Occasion.MONTH_AUDIT: _month_audit,
    Occasion.QUARTER: _quarter,
}
