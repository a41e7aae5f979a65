"""Escalations of a month or a week as they are audited: verdicts, and who said it is done."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import Conflict
from baton.core.escalation import JUST
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.desk import live_flags, rule_board
from baton.services.desk.rule_board import FiredRow
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import monthly_audit
from baton.services.workspace.monthly_audit import Month
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, Escalation, User

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Who said that a month is audited, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A page of a month's escalations; `left` were not looked at, and those come first."""

    month: Month
    total: int
    left: int
    right: int
    rows: tuple[tuple[str, FiredRow], ...]
    finished: Finished | None
    page: int
    pages: int
    said: Mapping[str, int]
    last_week: str

    @property
    def week_before(self) -> str:
        """The week before one that is shown."""
        return monthly_audit.week_from(self.month, -1).name

    @property
    def week_after(self) -> str:
        """The week after one that is shown."""
        return monthly_audit.week_from(self.month, 1).name

    @property
    def noisy(self) -> int:
        """How many nobody was needed for."""
        return self.total - self.left - self.right


def show(house: House, user: User, month: str = "", page: int = 1) -> AuditPage:
    """Return a month's page, else last month's; raises Forbidden for a role, InvalidInput."""
    inbox.require(user, Action.READ_REPORTS)
    chosen = _chosen(house, user, month)
    rows = monthly_audit.handed_over_in(user.workspace_id, chosen, places=sight.places_of(user))
    ids = [id_ for id_, verdict in sorted(rows, key=lambda row: bool(row[1]))]
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    return AuditPage(
        month=chosen,
        total=len(rows),
        left=sum(not verdict for _, verdict in rows),
        right=sum(verdict in JUST for _, verdict in rows),
        said=Counter(verdict for _, verdict in rows if verdict),
        rows=_shown(house, user, ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        finished=_finished(user, chosen),
        page=page,
        pages=pages,
        last_week=monthly_audit.last_week(house.clock.now(), inbox.zone_of(user.workspace_id)).name,
    )


def finish(house: House, user: User, month: str) -> None:
    """Say that a month is audited.

    Raises Conflict while some were not looked at, or the month still runs; Forbidden for a role.
    """
    inbox.require(user, Action.TEACH)
    sight.refuse_bound(user)
    chosen = _chosen(house, user, month)
    rows = monthly_audit.handed_over_in(user.workspace_id, chosen)
    left = sum(not verdict for _, verdict in rows)
    if left or not rows:
        message = f"{left} were not looked at yet." if left else "There is nothing to audit."
        raise Conflict(message)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        if ledger.now < chosen.ends:
            message = f"This {'week' if chosen.is_week else 'month'} is not over."
            raise Conflict(message)
        noisy = sum(verdict not in JUST for _, verdict in rows)
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            monthly_audit.AUDITED,
            chosen.subject,
            fired=len(rows),
            noisy=noisy,
        )
        ledger.flush()


def _chosen(house: House, user: User, month: str) -> Month:
    zone = inbox.zone_of(user.workspace_id)
    if month:
        return monthly_audit.month_of(month, zone)
    return monthly_audit.last_month(house.clock.now(), zone)


def _shown(house: House, user: User, ids: list[str]) -> tuple[tuple[str, FiredRow], ...]:
    standards = standards_cache(house).standards_of(user.workspace_id)
    found = sight.heard_by(house, user, Escalation.objects.all()).in_bulk(ids)
    return tuple(
        (live_flags.title_of(standards, found[id_].trigger), rule_board.fired_row(found[id_]))
        for id_ in ids
        if id_ in found
    )


def _finished(user: User, month: Month) -> Finished | None:
    said = AuditEntry.objects.filter(
        workspace_id=user.workspace_id, subject=month.subject, action=monthly_audit.AUDITED
    )
    entry = said.order_by("-seq").first()
    if entry is None:
        return None
    who = User.objects.filter(id=entry.actor.removeprefix("user:")).first()
    return Finished(by=who.name if who else entry.actor, at=entry.at)
