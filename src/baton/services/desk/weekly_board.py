"""The weekly report: the last whole week by the clock of the place, beside the one before."""

from dataclasses import dataclass
from datetime import datetime

from baton.core.roles import Action
from baton.reports import changes, weekly
from baton.reports.changes import Change
from baton.reports.kpis import KpiReading, kpis_in
from baton.reports.weekly import FlowWeek, Named
from baton.services import inbox, sight
from baton.services.desk import baselines, kpi_board, leading, weekly_flows
from baton.services.desk.kpi_titles import Titles
from baton.services.desk.kpi_windows import Sought, ends_of, windows_of
from baton.services.desk.leading import Led
from baton.services.desk.weekly_flows import FlowLine
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A report of a week, or of a quarter; `back` counts weeks from the last whole one.

    `business` names the places too where its reader sees some alone.

    `against` is how far the leadership's KPIs are from what was kept as the baseline (K22), and
    `led` what people's time cost beside it; None where nobody can say.
    """

    business: str
    begins: datetime
    ends: datetime
    back: int
    slices: tuple[tuple[str, tuple[tuple[KpiReading, KpiReading], ...]], ...]
    named: Named
    matters: int
    is_quarter: bool
    against: tuple[Change, ...]
    led: Led | None
    by_flow: tuple[FlowLine, ...]


_QUARTER = 90
_LEADERSHIP = ("people_contacts", "handle_time", "csat", "automated_resolution")


def show(house: House, user: User, *, back: int = 0, is_quarter: bool = False) -> Week:
    """Return the report of a whole week, or of the last 90 days; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    kpi_board.caught_up(house, user.workspace_id)
    sought = Sought(days=_QUARTER) if is_quarter else Sought(week=back)
    this, before, limits = windows_of(house, user, sought)
    begins, ends = ends_of(this)
    told = {name for names in weekly.SLICES.values() for name in names}
    names = tuple({*weekly.WATCHED, *_LEADERSHIP, *told})
    ago, read = kpis_in((before, this), limits, names)
    kept = baselines.beside(this)
    against, titles = changes.changes_of(read, kept), Titles(house, user)
    flows = [
        FlowWeek(
            name=one.name,
            title=one.title,
            verdict=one.judged.verdict,
            reasons=one.judged.reasons,
            matters=one.matters,
        )
        for one in kpi_board.flow_verdicts(titles, this, before, limits)
    ]
    return Week(
        business=_business_of(user),
        begins=begins,
        ends=ends,
        back=back,
        slices=tuple(
            (title, tuple((read[name], ago[name]) for name in names if read[name].among))
            for title, names in weekly.SLICES.items()
        ),
        named=weekly.name(changes.changes_of(read, ago), flows),
        matters=read["automated_resolution"].among,
        is_quarter=is_quarter,
        against=tuple(against[name] for name in _LEADERSHIP if name in against),
        led=leading.led(this, standards_cache(house).setting_of(user.workspace_id).policy, limits),
        by_flow=weekly_flows.lines(titles, this, limits),
    )


def _business_of(user: User) -> str:
    name = Workspace.objects.get(id=user.workspace_id).name
    return ", ".join((name, *sight.places_named(user)))
