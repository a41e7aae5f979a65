"""`baton simulate`: what a flow would do, before anybody receives it."""

from datetime import datetime
from pathlib import Path

import click

from baton.config import boot
from baton.config.cli.fault_trials import USUAL_SEEDS, FaultsAsked, show_faults
from baton.config.cli.output import json_option, show
from baton.config.cli.pilot_trials import USUAL_PILOTS, PilotAsked, show_pilots
from baton.core.json import Json
from baton.core.pack import Pack
from baton.flows.simulation import telling
from baton.flows.simulation.report import Plan

_USUAL = Plan()


@click.command()
@click.argument("flow", required=False)
@click.option("--pack", "pack_name", default="fitness", show_default=True)
@click.option("--contacts", default=_USUAL.contacts, show_default=True, help="How many people.")
@click.option("--days", default=_USUAL.days, show_default=True)
@click.option("--seed", default=_USUAL.seed, show_default=True, help="The same gives the same.")
@click.option(
    "--from",
    "begins_on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    default=_USUAL.begins_on.isoformat(),
    show_default=True,
    help="The first day.",
)
@click.option("--zone", default="UTC", show_default=True, help="The time zone of the place.")
@click.option(
    "--people",
    "people_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Assumptions about people, laid over those that ship.",
)
@click.option("--contact", type=int, help="Show one contact's time line instead.")
@click.option(
    "--pilot", "is_pilot", is_flag=True, help="Play whole pilots of known truth, and their stops."
)
@click.option(
    "--faults", "is_faults", is_flag=True, help="Play the whole system, and let everything fail."
)
@click.option("--seeds", type=int, help="Pilots of each kind (200), or seeds of --faults (20).")
@click.option("--steps", default=1_000, show_default=True, help="Steps of each seed, of --faults.")
@click.option("--matters", default=120, show_default=True, help="Matters a day, of --pilot.")
@click.option("--harm-on", default=60, show_default=True, help="The day that a harm begins on.")
@json_option
def simulate(  # noqa: PLR0913 - one parameter an option
    flow: str | None,
    *,
    pack_name: str,
    contacts: int,
    days: int,
    seed: int,
    begins_on: datetime,
    zone: str,
    people_path: Path | None,
    contact: int | None,
    is_pilot: bool,
    is_faults: bool,
    seeds: int | None,
    steps: int,
    matters: int,
    harm_on: int,
    as_json: bool,
) -> None:
    """Play FLOW, a file or the name of one of the pack's flows, on invented people.

    Nothing is sent and nothing is written; the same seed gives the same people.
    """
    if is_faults:
        wanted = FaultsAsked(seed=seed, seeds=seeds or USUAL_SEEDS, steps=steps)
        show_faults(wanted, as_json=as_json)
        return
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.flows import simulations  # noqa: PLC0415
    from baton.services.workspace import packs  # noqa: PLC0415

    packs.look_in(settings.own_packs)
    pack = wiring.pack_of(pack_name)
    if is_pilot:
        asked = PilotAsked(
            flow=flow or "",
            days=days,
            seed=seed,
            seeds=seeds or USUAL_PILOTS,
            matters=matters,
            harm_on=harm_on,
        )
        show_pilots(pack, asked, as_json=as_json)
        return
    if not flow:
        raise click.UsageError("name a flow, or ask for --pilot")
    who = simulations.assumptions_with(people_path) if people_path else simulations.assumptions()
    plan = Plan(
        contacts=contacts,
        days=days,
        seed=seed,
        begins_on=begins_on.date(),
        diaries=(contact,) if contact else (),
    )
    if contact and not 1 <= contact <= contacts:
        raise click.UsageError(f"--contact must be from 1 to {contacts}")
    found = simulations.simulate_document(pack, _document_of(flow, pack), who, plan, zone=zone)
    if contact:
        diary = found.diaries[contact]
        if as_json:
            show(telling.row_of_diary(diary), as_json=True)
        else:
            click.echo(telling.render_diary(diary))
    elif as_json:
        show(telling.row_of(found), as_json=True)
    else:
        click.echo(telling.render_report(found))


def _document_of(flow: str, pack: Pack) -> Json:
    from baton.services.flows import simulations  # noqa: PLC0415 - as above
    from baton.services.writing import documents  # noqa: PLC0415 - as above

    path = Path(flow)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise click.UsageError(f"there is no file {flow}")
        return documents.read(path.read_text("utf-8"), file=path.name).value
    return simulations.flow_document_of(pack, flow)
