"""Experiments: planned with their size, begun, and ended with a reason (AB2, AB9)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from math import ceil

from baton.core import experiments as core
from baton.core import privacy
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.experiments import Arm, Design, Tries
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Kpi, Unit, limits_of
from baton.core.roles import Action
from baton.reports import experiments, power
from baton.reports.experiments import USUAL_SPREAD, Size
from baton.reports.kpis import KpiReading, kpis_of
from baton.reports.slices import Slice
from baton.services import inbox
from baton.services.desk.experiment_subjects import Subject, subjects_of, traffic
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import editions, limit_trials, windows
from baton.services.workspace.standards import standards_cache
from baton.store.models import Experiment, Exposure, User

MAX_WORDS = 300
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_BASELINE = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An experiment as somebody wants it; shares and effects in the metric's unit.

    `values` are those of a limit that are tried; `control` "" takes the first arm; `baseline`
    None takes what was counted.
    """

    name: str
    subject: str
    tries: str
    metric: str
    effect: float
    control: str = ""
    guards: tuple[str, ...] = ()
    baseline: float | None = None
    values: tuple[int, ...] = ()
    least_days: int = core.LEAST_DAYS
    hypothesis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an experiment takes, before anybody is dealt an arm.

    Attributes:
        measured: whether the baseline was counted here.
        a_week: contacts who came this way in a week, on the average of four.
        weeks: how long it takes at that pace; None where nobody came.
        hints: what speaks against it, though not enough to refuse it.
    """

    design: Design
    subject: Subject
    size: Size
    measured: bool
    a_week: float
    weeks: int | None
    hints: tuple[str, ...]


def plan(house: House, user: User, wish: Wish) -> Plan:
    """Return what an experiment would take; raises InvalidInput, or Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    now = house.clock.now()
    subject = _subject(house, user, wish.subject)
    reading = _counted(house, user, subject, wish.metric, now)
    design = _design(wish, subject, reading)
    if not _NAME.fullmatch(wish.name):
        problem = "Begin with a small letter; small letters, digits and _ are allowed."
        raise InvalidInput({"name": problem})
    if problems := core.problems_of(design):
        raise InvalidInput(problems)
    size = experiments.size_of(design)
    a_week = traffic(user.workspace_id, subject, now)
    weeks = max(ceil(size.contacts / a_week), ceil(design.least_days / 7)) if a_week else None
    return Plan(
        design=replace(design, contacts=size.contacts),
        subject=subject,
        size=size,
        measured=wish.baseline is None,
        a_week=a_week,
        weeks=weeks,
        hints=tuple(_hints(user.workspace_id, design, weeks)),
    )


def begin(house: House, user: User, wish: Wish) -> str:
    """Begin an experiment as it was planned; return its name.

    Raises InvalidInput, Forbidden for a role, and Conflict for a name that was used, beside
    another experiment on the same flow or limit, or while a new reader is being validated (AB6).
    """
    wanted = plan(house, user, wish)
    hypothesis = _words(house, user, wish.hypothesis, "hypothesis")
    design = wanted.design
    with house.engine.transaction():
        now = house.clock.now()
        windows.refuse_publishing(user.workspace_id, purpose=windows.EXPERIMENT, now=now)
        _refuse_beside(user.workspace_id, design)
        ledger = Ledger(house, now)
        row = Experiment.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            name=design.name,
            flow=design.flow,
            field=design.field,
            design=limit_trials.design_text(design),
            owner_id=user.id,
            hypothesis=hypothesis,
            began_at=now,
            began_by_id=user.id,
        )
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "experiment_begun",
            f"experiment:{row.id}",
            name=design.name,
            metric=design.metric,
            contacts=design.contacts,
            reason=hypothesis,
        )
        ledger.flush()
        editions.count_up(user.workspace_id)
    return design.name


