"""A dashboard: verdicts, KPIs in pairs beside the window before, their way, and by dimension."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from baton.core.kpi_catalogue import CATALOGUE, measures
from baton.core.kpis import Grain, Limits
from baton.core.roles import Action
from baton.reports import changes, frames, verdicts
from baton.reports.changes import Change
from baton.reports.kpis import KpiReading, kpis_by, kpis_in, kpis_of, kpis_over
from baton.reports.of_flow import kpis_of_flows
from baton.reports.slices import DIMENSIONS, Slice
from baton.reports.sources import SOURCES
from baton.reports.verdicts import GateReading, Judged
from baton.services import inbox
from baton.services.desk import baselines
from baton.services.desk.kpi_titles import Titles
from baton.services.desk.kpi_views import VIEWS, View
from baton.services.desk.kpi_windows import Sought, ends_of, windows_of
from baton.services.desk.weekly_flows import none_of
from baton.services.evidence import days, keeping
from baton.services.house import House
from baton.store import copies
from baton.store.models import User

FUNNEL = (
    ("Came in", "automated_resolution", "denominator"),
    ("Closed without a person", "containment", "numerator"),
    ("Closed by the bot, nobody back so far", "automated_resolution", "numerator"),
    ("Proven: said so, or stayed away", "proven_resolution", "numerator"),
)
MOST_GROUPS = 25
_DRAWN = (Grain.EPISODE, Grain.STRETCH, Grain.BOOKING, Grain.INVOICE)
"""What a tile draws its way of: others are asked for day by day only where a chart shows them."""

_FEW_DAYS = 14  # up to here a trend goes by days


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A KPI beside the window before, and its way through the window."""

    now: KpiReading
    before: KpiReading
    trend: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowVerdict:
    """A flow with the verdict on it."""

    name: str
    title: str
    metric: str
    judged: Judged
    gates: tuple[GateReading, ...]
    matters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value of a dimension with its KPIs."""

    value: str
    title: str
    readings: tuple[KpiReading, ...]
    aims: Mapping[str, timedelta] = field(default_factory=dict)

    @property
    def late(self) -> Mapping[str, timedelta]:
        """The KPIs that clearly take longer than is aimed at, each with its aim (K16)."""
        return {
            one.kpi.name: self.aims[one.kpi.name]
            for one in self.readings
            if one.kpi.name in self.aims
            and one.interval is not None
            and one.interval.is_above(self.aims[one.kpi.name].total_seconds())
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """KPIs by a dimension, those with the most rows first."""

    dimension: str
    titles: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step on the way from a first word to a close that held: a part of the one before."""

    title: str
    kpi: str
    part: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A dimension by which a dashboard can be narrowed: its values, each with a title."""

    dimension: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A dashboard of a window."""

    sought: Sought
    since: datetime
    groups: tuple[tuple[str, tuple[Tile, ...]], ...]
    flows: tuple[FlowVerdict, ...]
    tables: tuple[Table, ...]
    funnel: tuple[Stage, ...]
    days: tuple[date, ...]
    trends: Mapping[str, tuple[KpiReading | None, ...]]
    view: View
    titles: Mapping[str, str]
    changes: tuple[Change, ...]
    choices: tuple[Choice, ...]
    is_behind: bool


def show(house: House, user: User, sought: Sought, name: str = "overview") -> Board:
    """Return a dashboard; raises Forbidden for a role, InvalidInput for an unknown window."""
    view = VIEWS[name]
    inbox.require(user, Action.READ_REPORTS)
    looked_at, before, limits = windows_of(house, user, sought)
    is_behind = caught_up(house, user.workspace_id)
    titles = Titles(house, user)
    with copies.reading(), frames.at_once():
        return _board(titles, sought, view, limits, (looked_at, before), is_behind=is_behind)


