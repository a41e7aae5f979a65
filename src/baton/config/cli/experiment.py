"""`baton experiment`: what is tried, what it says so far, and what one would take."""

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core import experiments as core
from baton.core.experiments import Arm, Design, Tries
from baton.core.json import Json
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit

_KPIS = [one.name for one in core.measurable()]


@click.group()
def experiment() -> None:
    """Two ways of doing a thing, each on its share of the contacts."""


@experiment.command(name="list")
@workspace_option
@json_option
def list_experiments(workspace: str, *, as_json: bool) -> None:
    """Tell every experiment with its rulings, those that run first."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.desk import (  # noqa: PLC0415 - Django must be set up first
            experiment_board,
        )

        for one in experiment_board.list_in(house, workspace_id):
            rulings: list[Json] = [f"{arm.arm}: {arm.ruling.value}" for arm in one.compared]
            row: dict[str, Json] = {
                "name": one.design.name,
                "on": one.design.split or one.design.field,
                "metric": one.design.metric,
                "days": one.days,
                "is_running": one.ended_at is None,
                "kept": one.kept,
                "rulings": rulings,
            }
            show(row, as_json=as_json)


@experiment.command(name="show")
@click.argument("name")
@workspace_option
@json_option
def show_experiment(name: str, workspace: str, *, as_json: bool) -> None:
    """Tell each arm of an experiment beside the control, number by number."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.desk import experiment_board  # noqa: PLC0415 - the same

        one = experiment_board.show_in(house, workspace_id, name)
        for arm in one.compared:
            for held in (arm.metric, *arm.guards):
                lies = held.interval
                row: dict[str, Json] = {
                    "arm": arm.arm,
                    "ruling": arm.ruling.value,
                    "kpi": held.kpi.name,
                    "tried": held.tried.mean if held.tried.count else None,
                    "tried_contacts": held.tried.count,
                    "control": held.control.mean if held.control.count else None,
                    "control_contacts": held.control.count,
                    "change": held.change,
                    "low": lies.low if lies else None,
                    "high": lies.high if lies else None,
                    "sees": arm.sees if held is arm.metric else None,
                }
                show(row, as_json=as_json)


@experiment.command()
@click.option("--metric", required=True, type=click.Choice(_KPIS))
@click.option("--baseline", required=True, type=float, help="In percent, or points of 100.")
@click.option("--effect", required=True, type=float, help="In points: what would matter.")
@click.option("--spread", type=float, help="Standard deviation of one mark, in points.")
@click.option("--arms", default="50,50", show_default=True, help="Shares in percent.")
@json_option
def plan(  # noqa: PLR0913 - a design is told by these
    metric: str, baseline: float, effect: float, spread: float | None, arms: str, *, as_json: bool
) -> None:
    """Tell how many contacts an experiment takes, and what fewer would not show."""
    from baton.reports import experiments, power  # noqa: PLC0415 - scipy is slow to load

    unit = CATALOGUE[metric].unit
    scale = 0.01 if unit is Unit.SHARE else 1.0
    design = Design(
        name="plan",
        arms=tuple(Arm(name=str(nth), share=share) for nth, share in enumerate(_shares(arms))),
        control="0",
        tries=Tries.COPY,
        metric=metric,
        guards=core.guards_of(CATALOGUE[metric]),
        baseline=baseline * scale,
        spread=power.spread_of_share(baseline * scale)
        if unit is Unit.SHARE and 0 < baseline < 100  # noqa: PLR2004 - percent
        else spread or experiments.USUAL_SPREAD[Unit.SCORE],
        effect=effect * scale,
        contacts=0,
    )
    if problems := core.problems_of(design):
        raise click.UsageError("; ".join(f"{name}: {why}" for name, why in problems.items()))
    size = experiments.size_of(design)
    row: dict[str, Json] = {
        "contacts": size.contacts,
        "contacts_once": size.contacts_once,
        "least_effect_of_200_an_arm": size.sees / scale,
    }
    show(row, as_json=as_json)


def _shares(text: str) -> list[int]:
    words = text.split(",")
    if not all(one.strip().isdecimal() for one in words):
        raise click.UsageError("--arms: write whole percents with commas, as 50,50")
    return [int(one) for one in words]
