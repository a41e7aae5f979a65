"""A flow played on invented people: what it did to them, and what its gates would say."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from baton.core.errors import InvalidInput
from baton.flows.document import Flow
from baton.flows.simulation import forecast, life, world
from baton.flows.simulation.diary import Diary
from baton.flows.simulation.forecast import Forecast
from baton.flows.simulation.people import People
from baton.flows.simulation.person import Stage
from baton.flows.simulation.tally import Place, Tally
from baton.flows.standing import Setting
from baton.flows.trigger import TriggerKind

MAX_CONTACTS = 50_000
MAX_DAYS = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is simulated, from which day on, with which luck.

    `diaries` are the numbers of the contacts whose time line is wanted; they count from 1.
    """

    contacts: int = 2_000
    days: int = 90
    seed: int = 7
    begins_on: date = date(2026, 1, 5)
    diaries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """One step: how many runs entered it, and where they went from there.

    `entered` is the sum of `left`, `ended` and `waiting`.
    """

    place: Place
    type: str
    entered: int
    left: tuple[tuple[str, str, int], ...]  # the way's label, the step after it, how many
    ended: tuple[tuple[str, int], ...]
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a simulation found.

    Attributes:
        steps: those of the flow and of the flows that it goes through, in their order.
        unheard: events that the flow waits for and that never happened.
    """

    flow: Flow
    plan: Plan
    people: People
    tally: Tally
    steps: tuple[StepReport, ...]
    gates: tuple[Forecast, ...]
    unheard: tuple[str, ...]
    diaries: Mapping[int, Diary]


def simulate(flow: Flow, setting: Setting, people: People, plan: Plan) -> Report:
    """Play a flow of the setting's library on invented people.

    Raises InvalidInput for a flow that only others start, and for more than a simulation
    may take.
    """
    _check(flow, plan)
    stage = stage_of(flow, setting, people, plan)
    tally, diaries = Tally(), {}
    for number in range(1, plan.contacts + 1):
        diary = life.lived(stage, number, tally)
        if number in plan.diaries:
            diaries[number] = diary
    flows = stage.world.flows
    return Report(
        flow=flow,
        plan=plan,
        people=people,
        tally=tally,
        steps=tuple(_step(one, name, tally) for one in flows for name in one.steps),
        gates=tuple(forecast.forecast_of(gate, tally) for gate in flow.charter.gates),
        unheard=tuple(sorted(e for e in stage.world.awaited if not tally.events[e])),
        diaries=diaries,
    )


def stage_of(flow: Flow, setting: Setting, people: People, plan: Plan) -> Stage:
    """Return what all the people of a simulation share."""
    begins_at = datetime.combine(plan.begins_on, time(), setting.hours.zone).astimezone(UTC)
    return Stage(
        world=world.around(flow, setting.library, people),
        setting=setting,
        people=people,
        seed=plan.seed,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(days=plan.days),
    )


def _check(flow: Flow, plan: Plan) -> None:
    problems: dict[str, str] = {}
    if flow.trigger.on is TriggerKind.CALL:
        problems["trigger"] = "only other flows start this one: simulate one that calls it"
    if not 0 < plan.contacts <= MAX_CONTACTS:
        problems["contacts"] = f"must be from 1 to {MAX_CONTACTS}"
    if not 0 < plan.days <= MAX_DAYS:
        problems["days"] = f"must be from 1 to {MAX_DAYS}"
    if problems:
        raise InvalidInput(problems)


def _step(flow: Flow, name: str, tally: Tally) -> StepReport:
    place = (flow.name, name)
    left: Counter[tuple[str, str]] = Counter()
    for (one, following, label), count in tally.left.items():
        if one == place:
            to = following[1] if following[0] == flow.name else ".".join(following)
            left[label, to] += count
    ended = {how: n for (one, how), n in sorted(tally.ended.items()) if one == place}
    return StepReport(
        place=place,
        type=flow.steps[name].type,
        entered=tally.entered[place],
        left=tuple((label, to, count) for (label, to), count in sorted(left.items())),
        ended=tuple(ended.items()),
        waiting=tally.waiting[place],
    )
