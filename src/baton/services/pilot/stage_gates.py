"""The gates of a stage: what must hold before a rollout goes on, read as they stand now (PL8).

A flow's own gates come first; the guardrails of the contract stand beside them. A gate holds
when its limit lies outside of where the true value may be; until then nobody can say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from baton.core import kpis as core
from baton.core import rollout
from baton.core.breaches import Reason
from baton.core.consent import Purpose
from baton.core.kpi_catalogue import CATALOGUE, measures
from baton.core.kpi_catalogue.measures import Measure, Told
from baton.core.rollout import SEVERAL_HUNDRED, Kind, Stage
from baton.flows.charter import Gate, Stance
from baton.flows.document import Flow
from baton.reports import changes, verdicts
from baton.reports.kpis import KpiReading
from baton.reports.of_flow import kpis_of_flow
from baton.reports.slices import Slice
from baton.reports.verdicts import GateReading
from baton.services.desk import baselines
from baton.services.house import House
from baton.services.pilot import shadows
from baton.services.workspace.standards import standards_cache
from baton.store.models import Breach, Episode, Handoff, Rollout

WINDOW = timedelta(days=28)
"""Gates look at the stage so far, and at most so far back."""

GUARDRAILS = (
    Gate(kpi="escalation_rate", stance=Stance.AT_MOST, limit=0.20),  # X7
    Gate(kpi="recontact_72h", stance=Stance.AT_MOST, limit=0.10),  # X9: to leave a pilot
    Gate(kpi="csat_change", stance=Stance.AT_LEAST, limit=-2.0),  # X8: approved within 2
)
"""Asked of every flow that sets no gate of its own on the same KPI."""

FIRST_TOUCH = Gate(kpi="handoff_first_touch", stance=Stance.AT_LEAST, limit=0.80)
"""Handoffs that the first person closes, of all (K12)."""

CONTAINED = Gate(kpi="containment", stance=Stance.AT_LEAST, limit=0.30)
"""The least of what K12 asks of transactional flows, 30 to 50 percent: more is no fault."""

LEAST_AGREEMENT = 0.8
"""The share of shadow drafts that say what people said, to leave the shadow; ours."""

LEAST_KEPT = 0.9
"""The share of those handed over whom people answer in time, to go on; ours."""

_LATE = (Reason.FIRST_RESPONSE.value, Reason.ASYNC_PROMISE.value)

_UNITS = {core.Unit.SCORE: " points of 100", core.Unit.SECONDS: " s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One thing that a stage asks for, in words; `is_met` only where it certainly is."""

    text: str
    is_met: bool
    is_broken: bool = False


def lines_of(house: House, row: Rollout, flow: Flow) -> tuple[GateLine, ...]:
    """Return what the stage of a rollout asks for before the next one begins."""
    stage = rollout.plan_of(row.plan).at(row.stage)
    match stage.kind:
        case Kind.SHADOW:
            return (*_drafted(house, row, stage), _lasted(house, row, stage))
        case Kind.SHARE:
            return (
                *_held(house, row, flow, stage),
                _answered_in_time(row),
                _lasted(house, row, stage),
            )
        case _:
            return ()


def gates_of(flow: Flow) -> tuple[Gate, ...]:
    """Return a flow's own gates, and the guardrails that it leaves to us."""
    own = {gate.kpi for gate in flow.charter.gates}
    ours: tuple[Gate, ...] = (*GUARDRAILS, FIRST_TOUCH)
    if flow.charter.purpose is Purpose.TRANSACTIONAL:
        ours = (*ours, CONTAINED)
    return (*flow.charter.gates, *(one for one in ours if one.kpi not in own))


def readings_of(house: House, row: Rollout, flow: Flow) -> tuple[GateReading, ...]:
    """Return each gate beside what was counted in the stage so far."""
    now, changed = _counted(house, row, flow)
    return tuple(verdicts.hold(gate, now, changed) for gate in gates_of(flow))


def _counted(
    house: House, row: Rollout, flow: Flow
) -> tuple[Mapping[str, KpiReading], Mapping[str, changes.Change]]:
    moment, gates = house.clock.now(), gates_of(flow)
    # A second further, so that what was written this moment is in it.
    until = moment + timedelta(seconds=1)
    looked_at = Slice(
        workspace_id=row.workspace_id,
        since=max(row.stage_at, until - WINDOW),
        until=until,
    )
    limits = core.limits_of(standards_cache(house).standards_of(row.workspace_id).policy, moment)
    names = measures.kpis_behind([*(gate.kpi for gate in gates), "containment"])
    now = kpis_of_flow(flow, looked_at, limits, names)
    return now, changes.changes_of(now, baselines.current(row.workspace_id, row.flow))


