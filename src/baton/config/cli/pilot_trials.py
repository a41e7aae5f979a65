"""`baton simulate --pilot`: is a harm caught in time, and is a pause ever for nothing?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from baton.config.cli.output import show
from baton.core import rollout
from baton.core.json import Json
from baton.core.pack import Pack
from baton.core.policy import Policy, with_overrides

if TYPE_CHECKING:
    from baton.reports.pilot_trial import Measured
    from baton.reports.stops import StopLimits

USUAL_PILOTS = 200
"""Pilots of each kind, unless somebody says how many."""
WITHIN = 3.0
"""Days in which a harm is to be caught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotAsked:
    """What is asked of the pilots: of one flow, or of all of a pack."""

    flow: str
    days: int
    seed: int
    """The first of the seeds."""
    seeds: int
    matters: int
    harm_on: int


def show_pilots(pack: Pack, asked: PilotAsked, *, as_json: bool) -> None:
    """Play pilots of the flows of a pack, and tell what was caught; raises UsageError."""
    if not 1 <= asked.harm_on < asked.days:
        raise click.UsageError("--harm-on must lie within --days")
    rows: list[Json] = []
    for names, limits in _flows_by_limits(pack, asked.flow):
        told = ", ".join(names)
        if not as_json:
            click.echo(f"{told} ({pack.name}), {asked.matters} matters a day")
        for harm, found in _measured(asked, limits):
            rows.append(_row(names, harm, found))
            if not as_json:
                click.echo(f"  {_line(harm, found)}")
    if as_json:
        show({"pack": pack.name, "pilots": rows}, as_json=True)


def _flows_by_limits(pack: Pack, wanted: str) -> Iterator[tuple[list[str], "StopLimits"]]:
    """Yield flows with the limits that stop them; those that share limits are played once."""
    from baton.flows import document  # noqa: PLC0415 - Django must be set up first
    from baton.reports import stops  # noqa: PLC0415 - as above

    policy = with_overrides(Policy(), pack.policy)
    found: dict[StopLimits, list[str]] = {}
    for name, flow_document in pack.flows.items():
        if wanted in ("", name):
            flow = document.parse(flow_document)
            found.setdefault(stops.limits_of(policy, flow.charter.gates), []).append(name)
    if not found:
        raise click.UsageError(f"the pack {pack.name} has no flow {wanted!r}")
    for limits, names in found.items():
        yield names, limits


def _measured(asked: PilotAsked, limits: "StopLimits") -> Iterator[tuple[str, "Measured"]]:
    from baton.reports import pilot_trial  # noqa: PLC0415 - as above

    plan = rollout.NINETY_DAYS
    calm = pilot_trial.World(plan=plan, matters_a_day=asked.matters, days=asked.days)
    yield (
        "none",
        pilot_trial.measure(calm, limits, first=asked.seed, seeds=asked.seeds, within=WITHIN),
    )
    for name, harm in pilot_trial.HARMS.items():
        world = pilot_trial.World(
            plan=plan,
            matters_a_day=asked.matters,
            days=min(asked.days, asked.harm_on + 14),
            harm=harm,
            harm_on=asked.harm_on,
        )
        yield (
            name,
            pilot_trial.measure(world, limits, first=asked.seed, seeds=asked.seeds, within=WITHIN),
        )


def _line(harm: str, found: "Measured") -> str:
    share = (
        f"share {found.share_error * 100:.2f} points off over all, "
        f"{found.worst_share_error * 100:.1f} in a whole pilot at most"
    )
    if harm == "none":
        return f"no harm: {found.early} of {found.seeds} paused for nothing; {share}"
    half = "none caught" if found.median_days is None else f"half by day {found.median_days:.2f}"
    within = f"within {WITHIN:.0f} days"
    return f"{harm}: {found.caught} of {found.seeds} caught {within}, {half}; {found.early} before"


def _row(names: list[str], harm: str, found: "Measured") -> dict[str, Json]:
    return {
        "flows": [*names],
        "harm": harm,
        "seeds": found.seeds,
        "caught": found.caught,
        "paused_before": found.early,
        "median_days": found.median_days,
        "share_error": round(found.share_error, 4),
        "worst_share_error": round(found.worst_share_error, 4),
    }
