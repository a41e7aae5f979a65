"""The audit of a month's or a week's escalations: every one is looked at, and that is said.

Who leads is asked at the first daily check of the next month (P11) and of the next week (RP5).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from baton.core.errors import InvalidInput
from baton.core.escalation import Act
from baton.services import notices
from baton.services.ledger import Ledger
from baton.store.models import AuditEntry, Escalation
from baton.store.queries import located

ASKED, AUDITED = "escalation_audit_asked", "escalations_audited"
"""What the audit trail says of a month."""

_NAME = re.compile(r"2\d{3}-(?:0[1-9]|1[0-2])")
_WEEK_NAME = re.compile(r"(2\d{3})-W(0[1-9]|[1-4]\d|5[0-3])")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of a place's calendar, as "2026-02", from its first moment to its end.

    Or a week of it, from Monday to Monday, as "2026-W10".
    """

    name: str
    begins: datetime
    ends: datetime

    @property
    def is_week(self) -> bool:
        """Whether it is a week."""
        return "W" in self.name

    @property
    def subject(self) -> str:
        """The month's name in the audit trail."""
        return f"escalations:{self.name}"

    @property
    def title(self) -> str:
        """The month as people say it, "February 2026", or "the week of 2 March 2026"."""
        if self.is_week:
            return f"the week of {self.begins.day} {self.begins:%B %Y}"
        return date.fromisoformat(f"{self.name}-01").strftime("%B %Y")


def month_of(name: str, zone: tzinfo) -> Month:
    """Return a month, or a week, by its name; raises InvalidInput for none."""
    if "W" in name:
        return _week_of(name, zone)
    if not _NAME.fullmatch(name):
        raise InvalidInput({"month": "write a month as 2026-02"})
    first = date.fromisoformat(f"{name}-01")
    return Month(name=name, begins=_midnight(first, zone), ends=_midnight(_after(first), zone))


def last_month(now: datetime, zone: tzinfo) -> Month:
    """Return the month before the one that runs at a place."""
    today = now.astimezone(zone).date()
    before = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    return month_of(f"{before:%Y-%m}", zone)


def last_week(now: datetime, zone: tzinfo) -> Month:
    """Return the week before the one that runs at a place."""
    year, week, _day = (now.astimezone(zone).date() - _WEEK).isocalendar()
    return month_of(f"{year}-W{week:02d}", zone)


def week_from(week: Month, by: int) -> Month:
    """Return the week so many weeks after another one; before it for fewer than none."""
    zone = week.begins.tzinfo
    year, number, _day = (week.begins.date() + by * _WEEK).isocalendar()
    return _week_of(f"{year}-W{number:02d}", zone or UTC)


def _week_of(name: str, zone: tzinfo) -> Month:
    found = _WEEK_NAME.fullmatch(name)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    if monday is None:
        raise InvalidInput({"month": "write a week as 2026-W10"})
    return Month(name=name, begins=_midnight(monday, zone), ends=_midnight(monday + _WEEK, zone))


def handed_over_in(
    workspace_id: str, month: Month, *, places: tuple[str, ...] = ()
) -> tuple[tuple[str, str], ...]:
    """Return each escalation of a month that handed over, newest first, with its verdict.

    With contacts of some `places`, or with all (P10).
    """
    every = Escalation.objects.filter(
        workspace_id=workspace_id,
        at__gte=month.begins,
        at__lt=month.ends,
        act=Act.HAND_OVER.value,
    )
    found = located.of_talks(every, workspace_id, places)
    return tuple(found.order_by("-at", "-id").values_list("id", "verdict"))


def ask(ledger: Ledger, workspace_id: str, zone: tzinfo) -> None:
    """Ask who leads to look at last month's and last week's escalations, each once.

    One without any escalation asks nothing.
    """
    _ask(ledger, workspace_id, last_month(ledger.now, zone), notices.Kind.AUDIT_DUE)
    _ask(ledger, workspace_id, last_week(ledger.now, zone), notices.Kind.WEEK_AUDIT_DUE)


def _ask(ledger: Ledger, workspace_id: str, month: Month, kind: notices.Kind) -> None:
    known = AuditEntry.objects.filter(
        workspace_id=workspace_id, subject=month.subject, action__in=[ASKED, AUDITED]
    )
    rows = handed_over_in(workspace_id, month)
    if not rows or known.exists():
        return
    left = sum(not verdict for _, verdict in rows)
    notices.tell(
        ledger,
        workspace_id,
        notices.leading(workspace_id),
        kind,
        details=f"{month.title}, {left} of {len(rows)} not looked at",
    )
    ledger.audit(workspace_id, "system", ASKED, month.subject, fired=len(rows), left=left)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
