"""What the failure log shows: what is open and overdue, what it costs, and what a fix came to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from baton.core import failures, ids
from baton.core import kpis as core
from baton.core.errors import InvalidInput, NotFound
from baton.core.failures import Case, Group
from baton.core.roles import Action
from baton.reports import changes
from baton.reports.changes import Change
from baton.reports.kpis import kpis_of
from baton.reports.slices import Slice
from baton.services import inbox, sight
from baton.services.evidence import keeping
from baton.services.house import House
from baton.services.reading import unresolved
from baton.services.reading.unresolved import Left
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, Conversation, Failure, User

PAGE_SIZE = 25
WINDOW = timedelta(days=28)
"""Causes are ranked over it."""

AROUND = timedelta(days=14)
"""A fix is judged by so long before it and after it."""

VIEWS = ("open", "overdue", "fixed")
MOST_CHANGES = 40
_PAGES_A_LOOK = 20
_TOLD_BY = ("escalation_rate", "recontact_72h")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """A change that may have mended something, as the audit trail tells it."""

    seq: int
    kind: str
    what: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What came after a fix: two KPIs of the flow before and after, and the same cause again.

    `again` counts failures of the same cause and flow that were logged since; `days` is how long
    ago it was mended, at most as long as it is judged by.
    """

    changes: tuple[Change, ...]
    again: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFailure:
    """A line of the log."""

    id: str
    conversation_id: str
    cause: str
    flow: str
    rule: str
    words: str
    owner: str
    owner_id: str
    logged_by: str
    logged_at: datetime
    due_at: datetime
    is_overdue: bool
    fixed_at: datetime | None
    fixed_by: str
    fix_words: str
    change: ShownChange | None
    effect: Effect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureBoard:
    """A page of the log, the counts of its views, and the causes by what mending them spares.

    `left` is what flows left unresolved, tagged or not.
    """

    rows: tuple[ShownFailure, ...]
    counts: Mapping[str, int]
    causes: tuple[Group, ...]
    left: tuple[Left, ...]
    page: int
    pages: int
    next_release: datetime | None


def show(house: House, user: User, view: str, *, page: int = 1) -> FailureBoard:
    """Return a page of the log; raises InvalidInput for no such view, Forbidden for a role."""
    inbox.require(user, Action.MEND)
    if view not in VIEWS:
        raise InvalidInput({"view": f"choose one of {', '.join(VIEWS)}"})
    now = house.clock.now()
    every = sight.heard_by(house, user, Failure.objects.filter(workspace_id=user.workspace_id))
    found = _of(every, view, now)
    total = found.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    rows = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return FailureBoard(
        rows=tuple(_shown(house, user, rows)),
        counts={one: _of(every, one, now).count() for one in VIEWS},
        causes=causes_of(user.workspace_id, since=now - WINDOW),
        left=unresolved.left_in(
            user.workspace_id,
            standards_cache(house).standards_of(user.workspace_id).library,
            since=now - WINDOW,
            now=now,
        ),
        page=page,
        pages=pages,
        next_release=_next_release(user.workspace_id, now),
    )


def before_reader(user: User) -> int:
    """Return how many open failures are mended without a better reader, and so before it."""
    rows = Failure.objects.filter(workspace_id=user.workspace_id, fixed_at=None)
    return rows.exclude(cause__in=failures.OF_READER).count()


def open_one(house: House, user: User, failure_id: str) -> ShownFailure:
    """Return one failure with what came after its fix; raises NotFound, Forbidden for a role."""
    inbox.require(user, Action.MEND)
    row = Failure.objects.filter(id=failure_id, workspace_id=user.workspace_id).first()
    if row is None:
        raise NotFound("failure", failure_id)
    return next(_shown(house, user, [row]))


def lines_for_export(house: House, user: User) -> Iterator[tuple[str, ...]]:
    """Yield the log as cells, the newest first, a head before them (RP4)."""
    inbox.require(user, Action.MEND)
    yield ("logged_at", "conversation", "flow", "version", "rule", "cause", "handed_over", "words",
           "owner", "due_at", "fixed_at", "fix")  # fmt: skip
    people = _names(user.workspace_id)
    every = sight.heard_by(house, user, Failure.objects.filter(workspace_id=user.workspace_id))
    rows = every.order_by("-logged_at", "-id")
    for row in rows.iterator():
        yield (
            row.logged_at.isoformat(),
            row.conversation_id,
            row.flow,
            str(row.version),
            row.rule,
            row.cause,
            str(row.is_handed).lower(),
            row.words,
            people.get(row.owner_id, ""),
            row.due_at.isoformat(),
            row.fixed_at.isoformat() if row.fixed_at else "",
            row.fix_words,
        )


