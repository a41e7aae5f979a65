"""The weekly report: the last whole week by the clock of the place, beside the one before."""

from dataclasses import dataclass
from datetime import datetime

from baton.core.roles import Action
from baton.reports import changes, weekly
from baton.reports.kpis import KpiReading, kpis_of
from baton.reports.weekly import FlowWeek, Named
from baton.services import inbox
from baton.services.desk import kpi_board
from baton.services.desk.kpi_windows import Sought, ends_of, windows_of
from baton.services.house import House
from baton.store.models import User


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
    this, before, limits = windows_of(house, user.workspace_id, Sought(week=back))
    begins, ends = ends_of(this)
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
