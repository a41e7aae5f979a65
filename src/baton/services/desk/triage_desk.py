"""The triage report as people read it: its numbers, and the conversations that each counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.errors import InvalidInput, NotFound
from baton.core.kpis import limits_of
from baton.core.pack import Pack
from baton.core.roles import Action
from baton.reports import kpis, triage
from baton.reports.kpis import KpiReading
from baton.reports.slices import Slice
from baton.reports.triage_readings import Share, TriageReport
from baton.services import inbox, sight
from baton.services.evidence import keeping
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store import copies
from baton.store.models import Conversation, Escalation, User, Workspace

WINDOWS = (7, 28, 90)
"""The windows to choose from, in days."""

DEFAULT_DAYS = 28
PAGE_SIZE = 25
PARTS = ("numerator", "denominator")
KPIS = ("containment", "automated_resolution", "time_to_resolution", "csat")
"""Shown together, since each misleads without the others (FQ13, K9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The report beside the numbers that it must not be read without."""

    report: TriageReport
    kpis: tuple[KpiReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A conversation that a number counted, with the trigger that fired, if that is counted."""

    conversation_id: str
    title: str
    began_at: datetime
    outcome: str
    status: str
    resolved_by: str
    escalation_id: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPage:
    """A page of what a number counted, newest first."""

    rows: tuple[Counted, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which number is opened: of a type, a trigger or the drift; its measure, and which part."""

    kind: str
    name: str
    measure: str
    part: str
    days: int


def desk(house: House, user: User, *, days: int) -> Desk:
    """Return the report; raises Forbidden for a role, InvalidInput for an unknown window."""
    inbox.require(user, Action.READ_REPORTS)
    if days not in WINDOWS:
        raise InvalidInput({"days": "Choose one of the windows."})
    now = house.clock.now()
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    keeping.catch_up(house, user.workspace_id)
    places = sight.places_of(user)
    looked_at = Slice(
        workspace_id=user.workspace_id, since=now - timedelta(days=days), places=places
    )
    with copies.reading():
        found = kpis.kpis_of(looked_at, limits_of(policy, now), KPIS)
    return Desk(
        report=report_of(house, user.workspace_id, days=days, places=places),
        kpis=tuple(found[name] for name in KPIS),
    )


def report_of(
    house: House, workspace_id: str, *, days: int, places: tuple[str, ...] = ()
) -> TriageReport:
    """Return the report of a workspace, or of some places, over its last days."""
    now = house.clock.now()
    standards = standards_cache(house).standards_of(workspace_id)
    opened_at = Workspace.objects.values_list("created_at", flat=True).get(id=workspace_id)
    with copies.reading():
        return triage.report_of(
            workspace_id,
            pack=standards.pack,
            policy=standards.policy,
            since=now - timedelta(days=days),
            until=now,
            opened_at=opened_at,
            places=places,
        )


def list_counted(house: House, user: User, sought: Sought, *, page: int = 1) -> CountedPage:
    """Return the conversations that a number counted; raises NotFound, or Forbidden."""
    inbox.require(user, Action.READ_REPORTS)
    inbox.require(user, Action.READ_INBOX)
    ids, is_of_escalations = _ids_of(desk(house, user, days=sought.days), sought)
    pages = max(-(-len(ids) // PAGE_SIZE), 1)
    shown = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    pack = inbox.pack_of(house, user.workspace_id)
    rows_of = _fired_rows if is_of_escalations else _rows
    rows = rows_of(house, user, shown, pack)
    return CountedPage(rows=rows, total=len(ids), page=page, pages=pages)


def _ids_of(desk: Desk, sought: Sought) -> tuple[tuple[str, ...], bool]:
    """Return the ids that a number counted, and whether they are those of escalations."""
    if sought.part not in PARTS:
        raise NotFound("part", sought.part)
    share, is_of_escalations = _share_of(desk.report, sought)
    ids = share.numerator if sought.part == "numerator" else share.denominator
    return ids, is_of_escalations


def _share_of(report: TriageReport, sought: Sought) -> tuple[Share, bool]:
    if sought.kind == "trigger":
        shares = _shares_of_trigger(report, sought.name)
    elif sought.kind == "type":
        shares = _shares_of_type(report, sought.name)
    else:
        shares = {"needless": report.drift.needless, "unattended": report.drift.unattended}
    found = shares.get(sought.measure)
    if found is None:
        raise NotFound("number", f"{sought.kind} {sought.name} {sought.measure}")
    return found, sought.kind == "trigger" or sought.measure == "needless"


def _shares_of_type(report: TriageReport, name: str) -> dict[str, Share]:
    one = next((one for one in report.types if one.name == name), None)
    if one is None:
        return {}
    every = Share(numerator=one.conversations, denominator=one.conversations)
    return {"all": every, **one.shares}


def _shares_of_trigger(report: TriageReport, name: str) -> dict[str, Share]:
    one = next((one for one in report.triggers if one.trigger == name), None)
    if one is None:
        return {}
    every = Share(numerator=one.fired, denominator=one.fired)
    return {"all": every, "right": one.right, "misread": one.misread}


def _rows(house: House, user: User, ids: tuple[str, ...], pack: Pack) -> tuple[Counted, ...]:
    mine = Conversation.objects.filter(workspace_id=user.workspace_id)
    found = sight.heard_by(house, user, mine, by="id").in_bulk(list(ids))
    return tuple(_counted(found[one], pack) for one in ids if one in found)


def _fired_rows(house: House, user: User, ids: tuple[str, ...], pack: Pack) -> tuple[Counted, ...]:
    mine = Escalation.objects.filter(workspace_id=user.workspace_id)
    fired = sight.heard_by(house, user, mine).in_bulk(list(ids))
    found = Conversation.objects.in_bulk([row.conversation_id for row in fired.values()])
    return tuple(
        _counted(found[fired[one].conversation_id], pack, fired[one]) for one in ids if one in fired
    )


def _counted(row: Conversation, pack: Pack, fired: Escalation | None = None) -> Counted:
    return Counted(
        conversation_id=row.id,
        title=inbox.title_of(pack, row.request_type, row.urgency_cause),
        began_at=row.first_message_at,
        outcome=row.triage,
        status=row.status,
        resolved_by=row.resolved_by,
        escalation_id=fired.id if fired else "",
        verdict=fired.verdict if fired else "",
    )
