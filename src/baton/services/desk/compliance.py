"""Compliance checks as they are run, kept and shown; what fails holds every rollout (P20)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from baton.core import compliance as core
from baton.core.compliance import Finding, Standing
from baton.core.roles import Action, Role
from baton.runtime.ports import Done, Effect, Outcome
from baton.services import inbox, notices
from baton.services.desk import compliance_checks
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import authority
from baton.store.models import ComplianceRun, User

MOST_SHOWN = 12
_PROVING = (Role.AUDITOR, Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run, and what it found."""

    id: str
    at: datetime
    by: str  # a name, or "system"
    is_passed: bool
    findings: tuple[Finding, ...]


def run(house: House, workspace_id: str, by: str) -> Report:
    """Go through the check-list, keep what is found, and note it in the trail."""
    findings = compliance_checks.find_all(compliance_checks.look_at(house, workspace_id))
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row = ComplianceRun.objects.create(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            at=ledger.now,
            by=by,
            is_passed=core.is_passed(findings),
            findings=[asdict(one) for one in findings],
        )
        told = {one.name: one.standing.value for one in findings}
        ledger.audit(workspace_id, by, "compliance_checked", f"compliance:{row.id}", **told)
        ledger.flush()
    return _report(row, {})


def perform(house: House, effect: Effect) -> Outcome:
    """Run the check-list as asked for each week, and tell who answers for what newly fails."""
    before = find_broken(effect.workspace_id)
    report = run(house, effect.workspace_id, "system")
    broken = core.broken_of(report.findings)
    if broken and broken != before:
        with house.engine.transaction():
            ledger = Ledger(house, house.clock.now())
            _tell(ledger, effect.workspace_id, report)
            ledger.flush()
    return Done()


def run_for(house: House, user: User) -> Report:
    """Run the check-list for somebody who reads the trail; raises Forbidden."""
    inbox.require(user, Action.READ_AUDIT)
    return run(house, user.workspace_id, f"user:{user.id}")


def list_runs(user: User) -> tuple[Report, ...]:
    """Return the newest runs; raises Forbidden."""
    inbox.require(user, Action.READ_AUDIT)
    found = ComplianceRun.objects.filter(workspace_id=user.workspace_id).order_by("-id")
    people = User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name")
    names = {f"user:{user_id}": name for user_id, name in people}
    return tuple(_report(row, names) for row in found[:MOST_SHOWN])


def find_broken(workspace_id: str) -> str:
    """Return what the newest run found to fail, "" where nothing fails or none was run."""
    row = ComplianceRun.objects.filter(workspace_id=workspace_id).order_by("-id").first()
    return core.broken_of(_report(row, {}).findings) if row and not row.is_passed else ""


def note_review(house: House, user: User) -> None:
    """Note that somebody looked through who has access; raises Forbidden."""
    authority.require_manage_access(user)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        people = User.objects.filter(workspace_id=user.workspace_id, is_active=True).count()
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            compliance_checks.REVIEWED,
            f"workspace:{user.workspace_id}",
            accounts=people,
        )
        ledger.flush()


def _tell(ledger: Ledger, workspace_id: str, report: Report) -> None:
    people = dict.fromkeys(
        (
            *notices.leading(workspace_id),
            *notices.owning(workspace_id),
            *notices.with_roles(workspace_id, tuple(role.value for role in _PROVING)),
        )
    )
    failing = [one.title for one in report.findings if one.standing is Standing.FAILED]
    notices.tell(
        ledger,
        workspace_id,
        people,
        notices.Kind.COMPLIANCE_FAILED,
        details=", ".join(failing),
    )


def _report(row: ComplianceRun, names: Mapping[str, str]) -> Report:
    return Report(
        id=row.id,
        at=row.at,
        by=names.get(row.by, row.by),
        is_passed=row.is_passed,
        findings=tuple(
            Finding(**{**one, "standing": Standing(one["standing"])}) for one in row.findings
        ),
    )