def causes_of(workspace_id: str, *, since: datetime) -> tuple[Group, ...]:
    """Return the causes of failures by what mending each would spare (FL3)."""
    rows = Failure.objects.filter(workspace_id=workspace_id, logged_at__gte=since)
    told = list(rows.values_list("cause", "flow", "is_handed", "conversation_id", "fixed_at"))
    ids = {one[3] for one in told}
    again = dict(Conversation.objects.filter(id__in=ids).values_list("id", "recontacts"))
    return failures.ranked(
        Case(
            cause=cause,
            flow=flow,
            is_handed=is_handed,
            recontacts=again.get(talk, 0),
            is_open=fixed_at is None,
        )
        for cause, flow, is_handed, talk, fixed_at in told
    )


def recent_changes(house: House, user: User) -> tuple[ShownChange, ...]:
    """Return what was changed in the last four weeks, the newest first: one may have mended it."""
    inbox.require(user, Action.MEND)
    rows = AuditEntry.objects.filter(
        workspace_id=user.workspace_id,
        action__in=failures.CHANGES,
        at__gte=house.clock.now() - WINDOW,
    )
    return _changes(user.workspace_id, list(rows.order_by("-seq")[:MOST_CHANGES]))


def _of(found: "QuerySet[Failure]", view: str, now: datetime) -> "QuerySet[Failure]":
    match view:
        case "fixed":
            return found.filter(fixed_at__isnull=False).order_by("-fixed_at", "-id")
        case "overdue":
            return found.filter(fixed_at=None, due_at__lt=now).order_by("due_at", "id")
        case _:
            return found.filter(fixed_at=None).order_by("due_at", "id")


def _shown(house: House, user: User, rows: Sequence[Failure]) -> Iterator[ShownFailure]:
    now, people = house.clock.now(), _names(user.workspace_id)
    if any(row.fixed_at for row in rows):
        keeping.catch_up(house, user.workspace_id, pages=_PAGES_A_LOOK)
    seqs = [row.fix_seq for row in rows if row.fix_seq is not None]
    entries = AuditEntry.objects.filter(workspace_id=user.workspace_id, seq__in=seqs)
    known = {one.seq: one for one in _changes(user.workspace_id, list(entries))}
    for row in rows:
        yield ShownFailure(
            id=row.id,
            conversation_id=row.conversation_id,
            cause=row.cause,
            flow=row.flow,
            rule=row.rule,
            words=row.words,
            owner=people.get(row.owner_id, ""),
            owner_id=row.owner_id,
            logged_by=people.get(row.logged_by_id, ""),
            logged_at=row.logged_at,
            due_at=row.due_at,
            is_overdue=failures.is_overdue(row.due_at, row.fixed_at, now),
            fixed_at=row.fixed_at,
            fixed_by=people.get(row.fixed_by_id or "", ""),
            fix_words=row.fix_words,
            change=known.get(row.fix_seq) if row.fix_seq is not None else None,
            effect=_effect(house, user, row, now) if row.fixed_at else None,
        )


def _effect(house: House, user: User, row: Failure, now: datetime) -> Effect:
    """Return the flow's KPIs for as long before the fix as there is after it, two weeks at most."""
    fixed_at = row.fixed_at or now
    span = min(now - fixed_at, AROUND)
    limits = core.limits_of(standards_cache(house).standards_of(row.workspace_id).policy, now)
    after = Slice(
        workspace_id=row.workspace_id,
        since=fixed_at,
        until=fixed_at + span,
        only={"flow": row.flow} if row.flow else {},
        places=sight.places_of(user),
    )
    before = replace(after, since=fixed_at - AROUND, until=fixed_at)
    told = changes.changes_of(kpis_of(after, limits, _TOLD_BY), kpis_of(before, limits, _TOLD_BY))
    same = Failure.objects.filter(
        workspace_id=row.workspace_id, cause=row.cause, flow=row.flow, logged_at__gt=fixed_at
    )
    again = sight.heard_by(house, user, same).count()
    return Effect(changes=tuple(told.values()), again=again, days=span.days)


def _changes(workspace_id: str, entries: Sequence[AuditEntry]) -> tuple[ShownChange, ...]:
    people = _names(workspace_id)
    return tuple(
        ShownChange(
            seq=one.seq,
            kind=failures.CHANGES.get(one.action, ""),
            what=_what(one),
            at=one.at,
            by=people.get(one.actor.removeprefix("user:"), "Baton"),
        )
        for one in entries
    )


def _what(entry: AuditEntry) -> str:
    """Return what a change was of: its name, its version, and why."""
    told = json.loads(entry.details)
    name = entry.subject.partition(":")[2]
    parts = [] if len(name) == ids.LENGTH else [name.replace("_", " ")]
    if told.get("version"):
        parts.append(f"version {told['version']}")
    if why := str(told.get("reason") or told.get("note") or ""):
        parts.append(f"“{why[:_MOST_WHY]}”")
    return ", ".join(parts)


_MOST_WHY = 80


def _next_release(workspace_id: str, now: datetime) -> datetime | None:
    """Return when the next fortnightly release is due, counted from the first failure."""
    first = Failure.objects.filter(workspace_id=workspace_id).order_by("logged_at").first()
    return failures.next_release(first.logged_at, now) if first else None


def _names(workspace_id: str) -> dict[str, str]:
    return dict(User.objects.filter(workspace_id=workspace_id).values_list("id", "name"))