def _held(house: House, row: Rollout, flow: Flow, stage: Stage) -> Iterator[GateLine]:
    now, changed = _counted(house, row, flow)
    matters = now["containment"].among
    if stage.matters:
        text = f"{matters} of {stage.matters} matters counted"
        yield GateLine(text=text, is_met=matters >= stage.matters)
    for gate in gates_of(flow):
        found = verdicts.hold(gate, now, changed)
        is_narrow = is_narrowly_decided(found, matters)
        yield GateLine(
            text=told(found, is_narrow=is_narrow),
            is_met=_is_met(found, matters, is_narrow=is_narrow),
            is_broken=found.holds is False,
        )


def _is_met(found: GateReading, matters: int, *, is_narrow: bool) -> bool:
    if is_narrow:
        return found.is_within
    # Several hundred matters of which hardly one came to people: nothing to hold against them.
    is_spared = found.gate is FIRST_TOUCH and matters >= SEVERAL_HUNDRED
    if is_spared and found.reading is not None and not found.reading.is_enough:
        return True
    return found.holds is True


def _answered_in_time(row: Rollout) -> GateLine:
    """Return whether people kept what their queues promise to whom the flow handed over (PL19)."""
    talks = Episode.objects.filter(workspace_id=row.workspace_id, flow=row.flow)
    handed = Handoff.objects.filter(
        workspace_id=row.workspace_id,
        offered_at__gte=row.stage_at,
        conversation_id__in=talks.values("conversation_id"),
    )
    ids = set(handed.values_list("conversation_id", flat=True))
    late = Breach.objects.filter(
        workspace_id=row.workspace_id, at__gte=row.stage_at, reason__in=_LATE
    )
    broken = len(ids & set(late.values_list("conversation_id", flat=True)))
    kept = len(ids) - broken
    is_met = kept >= LEAST_KEPT * len(ids)
    told = f"{kept} of {len(ids)}" if ids else "nobody was handed over"
    return GateLine(
        text=f"Handed over and answered as their queue promises, at least {LEAST_KEPT:.0%}: {told}",
        is_met=is_met,
        is_broken=not is_met,
    )


def is_narrowly_decided(found: GateReading, matters: int) -> bool:
    """Return whether a gate whose limit lies within the interval is decided by its value.

    It is, once several hundred matters were counted: the sample that a pilot was agreed on (PL15,
    K18). With fewer nobody can say, and the gate stays open (X28).
    """
    if found.holds is not None or found.value is None or found.reading is None:
        return False
    return found.reading.is_enough and matters >= SEVERAL_HUNDRED


def told(found: GateReading, *, is_narrow: bool = False) -> str:
    """Return a gate in words: its limit with the unit, what was counted, and whether it holds."""
    gate = found.gate
    measure = measures.find(gate.kpi)
    bound = "at most" if gate.stance is Stance.AT_MOST else "at least"
    title = measure.title if measure else gate.kpi.replace("_", " ").capitalize()
    counted = _counted_in_words(found, measure, is_narrow=is_narrow)
    return f"{title} {bound} {_spelled(gate.limit, measure)}: {counted}"


def _counted_in_words(found: GateReading, measure: Measure | None, *, is_narrow: bool) -> str:
    reading = found.reading
    if reading is None or measure is None:
        return "nobody measures it here"
    if found.holds is None and not reading.is_enough:
        return f"{reading.among} of the {reading.kpi.min_rows} rows that a verdict takes"
    if found.value is None:
        is_moved = measure.told is not Told.VALUE
        return "no baseline to hold it against" if is_moved else "no rows"
    word = {True: "it holds", False: "it does not", None: "not clear yet"}[found.holds]
    if is_narrow:
        word = "it holds, narrowly" if found.is_within else "it does not, narrowly"
    return f"{_spelled(found.value, measure)}, of {reading.among}: {word}"


def _spelled(value: float, measure: Measure | None) -> str:
    if measure is None or measure.per != 1:  # the title says what it is told in
        return f"{value:.3g}"
    if measure.is_share:
        return f"{value * 100:.3g}%"
    return f"{value:.3g}{_UNITS.get(CATALOGUE[measure.kpi].unit, '')}"


def _drafted(house: House, row: Rollout, stage: Stage) -> Iterator[GateLine]:
    found = shadows.agreement_of(house, row.workspace_id, row.flow, since=row.stage_at)
    text = f"{found.compared} of {stage.drafts} drafts beside a person's answer"
    yield GateLine(text=text, is_met=found.compared >= stage.drafts)
    share = f"{found.share:.0%}" if found.share is not None else "none yet"
    yield GateLine(
        text=f"Drafts that say the same at least {LEAST_AGREEMENT:.0%}: {share}",
        is_met=found.share is not None and found.share >= LEAST_AGREEMENT,
    )


def _lasted(house: House, row: Rollout, stage: Stage) -> GateLine:
    days = max(0, (house.clock.now() - row.stage_at).days)
    text = f"{days} of {stage.lasts.days} days"
    return GateLine(text=text, is_met=days >= stage.lasts.days)
