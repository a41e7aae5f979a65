"""The audit trail as it is read: who did or saw what, and whether the chain still holds."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from django.db.models import QuerySet

from baton.core import audit
from baton.core.audit import Link
from baton.core.cells import csv_line
from baton.core.errors import NotFound
from baton.core.json import Json
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import AuditEntry, User, Workspace

PAGE_SIZE = 100
COLUMNS = ("seq", "at", "actor", "action", "subject", "details", "previous_hash", "hash")
_CHUNK = 2_000
_NOTED_AS = {"since": "since_on", "until": "until_on"}  # days by their names, not identifiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What entries are looked for; "" and None mean any.

    `words` are looked for in the details; days are whole, by the business's own clock.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, with the name of the colleague who acted, if it was one."""

    seq: int
    at: datetime
    actor: str
    name: str
    action: str
    subject: str
    details: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A page of entries, newest first; `following` is the place of the next page's end."""

    entries: tuple[Entry, ...]
    following: int | None


def list_entries(user: User, sought: Sought, *, before: int | None = None) -> AuditPage:
    """Return entries, newest first; raises Forbidden for a role that may not read them."""
    inbox.require(user, Action.READ_AUDIT)
    rows = _sought(user, sought)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows.order_by("-seq")[: PAGE_SIZE + 1])
    names = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    entries = tuple(
        Entry(
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            name=names.get(row.actor.removeprefix("user:"), ""),
            action=row.action,
            subject=row.subject,
            details=json.loads(row.details),
        )
        for row in found[:PAGE_SIZE]
    )
    return AuditPage(entries=entries, following=entries[-1].seq if len(found) > PAGE_SIZE else None)


def export(house: House, user: User, sought: Sought) -> Iterator[str]:
    """Return the entries that are looked for as lines of CSV, oldest first, and note who took them.

    Each line holds both hashes, so that whoever has the file can follow the chain in it.
    """
    inbox.require(user, Action.READ_AUDIT)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        subject = f"workspace:{user.workspace_id}"
        asked = {
            _NOTED_AS.get(name, name): str(value) for name, value in asdict(sought).items() if value
        }
        ledger.audit(user.workspace_id, f"user:{user.id}", "audit_exported", subject, **asked)
        ledger.flush()
    return _lines_of(_sought(user, sought).order_by("seq"))


def _lines_of(rows: "QuerySet[AuditEntry]") -> Iterator[str]:
    yield csv_line(COLUMNS)
    for row in rows.iterator(chunk_size=_CHUNK):
        told = (getattr(row, name) for name in COLUMNS)
        yield csv_line([one.isoformat() if isinstance(one, datetime) else str(one) for one in told])


def _sought(user: User, sought: Sought) -> "QuerySet[AuditEntry]":
    rows = AuditEntry.objects.filter(workspace_id=user.workspace_id)
    if sought.actor:
        rows = rows.filter(actor__in=_actors_named(user.workspace_id, sought.actor))
    if sought.action:
        rows = rows.filter(action=sought.action)
    if sought.subject:
        rows = rows.filter(subject__contains=sought.subject)
    if sought.words:
        rows = rows.filter(details__icontains=sought.words)
    zone = inbox.zone_of(user.workspace_id)
    if sought.since:
        rows = rows.filter(at__gte=datetime.combine(sought.since, time(), tzinfo=zone))
    if sought.until:
        ends = datetime.combine(sought.until + timedelta(days=1), time(), tzinfo=zone)
        rows = rows.filter(at__lt=ends)
    return rows


def list_actions(user: User) -> tuple[str, ...]:
    """Return every kind of action that the trail holds, in alphabetical order."""
    inbox.require(user, Action.READ_AUDIT)
    found = AuditEntry.objects.filter(workspace_id=user.workspace_id).order_by("action")
    return tuple(found.values_list("action", flat=True).distinct())


def verify(workspace_id: str, anchored: Mapping[int, str] = MappingProxyType({})) -> int | None:
    """Return the place of the first entry that was changed or is missing, or None.

    The workspace keeps the place and hash of its newest entry, so that a chain
    whose end was cut off does not pass for a whole one. `anchored` are hashes by place that
    were noted outside the database: one that was written anew as a whole does not hold against
    them. Raises NotFound.
    """
    # The head first: entries appended while the chain is walked lie beyond it.
    kept = Workspace.objects.filter(id=workspace_id).values_list("audit_seq", "audit_head").first()
    if kept is None:
        raise NotFound("workspace", workspace_id)
    length, head = kept
    last: list[Link] = []
    broken = audit.first_break(_links(workspace_id, length, last))
    if broken is not None:
        return broken
    for place, noted in sorted(anchored.items()):
        entry = AuditEntry.objects.filter(workspace_id=workspace_id, seq=place)
        if entry.values_list("hash", flat=True).first() != noted:
            return place
    reached = last[-1].seq if last else 0
    if reached != length:
        return reached + 1
    return None if not last or last[-1].hash == head else length


def _links(workspace_id: str, length: int, last: list[Link]) -> Iterator[Link]:
    """Yield the stored chain up to a place; `last` keeps the newest link seen."""
    rows = AuditEntry.objects.filter(workspace_id=workspace_id, seq__lte=length).order_by("seq")
    for row in rows.iterator(chunk_size=_CHUNK):
        link = Link(
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            details=row.details,
            previous_hash=row.previous_hash,
            hash=row.hash,
        )
        last[:] = [link]
        yield link


def _actors_named(workspace_id: str, wanted: str) -> list[str]:
    """Return the actors meant by a name, an id, "bot" or "system"."""
    people = User.objects.filter(workspace_id=workspace_id, name__icontains=wanted)
    return [wanted, f"user:{wanted}", *(f"user:{p}" for p in people.values_list("id", flat=True))]
