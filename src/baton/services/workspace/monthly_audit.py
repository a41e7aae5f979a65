"""The audit of a month's escalations: every one is looked at, and somebody says that it is done.

Who leads is asked at the first daily check of the next month (P11).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from baton.core.errors import InvalidInput
from baton.core.escalation import Act
from baton.services import notices
from baton.services.ledger import Ledger
from baton.store.models import AuditEntry, Escalation

ASKED, AUDITED = "escalation_audit_asked", "escalations_audited"
"""What the audit trail says of a month."""

_NAME = re.compile(r"2\d{3}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of a place's calendar, as "2026-02", from its first moment to its end."""

    name: str
    begins: datetime
    ends: datetime

    @property
    def subject(self) -> str:
        """The month's name in the audit trail."""
        return f"escalations:{self.name}"

    @property
    def title(self) -> str:
        """The month as people say it: "February 2026"."""
        return date.fromisoformat(f"{self.name}-01").strftime("%B %Y")


def month_of(name: str, zone: tzinfo) -> Month:
    """Return a month by its name; raises InvalidInput for none."""
    if not _NAME.fullmatch(name):
        raise InvalidInput({"month": "write a month as 2026-02"})
    first = date.fromisoformat(f"{name}-01")
    return Month(name=name, begins=_midnight(first, zone), ends=_midnight(_after(first), zone))


def last_month(now: datetime, zone: tzinfo) -> Month:
    """Return the month before the one that runs at a place."""
    today = now.astimezone(zone).date()
    before = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    return month_of(f"{before:%Y-%m}", zone)


def handed_over_in(workspace_id: str, month: Month) -> tuple[tuple[str, str], ...]:
    """Return each escalation of a month that handed over, newest first, with its verdict."""
    found = Escalation.objects.filter(
        workspace_id=workspace_id,
        at__gte=month.begins,
        at__lt=month.ends,
        act=Act.HAND_OVER.value,
    )
    return tuple(found.order_by("-at", "-id").values_list("id", "verdict"))


def ask(ledger: Ledger, workspace_id: str, zone: tzinfo) -> None:
    """Ask who leads to look at last month's escalations, once; a month without any asks nothing."""
    month = last_month(ledger.now, zone)
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
        notices.Kind.AUDIT_DUE,
        details=f"{month.title}, {left} of {len(rows)} not looked at",
    )
    ledger.audit(workspace_id, "system", ASKED, month.subject, fired=len(rows), left=left)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
