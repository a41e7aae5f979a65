"""Baselines: what KPIs were, kept by people with a reason, to hold others against (K23)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from baton.core import privacy
from baton.core.errors import InvalidInput
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Estimate, Kpi, Unit
from baton.core.roles import Action
from baton.reports import intervals
from baton.reports.intervals import Interval, Sums
from baton.reports.kpis import KpiReading, kpis_of
from baton.reports.of_flow import is_by_flow, kpis_of_flow
from baton.reports.slices import Slice
from baton.services import inbox, sight
from baton.services.desk import kpi_windows
from baton.services.desk.kpi_windows import Sought
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Baseline, User

MAX_REASON = 300
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineLine:
    """A baseline as people read it; `is_brought` says that it came from elsewhere."""

    reading: KpiReading
    flow: str
    since: datetime
    until: datetime
    set_at: datetime
    set_by: str
    reason: str
    is_brought: bool
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A figure from before Baton, as somebody knows it; shares from 0 to 1."""

    kpi: str
    flow: str
    value: float
    since: datetime
    until: datetime
    reason: str


def keep_window(house: House, user: User, sought: Sought, reason: str) -> int:
    """Keep every KPI of a window, of all or of one flow, as the baseline; return how many.

    Raises Forbidden for a role, InvalidInput without a reason, without a row, or for a window
    that is narrowed to anything but a flow.
    """
    inbox.require(user, Action.CONFIGURE)
    sight.refuse_bound(user)
    if set(sought.only) - {"flow"}:
        raise InvalidInput({"flow": "A baseline is of everything, or of one flow."})
    looked_at, _, limits = kpi_windows.windows_of(house, user, sought)
    since, until = kpi_windows.ends_of(looked_at)
    flow = sought.only.get("flow", "")
    library = standards_cache(house).standards_of(user.workspace_id).library
    version = library.live.get(flow)
    found = (
        kpis_of(looked_at, limits)
        if version is None
        else kpis_of_flow(
            library.flows[flow, version], replace(looked_at, only={}), limits, CATALOGUE
        )
    )
    rows = [
        _row(one, one.value, flow, since, until) for one in found.values() if one.value is not None
    ]
    if not rows:
        raise InvalidInput({"days": "Nothing was counted in this window."})
    _write(house, user, reason, rows)
    return len(rows)


def bring(house: House, user: User, given: Brought) -> None:
    """Keep a figure from elsewhere as the baseline; raises Forbidden, or InvalidInput."""
    inbox.require(user, Action.CONFIGURE)
    sight.refuse_bound(user)
    problems: dict[str, str] = {}
    kpi = CATALOGUE.get(given.kpi)
    if kpi is None:
        problems["kpi"] = "Choose a KPI of the catalogue."
    elif not _BOUNDS.get(kpi.unit, _ANY)[0] <= given.value <= _BOUNDS.get(kpi.unit, _ANY)[1]:
        lowest, highest = _BOUNDS.get(kpi.unit, _ANY)
        problems["value"] = f"It lies from {lowest:g} to {highest:g}."
    if given.until <= given.since:
        problems["until"] = "The period must end after it begins."
    library = standards_cache(house).standards_of(user.workspace_id).library
    flows = {name for name, _version in library.flows}
    if given.flow and given.flow not in flows:
        problems["flow"] = "There is no such flow."
    if problems:
        raise InvalidInput(problems)
    row = Baseline(
        kpi=given.kpi, flow=given.flow, value=given.value, since=given.since, until=given.until
    )
    _write(house, user, given.reason, [row])


_BOUNDS = {Unit.SHARE: (0.0, 1.0), Unit.SCORE: (0.0, 100.0), Unit.BALANCE: (-100.0, 100.0)}
_ANY = (0.0, 1e9)


def current(workspace_id: str, flow: str = "") -> dict[str, KpiReading]:
    """Return the baselines in force, of all or of one flow, by KPI."""
    return by_flow(workspace_id, (flow,))[flow]


def by_flow(workspace_id: str, flows: Iterable[str]) -> Mapping[str, dict[str, KpiReading]]:
    """Return the baselines in force by flow, "" for those of all.

    What no row knows the flow of has one baseline for all; a flow's own comes before it.
    """
    wanted = set(flows)
    known: dict[str, dict[str, KpiReading]] = {name: {} for name in wanted | {""}}
    rows = Baseline.objects.filter(workspace_id=workspace_id, flow__in=wanted | {""})
    for row in rows.order_by("id"):
        if row.kpi in CATALOGUE:
            known[row.flow][row.kpi] = reading_of(row)
    shared = {name: one for name, one in known[""].items() if not is_by_flow(name)}
    return {name: {**shared, **known[name]} for name in wanted}


