"""The daily check: no handoff is forgotten, and who leads hears of those that nearly were.

Once a day, at the workspace's own hour, everything that waits for people or is with one is
gone through page by page. Each conversation that was forgotten gets a fact in its contact's
lane, so that nothing else happens to it meanwhile; who leads gets one digest of them all.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta, tzinfo

from baton.core import breaches
from baton.core.breaches import Reason
from baton.flows.moments import next_time_of_day
from baton.flows.standing import Setting
from baton.runtime.ports import Arrival
from baton.services import arrivals, notices
from baton.services.facts import DailyCheckDue, OrphanFound
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import (
    churn_scoring,
    compliance_looks,
    csat_watch,
    escalation_rules,
    failure_reminders,
    harm_looks,
    monthly_audit,
    pace,
    review_reminders,
)
from baton.store.models import Workspace
from baton.store.queries import orphans as kept
from baton.store.queries.orphans import Waiting

_PAGE = 500
_KEY = "daily_check"


def plan_all(house: House, setting_of: Callable[[str], Setting]) -> None:
    """Set the daily check of every workspace that has none, as a newer Baton finds them."""
    for workspace_id in list(Workspace.objects.values_list("id", flat=True)):
        setting = setting_of(workspace_id)
        with house.engine.transaction():
            if hold(house, workspace_id) is None:
                ledger = Ledger(house, house.clock.now())
                _plan_next(ledger, workspace_id, setting)
                ledger.flush()


def hold(house: House, workspace_id: str) -> datetime | None:
    """Keep the daily check from coming round until the transaction ends; return its moment."""
    return house.engine.timers.hold(workspace_id, _KEY)


def plan(ledger: Ledger, workspace_id: str, *, at: time, zone: tzinfo) -> None:
    """Set the next daily check, at a time of day in a zone."""
    due_at = next_time_of_day(ledger.now + timedelta(seconds=1), at.strftime("%H:%M"), zone)
    ledger.set_timer(
        arrivals.timer_of(
            DailyCheckDue(at=due_at),
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=_KEY,
            key=_KEY,
            due_at=due_at,
        )
    )


def check(ledger: Ledger, workspace_id: str, setting: Setting, fact: DailyCheckDue) -> None:
    """Go through a page of what people should have; at the end, tell who leads."""
    if not fact.after:
        pace.measure(ledger, workspace_id)
    page = kept.list_waiting(workspace_id, after=fact.after, limit=_PAGE)
    found = [
        _found(ledger, workspace_id, waiting, fact.at, reasons)
        for waiting in page
        if (reasons := _reasons_of(waiting, setting, ledger.now))
    ]
    total = fact.found + len(found)
    if len(page) == _PAGE:
        found.append(_next_page(ledger, workspace_id, fact, page[-1].conversation_id, total))
    else:
        _tell(ledger, workspace_id, total)
        escalation_rules.remind(ledger, workspace_id, setting.hours.zone)
        monthly_audit.ask(ledger, workspace_id, setting.hours.zone)
        failure_reminders.remind(ledger, workspace_id)
        review_reminders.remind(ledger, workspace_id, setting.hours.zone)
        csat_watch.look(ledger, workspace_id, setting.policy)
        harm_looks.order(ledger, workspace_id)
        compliance_looks.order(ledger, workspace_id)
        churn_scoring.begin(ledger, workspace_id, fact.at)
        _plan_next(ledger, workspace_id, setting)
    if found:
        ledger.house.engine.inbox.append(found)


def _plan_next(ledger: Ledger, workspace_id: str, setting: Setting) -> None:
    plan(ledger, workspace_id, at=setting.policy.daily_check_at, zone=setting.hours.zone)


def _reasons_of(waiting: Waiting, setting: Setting, now: datetime) -> tuple[Reason, ...]:
    found = breaches.found_in(waiting.situation, setting.policy, now=now)
    return tuple(reason for reason in found if reason.value not in waiting.told)


def _found(
    ledger: Ledger, workspace_id: str, waiting: Waiting, at: datetime, reasons: tuple[Reason, ...]
) -> Arrival:
    return arrivals.arrival_of(
        OrphanFound(
            conversation_id=waiting.conversation_id,
            reasons=tuple(reason.value for reason in reasons),
        ),
        ledger.house.keyset,
        workspace_id=workspace_id,
        lane=waiting.lane,
        dedupe_key=f"orphan:{at.isoformat()}:{waiting.conversation_id}",
        received_at=ledger.now,
    )


def _next_page(
    ledger: Ledger, workspace_id: str, fact: DailyCheckDue, after: str, total: int
) -> Arrival:
    return arrivals.arrival_of(
        DailyCheckDue(at=fact.at, after=after, found=total),
        ledger.house.keyset,
        workspace_id=workspace_id,
        lane=_KEY,
        dedupe_key=f"page:{_KEY}:{fact.at.isoformat()}:{after}",
        received_at=ledger.now,
    )


def _tell(ledger: Ledger, workspace_id: str, found: int) -> None:
    """Give who leads a digest, unless all is well: nobody is told of nothing."""
    overdue = kept.count_overdue(workspace_id)
    if found or overdue:
        notices.tell(
            ledger,
            workspace_id,
            notices.leading(workspace_id),
            notices.Kind.DAILY_CHECK,
            details=f"{found} forgotten, {overdue} overdue",
        )
    ledger.audit(
        workspace_id,
        "system",
        "daily_check",
        f"workspace:{workspace_id}",
        forgotten=found,
        overdue=overdue,
    )
