"""Harm seen early: looked for at the daily check, told at once, and outreach stopped (AL1-AL10).

Days are those of the place's clock. Who leads and who owns the automation hear in the console and
by mail, and the workspace's address by a signed call. What stops outreach holds all that the bot
begins by itself until a person has looked and says why it may go on.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo

from django.db.models import Count, Q

from baton.core import harm, kpis
from baton.core.harm import Change, Found, Harm, Part
from baton.core.kpis import Limits
from baton.core.policy import Policy
from baton.reports import intervals
from baton.reports.intervals import Interval
from baton.reports.kpis import KpiReading, kpis_of
from baton.reports.slices import Slice
from baton.reports.verdicts import csat_change
from baton.runtime.ports import Done, Effect, Outcome
from baton.services import notices
from baton.services.evidence import keeping
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import alert_hooks, staff_digests
from baton.services.workspace.alert_hooks import Told
from baton.services.workspace.connections import EMAIL
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, Episode, Turn, User, Workspace
from baton.store.queries import ways

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_USUAL = timedelta(days=28)
_SETTLES = timedelta(hours=72)
FOUND = "harm_found"


def perform(house: House, effect: Effect) -> Outcome:
    """Count what happened, then look for harm."""
    workspace_id = effect.workspace_id
    keeping.catch_up(house, workspace_id)
    standards = standards_cache(house).standards_of(workspace_id)
    with house.engine.transaction():
        Workspace.objects.select_for_update().get(id=workspace_id)
        ledger = Ledger(house, house.clock.now())
        look(ledger, workspace_id, standards.policy, standards.hours.zone)
        ledger.flush()
    return Done()


def look(ledger: Ledger, workspace_id: str, policy: Policy, zone: tzinfo) -> None:
    """Look for harm, tell of what was not told lately, and stop outreach where it asks for that."""
    for found in find(workspace_id, policy, zone, now=ledger.now):
        if not _is_told(ledger, workspace_id, found.harm, policy):
            _tell(ledger, workspace_id, found)


def find(workspace_id: str, policy: Policy, zone: tzinfo, *, now: datetime) -> Iterator[Found]:
    """Return every harm that a workspace's numbers show."""
    today = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    seen = _Numbers(workspace_id, policy, kpis.limits_of(policy, now))
    if seen.are_too_few(today):
        return
    days = [(today - back * _DAY, today - (back - 1) * _DAY) for back in (3, 2, 1)]
    yield from _rising(Harm.ESCALATIONS_RISING, [seen.escalated(*day) for day in days], policy)
    yield from _rising(Harm.UPSET_RISING, [seen.upset(*day) for day in days], policy)
    yield from _jumped(seen, today, policy)
    yield from _dropped(seen, today, policy)
    yield from _closing_early(seen, today)


class _Numbers:
    """Counts of one workspace in any span."""

    def __init__(self, workspace_id: str, policy: Policy, limits: Limits) -> None:
        self._workspace_id = workspace_id
        self._policy = policy
        self._limits = limits

    def are_too_few(self, today: datetime) -> bool:
        """Return whether less happened in all the weeks looked at than any harm shows in.

        A place that is new or small is looked at every day as well, and this is soon said.
        """
        least = min(self._policy.alert_min_rows, self._policy.csat_drop_answers, kpis.MIN_ROWS)
        since = today - _WEEK - _USUAL
        matters = Episode.objects.filter(began_at__gte=since, began_at__lt=today)
        turns = Turn.objects.filter(at__gte=since, at__lt=today)
        return all(
            found.filter(workspace_id=self._workspace_id)[:least].count() < least
            for found in (matters, turns)
        )

    def readings(self, since: datetime, until: datetime, *names: str) -> dict[str, KpiReading]:
        looked_at = Slice(workspace_id=self._workspace_id, since=since, until=until)
        return kpis_of(looked_at, self._limits, names)

    def escalated(self, since: datetime, until: datetime) -> Part:
        return _part(self.readings(since, until, "escalation_rate")["escalation_rate"])

    def upset(self, since: datetime, until: datetime) -> Part:
        turns = Turn.objects.filter(
            workspace_id=self._workspace_id, at__gte=since, at__lt=until
        ).aggregate(
            count=Count("pk", filter=Q(sentiment__lte=self._policy.mild_sentiment)),
            among=Count("pk"),
        )
        return Part(count=turns["count"], among=turns["among"])


def _rising(which: Harm, days: Sequence[Part], policy: Policy) -> Iterator[Found]:
    first, _, last = days
    if harm.is_rising(days, _change(last, first), least=policy.alert_min_rows):
        what = {
            Harm.ESCALATIONS_RISING: "More is handed over",
            Harm.UPSET_RISING: "More messages are upset",
        }[which]
        shares = ", ".join(f"{day.share:.0%}" for day in days)
        yield Found(harm=which, details=f"{what}, two days running: {shares}.")