def period_of(workspace_id: str, kpi: str) -> tuple[datetime, datetime] | None:
    """Return when the baseline in force of all was counted; None for a figure from elsewhere."""
    rows = Baseline.objects.filter(workspace_id=workspace_id, kpi=kpi, flow="").order_by("-id")
    row = rows.first()
    return (row.since, row.until) if row is not None and row.among else None


def beside(looked_at: Slice, flow: str = "") -> dict[str, KpiReading]:
    """Return the baselines that a slice is held against, as `current` does."""
    return beside_each(looked_at, (flow,))[flow]


def beside_each(looked_at: Slice, flows: Iterable[str]) -> Mapping[str, dict[str, KpiReading]]:
    """Return the same by flow; none where places are left out: a baseline is of all."""
    if looked_at.places:
        return {name: {} for name in flows}
    return by_flow(looked_at.workspace_id, flows)


def list_all(user: User) -> tuple[BaselineLine, ...]:
    """Return every version, the newest first; raises Forbidden."""
    inbox.require(user, Action.READ_REPORTS)
    sight.refuse_bound(user)
    rows = Baseline.objects.filter(workspace_id=user.workspace_id).order_by("-id")[:MOST_SHOWN]
    people = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    seen: set[tuple[str, str]] = set()
    lines = []
    for row in rows:
        if row.kpi not in CATALOGUE:
            continue
        is_current = (row.kpi, row.flow) not in seen
        seen.add((row.kpi, row.flow))
        lines.append(
            BaselineLine(
                reading=reading_of(row),
                flow=row.flow,
                since=row.since,
                until=row.until,
                set_at=row.set_at,
                set_by=people.get(row.set_by_id, ""),
                reason=row.reason,
                is_brought=not row.among,
                is_current=is_current,
            )
        )
    return tuple(lines)


def reading_of(row: Baseline) -> KpiReading:
    """Return a baseline as what it was when it was counted."""
    kpi = CATALOGUE[row.kpi]
    sums = None
    if row.total is not None and row.squares is not None:
        sums = Sums(count=row.among, total=row.total, squares=row.squares)
    return KpiReading(
        kpi=kpi,
        value=row.value,
        interval=_interval(kpi, row, sums),
        count=row.count,
        among=row.among,
        young=0,
        sums=sums,
        span=row.until - row.since,
    )


def _interval(kpi: Kpi, row: Baseline, sums: Sums | None) -> Interval | None:
    if kpi.estimate is Estimate.WILSON and row.among:
        return intervals.wilson(row.count, row.among)
    if row.low is not None and row.high is not None:
        return Interval(low=row.low, high=row.high)
    return intervals.student(sums) if sums else None


def _row(found: KpiReading, value: float, flow: str, since: datetime, until: datetime) -> Baseline:
    median_lies = found.interval if found.kpi.estimate is Estimate.RANKS else None
    return Baseline(
        kpi=found.kpi.name,
        flow=flow,
        value=value,
        count=found.count,
        among=found.among,
        total=found.sums.total if found.sums else None,
        squares=found.sums.squares if found.sums else None,
        low=median_lies.low if median_lies else None,
        high=median_lies.high if median_lies else None,
        since=since,
        until=until,
    )


def _write(house: House, user: User, reason: str, rows: list[Baseline]) -> None:
    if not reason.strip():
        raise InvalidInput({"reason": "Say in a few words why; it stands beside the figures."})
    now = house.clock.now()
    with house.engine.transaction():
        ledger = Ledger(house, now)
        # Somebody may quote a contact here; what is kept holds tokens alone.
        words = privacy.mask(reason.strip(), partial(house.keyset.token, user.workspace_id))
        for row in rows:
            row.id = house.next_id(now)
            row.workspace_id = user.workspace_id
            row.set_at = now
            row.set_by_id = user.id
            row.reason = words[:MAX_REASON]
        Baseline.objects.bulk_create(rows)
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "baseline_kept",
            f"workspace:{user.workspace_id}",
            kpis=len(rows),
            flow=rows[0].flow,
            reason=words[:MAX_REASON],
        )
        ledger.flush()
