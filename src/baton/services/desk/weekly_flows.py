"""A week by flow (RP3): what is settled, handed over well and comes back, beside its metric."""

from dataclasses import dataclass

from baton.core.kpi_catalogue import CATALOGUE, measures
from baton.core.kpis import Limits
from baton.flows.document import Flow
from baton.reports.kpis import KpiReading
from baton.reports.of_flow import BY_SUBJECT, is_by_flow, kpis_of_flows
from baton.reports.slices import Slice
from baton.services.desk.kpi_titles import Titles

NAMES = ("containment", "handoff_first_touch", "recontact_72h")
_RAN = "finished_rate"  # tells of a flow that only writes, too
MOST = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """A flow that ran in a week: the three of `NAMES`, and what its business metric is read from.

    `metric_of` says which rows the metric's are: the flow's, everybody's, or "" of some subjects.
    """

    name: str
    title: str
    readings: tuple[KpiReading, ...]
    metric: KpiReading | None
    metric_of: str


def lines(titles: Titles, looked_at: Slice, limits: Limits) -> tuple[FlowLine, ...]:
    """Return the flows that ran in a window, those with the most matters first."""
    metrics = {
        flow.name: found.kpi
        for flow in titles.flows.values()
        if (found := measures.find(flow.charter.metric)) is not None
    }
    names = tuple(dict.fromkeys((*NAMES, _RAN, *metrics.values())))
    told = []
    for name, readings in kpis_of_flows(titles.flows.values(), looked_at, limits, names).items():
        if not name or not any(one in readings and readings[one].among for one in (*NAMES, _RAN)):
            continue
        metric = metrics.get(name, "")
        told.append(
            FlowLine(
                name=name,
                title=titles.of("flow", name),
                readings=tuple(readings.get(one) or none_of(one) for one in NAMES),
                metric=(readings.get(metric) or none_of(metric)) if metric else None,
                metric_of=_rows_of(metric, titles.flows.get(name)),
            )
        )
    ranked = sorted(told, key=lambda one: (-one.readings[0].among, one.title))
    return tuple(ranked[:MOST])


def _rows_of(metric: str, flow: Flow | None) -> str:
    if not metric or flow is None:
        return ""
    if metric in BY_SUBJECT and flow.charter.about:
        return ""
    return "flow" if is_by_flow(metric) else "all"


def none_of(name: str) -> KpiReading:
    """Return a KPI without any rows."""
    return KpiReading(kpi=CATALOGUE[name], value=None, interval=None, count=0, among=0, young=0)
