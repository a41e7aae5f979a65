"""Who leads is reminded once of each review whose day has come: look back, release, quarter.

Audits of a week and a month have a reminder of their own (`monthly_audit`), and so has a failure
that nobody mended in time (`failure_reminders`).
"""

from datetime import date, datetime, timedelta, tzinfo

from baton.core import failures, review_days
from baton.services import notices
from baton.services.ledger import Ledger
from baton.store.models import AuditEntry, Escalation, Failure, Rollout, RolloutMark

ASKED, LOOKED_BACK = "review_asked", "looked_back"
RETROSPECTIVE = timedelta(days=90)
"""When a rollout is looked back on (PL8, RP12)."""

_LATEST = timedelta(days=180)
"""An older rollout is no news any more."""
_QUARTER = timedelta(days=92)


def remind(ledger: Ledger, workspace_id: str, zone: tzinfo) -> None:
    """Tell who leads what is due now and was not told before."""
    today = ledger.now.astimezone(zone).date()
    _look_back(ledger, workspace_id)
    _release(ledger, workspace_id)
    _quarter(ledger, workspace_id, today)


def _look_back(ledger: Ledger, workspace_id: str) -> None:
    rows = Rollout.objects.filter(
        workspace_id=workspace_id,
        began_at__lte=ledger.now - RETROSPECTIVE,
        began_at__gt=ledger.now - _LATEST,
    ).order_by("id")
    for row in rows:
        done = RolloutMark.objects.filter(rollout_id=row.id, kind=LOOKED_BACK)
        if not done.exists():
            people = [*notices.leading(workspace_id), row.owner_id]
            _ask(ledger, workspace_id, people, f"rollout:{row.id}", f"look back on {row.flow}")


def _release(ledger: Ledger, workspace_id: str) -> None:
    """Tell of what was mended since the last release, on the day of the next one."""
    begun = Failure.objects.filter(workspace_id=workspace_id).order_by("logged_at").first()
    if begun is None:
        return
    due_at = failures.next_release(begun.logged_at, ledger.now) - failures.RELEASE_EVERY
    if due_at <= begun.logged_at:
        return
    mended = _mended(workspace_id, due_at - failures.RELEASE_EVERY, due_at)
    if mended:
        subject = f"release:{due_at.date().isoformat()}"
        told = f"the fortnightly release, {mended} mended"
        _ask(ledger, workspace_id, notices.leading(workspace_id), subject, told)


def _mended(workspace_id: str, since: datetime, until: datetime) -> int:
    rows = Failure.objects.filter(workspace_id=workspace_id)
    return rows.filter(fixed_at__gte=since, fixed_at__lt=until).count()


def _quarter(ledger: Ledger, workspace_id: str, today: date) -> None:
    fired = Escalation.objects.filter(
        workspace_id=workspace_id, at__gte=ledger.now - _QUARTER, at__lt=ledger.now
    )
    name = review_days.quarter_of(today)
    known = AuditEntry.objects.filter(workspace_id=workspace_id, action=ASKED)
    # A workspace that is younger than the quarter has nothing to tighten or to relax yet.
    older = Escalation.objects.filter(workspace_id=workspace_id, at__lt=_begins(today, ledger.now))
    if fired.exists() and older.exists() and not known.filter(subject=f"quarter:{name}").exists():
        people = notices.leading(workspace_id)
        told = f"tighten or relax, the figures of {name}"
        _ask(ledger, workspace_id, people, f"quarter:{name}", told)


def _begins(today: date, now: datetime) -> datetime:
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return now - timedelta(days=(today - first).days)


def _ask(
    ledger: Ledger,
    workspace_id: str,
    people: "list[str] | tuple[str, ...]",
    subject: str,
    told: str,
) -> None:
    known = AuditEntry.objects.filter(workspace_id=workspace_id, action=ASKED, subject=subject)
    if known.exists():
        return
    notices.tell(ledger, workspace_id, dict.fromkeys(people), notices.Kind.REVIEW_DUE, details=told)
    ledger.audit(workspace_id, "system", ASKED, subject, told=told)