def _board(  # noqa: PLR0913 - what is looked at, and how
    titles: Titles,
    sought: Sought,
    view: View,
    limits: Limits,
    windows: tuple[Slice, Slice],
    *,
    is_behind: bool,
) -> Board:
    user, (looked_at, before) = titles.user, windows
    names = tuple(dict.fromkeys(_shown(view)))
    ago_readings, now_readings = kpis_in((before, looked_at), limits, names)
    is_weekly = sought.days > _FEW_DAYS
    zone = inbox.zone_of(user.workspace_id)
    drawn = [name for name in names if CATALOGUE[name].grain in _DRAWN or name in view.curves]
    over = kpis_over(looked_at, limits, drawn, zone=zone, is_weekly=is_weekly)
    return Board(
        sought=sought,
        since=ends_of(looked_at)[0],
        view=view,
        groups=_groups(view, now_readings, ago_readings, over),
        flows=flow_verdicts(titles, looked_at, before, limits)
        if view.has_verdicts and not sought.only
        else (),
        tables=tuple(_tables(titles, view, looked_at, limits)),
        funnel=_funnel(now_readings),
        days=tuple(over),
        trends={
            name: tuple(readings.get(name) for readings in over.values()) for name in view.curves
        },
        titles={name: titles.of(name, value) for name, value in sought.only.items()},
        changes=_changes(looked_at, now_readings, sought),
        choices=tuple(_choices(titles, looked_at, names)),
        is_behind=is_behind,
    )


def _changes(looked_at: Slice, now: Mapping[str, KpiReading], sought: Sought) -> tuple[Change, ...]:
    """Return how far KPIs are from their baselines: of everything, or of one flow."""
    if set(sought.only) - {"flow"}:
        return ()
    kept = baselines.beside(looked_at, sought.only.get("flow", ""))
    return tuple(changes.changes_of(now, kept).values())


NARROWED_BY = (
    "flow", "channel", "location", "segment", "intent", "queue", "agent", "variant", "stage",
    "inbox", "triage", "pack",
)  # fmt: skip
"""By what a form narrows a dashboard: what matters are told apart by."""

_MOST_CHOICES = 200


def _choices(titles: Titles, looked_at: Slice, names: Sequence[str]) -> Iterator[Choice]:
    """Return what a dashboard can be narrowed by: what some KPI of it knows, and rows differ in."""
    known = {name for kpi in names for name in DIMENSIONS[CATALOGUE[kpi].grain]}
    matters = frames.frame_of(
        looked_at.workspace_id, Grain.EPISODE, looked_at.since, looked_at.until
    )
    rows = matters.between(looked_at.since, looked_at.until)
    for dimension in (name for name in NARROWED_BY if name in known):
        found = matters.words(SOURCES[Grain.EPISODE].dimensions[dimension], rows)
        if dimension == "location" and looked_at.places:
            found &= frozenset(looked_at.places)
        values = sorted((titles.of(dimension, one), one) for one in found)
        if len(values) > 1 or dimension in looked_at.only:
            told = tuple((value, title) for title, value in values[:_MOST_CHOICES])
            yield Choice(dimension=dimension, values=told)


_PAGES_A_LOOK = 20
_DAYS_A_LOOK = 200  # of what stands; those left are read from their rows


def caught_up(house: House, workspace_id: str) -> bool:
    """Fold what is left, up to a limit; return whether more is left than was folded."""
    done = keeping.catch_up(house, workspace_id, pages=_PAGES_A_LOOK)
    days.keep(house, workspace_id)
    days.renew(house, workspace_id, most=_DAYS_A_LOOK)
    return done >= _PAGES_A_LOOK * keeping.PAGE


def _shown(view: View) -> Iterator[str]:
    """Return all KPIs of a dashboard beside its tables."""
    for _, names in view.groups:
        yield from names
    yield from view.curves
    if view.has_verdicts:
        yield from (name for _, name, _ in FUNNEL)