def _jumped(seen: _Numbers, today: datetime, policy: Policy) -> Iterator[Found]:
    if not policy.escalation_jump:
        return
    day = seen.escalated(today - _DAY, today)
    usual = seen.escalated(today - _DAY - _USUAL, today - _DAY)
    is_jump = harm.has_jumped(
        day,
        usual,
        _change(day, usual),
        times=policy.escalation_jump,
        least=policy.alert_min_rows,
    )
    if is_jump:
        told = f"Handoffs jumped to {day.share:.0%} yesterday, from {usual.share:.0%} in four weeks"
        yield Found(harm=Harm.ESCALATIONS_JUMPED, details=told)


def _dropped(seen: _Numbers, today: datetime, policy: Policy) -> Iterator[Found]:
    now = seen.readings(today - _WEEK, today, "csat")
    ago = seen.readings(today - _WEEK - _USUAL, today - _WEEK, "csat")
    after, before = now["csat"], ago["csat"]
    lies = csat_change(now, ago)
    if not policy.csat_drop_points or lies is None or after.value is None or before.value is None:
        return
    if min(after.among, before.among) < policy.csat_drop_answers:
        return
    means = before.value, after.value
    if harm.has_dropped(means, _as_change(lies), by=policy.csat_drop_points):
        told = f"CSAT dropped to {after.value:.0f} of 100 this week, from {before.value:.0f}"
        yield Found(harm=Harm.CSAT_DROPPED, details=told)


def _closing_early(seen: _Numbers, today: datetime) -> Iterator[Found]:
    """Look at weeks that are old enough to tell who comes back."""
    until = today - _SETTLES
    names = ("containment", "recontact_72h")
    now = seen.readings(until - _WEEK, until, *names)
    ago = seen.readings(until - 2 * _WEEK, until - _WEEK, *names)
    if not all(one.is_enough for one in (*now.values(), *ago.values())):
        return
    contained, returned = (
        _change(_part(now[name]), _part(ago[name])) for name in ("containment", "recontact_72h")
    )
    if harm.closes_too_early(contained, returned):
        parts = _part(ago["recontact_72h"]), _part(now["recontact_72h"])
        told = (
            "The bot closes too early: more stay with it, and more come back, "
            f"{parts[0].share:.0%} before and {parts[1].share:.0%} now."
        )
        yield Found(harm=Harm.CLOSES_TOO_EARLY, details=told)


def _part(found: KpiReading) -> Part:
    return Part(count=found.count, among=found.among)


def _change(now: Part, before: Part) -> Change:
    return _as_change(
        intervals.share_difference((now.count, now.among), (before.count, before.among))
    )


def _as_change(found: Interval) -> Change:
    return Change(low=found.low, high=found.high)


def _is_told(ledger: Ledger, workspace_id: str, which: Harm, policy: Policy) -> bool:
    told = AuditEntry.objects.filter(
        workspace_id=workspace_id,
        action=FOUND,
        subject=f"harm:{which.value}",
        at__gt=ledger.now - policy.alert_cool_down,
    )
    return told.exists()


def _tell(ledger: Ledger, workspace_id: str, found: Found) -> None:
    stops = found.harm in harm.STOPS_OUTREACH
    details = found.details + (
        ". Outreach is stopped until somebody looks: Settings, Sending." if stops else ""
    )
    people = dict.fromkeys((*notices.leading(workspace_id), *notices.owning(workspace_id)))
    has_mail = ways.find_inbox(workspace_id, EMAIL) is not None
    kept = notices.tell(
        ledger,
        workspace_id,
        people,
        notices.Kind.HARM_FOUND,
        details=details,
        is_mailed=has_mail,
    )
    if has_mail:
        for user in User.objects.filter(id__in=list(kept), is_active=True).order_by("id"):
            staff_digests.send_now(ledger, user, kept[user.id])
    told = Told(
        type="harm_found",
        harm=found.harm.value,
        details=found.details,
        stops_outreach=stops,
        at=ledger.now.isoformat(),
    )
    alert_hooks.order(ledger, workspace_id, told)
    ledger.audit(workspace_id, "system", FOUND, f"harm:{found.harm.value}", details=found.details)
    if stops:
        _stop_outreach(ledger, workspace_id, found)


def _stop_outreach(ledger: Ledger, workspace_id: str, found: Found) -> None:
    changed = Workspace.objects.filter(id=workspace_id, paused_at=None).update(
        paused_at=ledger.now, paused_by_id=None, pause_reason=f"By itself: {found.details}."[:200]
    )
    if changed:
        ledger.audit(
            workspace_id,
            "system",
            "sending_paused",
            f"workspace:{workspace_id}",
            reason=found.details,
        )
