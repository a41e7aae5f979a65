"""The weekly report: the last whole week by the clock of the place, beside the one before."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo

from baton.core import kpis as core
from baton.core.roles import Action
from baton.reports import changes, weekly
from baton.reports.kpis import KpiReading, Slice, kpis_of
from baton.reports.weekly import FlowWeek, Named
from baton.services import inbox
from baton.services.desk import kpi_board
from baton.services.house import House
from baton.services.workspace.workspaces import standards_cache
from baton.store.models import User

_WEEK = timedelta(days=7)
MOST_BACK = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week's report; `back` counts weeks from the last whole one."""

    begins: datetime
    ends: datetime
    back: int
    slices: tuple[tuple[str, tuple[tuple[KpiReading, KpiReading], ...]], ...]
    named: Named
    matters: int


def show(house: House, user: User, *, back: int = 0) -> Week:
    """Return the report of a whole week; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    kpi_board.caught_up(house, user.workspace_id)
    now = house.clock.now()
    zone = inbox.zone_of(user.workspace_id)
    begins, ends = week_of(now, zone, back=min(max(back, 0), MOST_BACK))
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    limits = core.limits_of(policy, now)
    this = Slice(workspace_id=user.workspace_id, since=begins, until=ends)
    # A day is not always as long: the week before begins by the clock as well.
    before = replace(this, since=week_of(now, zone, back=back + 1)[0], until=begins)
    read, ago = kpis_of(this, limits), kpis_of(before, limits)
    flows = [
        FlowWeek(
            name=one.name,
            title=one.title,
            verdict=one.judged.verdict,
            reasons=one.judged.reasons,
            matters=one.matters,
        )
        for one in kpi_board.flow_verdicts(kpi_board.Titles(house, user), this, before, limits)
    ]
    return Week(
        begins=begins,
        ends=ends,
        back=back,
        slices=tuple(
            (title, tuple((read[name], ago[name]) for name in names if read[name].among))
            for title, names in weekly.SLICES.items()
        ),
        named=weekly.name(changes.changes_of(read, ago), flows),
        matters=read["automated_resolution"].among,
    )


def week_of(now: datetime, zone: tzinfo, *, back: int) -> tuple[datetime, datetime]:
    """Return when the last whole week began and ended, or one `back` from it: Monday to Monday."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday()) - back * _WEEK
    return (
        datetime.combine(monday - _WEEK, time(), tzinfo=zone),
        datetime.combine(monday, time(), tzinfo=zone),
    )