def _groups(
    view: View,
    now: Mapping[str, KpiReading],
    before: Mapping[str, KpiReading],
    over: Mapping[date, Mapping[str, KpiReading]],
) -> tuple[tuple[str, tuple[Tile, ...]], ...]:
    found = []
    for title, names in view.groups:
        tiles = tuple(
            Tile(
                now=now[name],
                before=before[name],
                trend=tuple(
                    readings[name].value if name in readings else None for readings in over.values()
                ),
            )
            for name in names
            if name in now and (now[name].among or before[name].among)
        )
        if tiles:
            found.append((title, tiles))
    return tuple(found)


def flow_verdicts(
    titles: Titles, looked_at: Slice, before: Slice, limits: Limits
) -> tuple[FlowVerdict, ...]:
    """Return the verdict on every flow that spoke in a window, the worst first."""
    flows = titles.flows.values()
    gates = [one.kpi for flow in flows for one in verdicts.held_to(flow.charter)]
    names = tuple({*verdicts.NAMES, *measures.kpis_behind(gates)})
    now = kpis_of_flows(flows, looked_at, limits, names)
    ago = kpis_of_flows(flows, before, limits, names)
    kept = baselines.beside_each(looked_at, now)
    nothing = kpis_of(replace(looked_at, until=looked_at.since), limits, names)
    found = []
    for name, readings in now.items():
        flow = titles.flows.get(name)
        if not name:
            continue
        complete = {**nothing, **readings}
        if not complete["containment"].among:
            continue  # it writes, and nobody came with a matter
        # What somebody kept as the baseline comes before the window that happens to be before.
        baseline = kept[name]
        earlier = {**nothing, **ago.get(name, {}), **baseline}
        changed = changes.changes_of(complete, baseline)
        gates_of = verdicts.held_to(flow.charter) if flow else ()
        held = tuple(verdicts.hold(one, complete, changed) for one in gates_of)
        found.append(
            FlowVerdict(
                name=name,
                title=titles.of("flow", name),
                metric=flow.charter.metric if flow else "",
                judged=verdicts.judge(complete, earlier, held),
                gates=held,
                matters=complete["containment"].among,
            )
        )
    ranked = list(verdicts.Verdict)
    return tuple(sorted(found, key=lambda one: (ranked.index(one.judged.verdict), one.title)))


def _tables(titles: Titles, view: View, looked_at: Slice, limits: Limits) -> Sequence[Table]:
    found = []
    for dimension, names in view.tables:
        if dimension in looked_at.only or not _tells(dimension, looked_at):
            continue
        by = kpis_by(dimension, looked_at, limits, names)
        filled = {
            str(value): readings
            for value, readings in by.items()
            if value and any(one.among for one in readings.values())
        }
        ranked = sorted(
            filled.items(), key=lambda item: (-max(r.among for r in item[1].values()), item[0])
        )
        told = {name for readings in filled.values() for name in readings}
        heads = [name for name in names if name in told]
        lines = tuple(
            Line(
                value=value,
                title=titles.of(dimension, value),
                readings=tuple(readings.get(name, none_of(name)) for name in heads),
                aims=titles.aims_of(value) if dimension == "channel" else {},
            )
            for value, readings in ranked[:MOST_GROUPS]
        )
        if lines:
            titled = tuple(CATALOGUE[name].title for name in heads)
            left_out = len(ranked) - len(lines)
            found.append(Table(dimension=dimension, titles=titled, lines=lines, left_out=left_out))
    return found


def _tells(dimension: str, looked_at: Slice) -> bool:
    """Return whether a dimension tells anything: versions and steps are those of one flow."""
    return dimension not in _OF_A_FLOW or "flow" in looked_at.only


_OF_A_FLOW = ("version", "step")


def _funnel(now: Mapping[str, KpiReading]) -> tuple[Stage, ...]:
    came_in = now.get("automated_resolution")
    whole = came_in.among if came_in else 0
    if not all(name in now for _, name, _ in FUNNEL) or not whole:
        return ()
    stages = []
    for title, name, part in FUNNEL:
        reading = now[name]
        count = reading.count if part == "numerator" else reading.among
        stages.append(Stage(title=title, kpi=name, part=part, count=count, share=count / whole))
    return tuple(stages)
