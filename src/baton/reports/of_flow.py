"""What a flow answers for, counted.

Its own matters, where rows know which flow they are of; the whole business, where they do not: a
booking, a membership or an invoice is nobody's alone. Of the request types that it is `about`, the
matters that still come in, and to people, whoever answers them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Limits
from baton.flows.document import Flow
from baton.reports.kpis import KpiReading, kpis_by, kpis_of
from baton.reports.slices import DIMENSIONS, Slice

BY_SUBJECT = ("inquiries", "people_contacts")
"""What is told by subject of a flow that is about some."""


def is_by_flow(name: str) -> bool:
    """Return whether the rows of a KPI know which flow they are of."""
    return "flow" in DIMENSIONS[CATALOGUE[name].grain]


def kpis_of_flow(
    flow: Flow, looked_at: Slice, limits: Limits, names: Iterable[str]
) -> dict[str, KpiReading]:
    """Return KPIs of one flow; `looked_at` is of the whole workspace."""
    asked = tuple(names)
    own = replace(looked_at, only={"flow": flow.name})
    return {
        **kpis_of(own, limits, [name for name in asked if is_by_flow(name)]),
        **_shared(looked_at, limits, asked),
        **_by_subject(flow, looked_at, limits, asked),
    }


def kpis_of_flows(
    flows: Iterable[Flow], looked_at: Slice, limits: Limits, names: Iterable[str]
) -> dict[str, dict[str, KpiReading]]:
    """Return KPIs by each flow that has rows, whether it is among `flows` or not."""
    asked = tuple(names)
    by = kpis_by("flow", looked_at, limits, [name for name in asked if is_by_flow(name)])
    shared = _shared(looked_at, limits, asked)
    known = {flow.name: flow for flow in flows}
    found = {}
    for value, readings in by.items():
        name = str(value)
        spared = _by_subject(known[name], looked_at, limits, asked) if name in known else {}
        found[name] = {**shared, **readings, **spared}
    return found


def _shared(looked_at: Slice, limits: Limits, names: Iterable[str]) -> dict[str, KpiReading]:
    asked = [name for name in names if not is_by_flow(name)]
    return kpis_of(looked_at, limits, asked) if asked else {}


def _by_subject(
    flow: Flow, looked_at: Slice, limits: Limits, names: Iterable[str]
) -> Mapping[str, KpiReading]:
    asked = [name for name in BY_SUBJECT if name in names]
    if not flow.charter.about or not asked:
        return {}
    return kpis_of(replace(looked_at, only={"intent": flow.charter.about}), limits, asked)