def end(house: House, user: User, name: str, *, kept: str, reason: str) -> None:
    """End an experiment, keeping one of its arms or none; raises InvalidInput without a reason.

    Whoever was dealt an arm keeps it until the flow or the limit is changed. Raises NotFound for
    one that does not run, Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    words = _words(house, user, reason, "reason")
    with house.engine.transaction():
        running = Experiment.objects.select_for_update().filter(
            workspace_id=user.workspace_id, name=name, ended_at=None
        )
        row = running.first()
        if row is None:
            raise NotFound("running experiment", name)
        design = limit_trials.design_of(row)
        if kept and kept not in [arm.name for arm in design.arms]:
            raise InvalidInput({"kept": "Choose one of the arms, or none."})
        ledger = Ledger(house, house.clock.now())
        row.ended_at, row.ended_by_id = ledger.now, user.id
        row.kept, row.reason = kept, words
        row.save(update_fields=["ended_at", "ended_by_id", "kept", "reason"])
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "experiment_ended",
            f"experiment:{row.id}",
            name=name,
            kept=kept,
            reason=words,
        )
        ledger.flush()
        editions.count_up(user.workspace_id)


def _subject(house: House, user: User, key: str) -> Subject:
    found = next((one for one in subjects_of(house, user) if one.key == key), None)
    if found is None:
        raise InvalidInput({"subject": "Choose a split of a live flow, or a limit."})
    return found


def _design(wish: Wish, subject: Subject, reading: KpiReading | None) -> Design:
    arms = _arms_of_limit(subject, wish.values) if subject.field else subject.arms
    kpi = CATALOGUE.get(wish.metric)
    baseline, spread = _before(wish, reading)
    try:
        tries = Tries.THRESHOLD if subject.field else Tries(wish.tries)
    except ValueError:
        raise InvalidInput({"tries": "Say what differs between the arms."}) from None
    return Design(
        name=wish.name,
        flow=subject.flow,
        split=subject.split,
        field=subject.field,
        arms=arms,
        control=wish.control or (arms[0].name if arms else ""),
        tries=tries,
        metric=wish.metric,
        guards=wish.guards or (core.guards_of(kpi) if kpi else ()),
        baseline=baseline,
        spread=spread,
        effect=wish.effect,
        contacts=0,
        least_days=wish.least_days,
    )


def _arms_of_limit(subject: Subject, values: tuple[int, ...]) -> tuple[Arm, ...]:
    limit = next(one for one in core.limits() if one.field == subject.field)
    if len(values) < core.FEWEST_ARMS or not all(limit.least <= v <= limit.most for v in values):
        told = f"Write two different numbers from {limit.least:g} to {limit.most:g}, as 1, 2."
        raise InvalidInput({"values": told})
    each, over = divmod(100, len(values))
    return tuple(
        Arm(name=str(value), share=each + (nth < over)) for nth, value in enumerate(values)
    )


def _before(wish: Wish, reading: KpiReading | None) -> tuple[float, float]:
    """Return the metric as it is, and how far single values of it lie apart."""
    found = reading.value if reading else None
    baseline = wish.baseline if wish.baseline is not None else found
    if baseline is None:
        told = "Nothing was counted yet: say what you expect without the experiment."
        raise InvalidInput({"baseline": told})
    kpi = CATALOGUE.get(wish.metric)
    if kpi is not None and kpi.unit is Unit.SHARE:
        # Nobody of a few is no proof of nobody: as if one of a hundred were otherwise.
        return baseline, power.spread_of_share(min(max(baseline, 0.01), 0.99))
    sums = reading.sums if reading else None
    spread = sums.variance**0.5 if sums and sums.count > 1 else 0.0
    return baseline, spread or USUAL_SPREAD[Unit.SCORE]


def _counted(
    house: House, user: User, subject: Subject, metric: str, now: datetime
) -> KpiReading | None:
    kpi = CATALOGUE.get(metric)
    if kpi is None:
        raise InvalidInput({"metric": "Choose a share or a mean of the catalogue."})
    looked_at = _slice(user.workspace_id, subject, kpi, now)
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    return kpis_of(looked_at, limits_of(policy, now), [metric]).get(metric)


def _slice(workspace_id: str, subject: Subject, kpi: Kpi, now: datetime) -> Slice:
    whole = Slice(workspace_id=workspace_id, since=now - _BASELINE, until=now)
    of_flow = replace(whole, only={"flow": subject.flow})
    return of_flow if subject.flow and of_flow.fits(kpi) else whole


def _hints(workspace_id: str, design: Design, weeks: int | None) -> Iterator[str]:
    if weeks is None:
        yield "Nobody came this way in four weeks: nobody can say how long it takes."
    elif weeks * 7 > core.MOST_DAYS:
        yield "It takes more than a year: look for a larger effect, or a metric that varies less."
    if design.least_days < core.LEAST_DAYS:
        told = f"Less than {core.LEAST_DAYS} days hardly cover a cycle; a week's mood may decide."
        yield told
    if design.tries is Tries.COPY and not _was_timed(workspace_id, design.flow):
        yield "Try when to write and what to tap first: that tells more than words do."
    shown = Exposure.objects.filter(
        workspace_id=workspace_id, flow=design.flow, split=design.split or design.name
    ).count()
    if shown:
        yield f"{shown} contacts saw an arm before: they take no part, and keep what they saw."


def _was_timed(workspace_id: str, flow: str) -> bool:
    rows = Experiment.objects.filter(workspace_id=workspace_id, flow=flow, ended_at__isnull=False)
    first = (Tries.TIMING, Tries.CALL_TO_ACTION)
    return any(limit_trials.design_of(row).tries in first for row in rows)


def _refuse_beside(workspace_id: str, design: Design) -> None:
    known = Experiment.objects.filter(workspace_id=workspace_id)
    if known.filter(name=design.name).exists():
        raise Conflict(f"An experiment {design.name!r} was made before; choose another name.")
    beside = known.filter(ended_at=None, flow=design.flow, field=design.field).first()
    if beside is not None:
        message = (
            f"{beside.name!r} runs here already. Two at once would blur each other: end it first."
        )
        raise Conflict(message)


def _words(house: House, user: User, words: str, field: str) -> str:
    words = words.strip()
    if not words or len(words) > MAX_WORDS:
        told = f"Say in a few words why, in {MAX_WORDS} characters at most."
        raise InvalidInput({field: told})
    # Somebody may quote a contact here; what is kept holds tokens alone.
    return privacy.mask(words, partial(house.keyset.token, user.workspace_id))[:MAX_WORDS]
