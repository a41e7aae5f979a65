"""`baton kpi`: the catalogue, its values now, and the rows that they are counted from."""

from datetime import timedelta

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core import kpis as core
from baton.core.json import Json
from baton.core.kpi_catalogue import CATALOGUE


@click.group()
def kpi() -> None:
    """What is measured, and from which rows."""


@kpi.command(name="list")
@json_option
def list_kpis(*, as_json: bool) -> None:
    """Tell the catalogue: what each KPI counts among what, and what it is read with."""
    for one in CATALOGUE.values():
        row: dict[str, Json] = {
            "name": one.name,
            "title": one.title,
            "definition": one.definition,
            "formula": one.formula,
            "grain": one.grain.value,
            "unit": one.unit.value,
            "among": core.told(one.among),
            "counts": core.told(one.counts) if one.counts else f"median or mean of {one.of}",
            "better": one.better.value,
            "interval": one.estimate.value,
            "least rows": one.min_rows,
            "pairs with": list(one.pairs_with),
            "sources": list(one.sources),
        }
        if as_json:
            show(row, as_json=True)
        else:
            click.echo(f"{one.name}: {one.definition}\n  {one.formula}")


@kpi.command(name="sql")
@click.argument("names", nargs=-1)
@json_option
def print_sql(names: tuple[str, ...], *, as_json: bool) -> None:
    """Print KPIs as SQL over the rows that `baton export events` writes; all without NAMES."""
    boot.boot()
    from baton.reports import kpi_sql  # noqa: PLC0415 - Django must be set up first

    if unknown := [name for name in names if name not in CATALOGUE]:
        message = f"There is no KPI {unknown[0]!r}: see `baton kpi list`."
        raise click.ClickException(message)
    for name in names or CATALOGUE:
        statement = kpi_sql.statement_of(CATALOGUE[name])
        if as_json:
            show({"name": name, "sql": statement}, as_json=True)
        else:
            click.echo(f"-- {name}: {CATALOGUE[name].definition}\n{statement};\n")


@kpi.command(name="show")
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 3660))
@workspace_option
@json_option
def show_kpis(days: int, workspace: str, *, as_json: bool) -> None:
    """Tell every KPI of the last days, as far as it was folded, with how sure it is."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.reports.kpis import kpis_of  # noqa: PLC0415 - Django must be set up first
        from baton.reports.slices import Slice  # noqa: PLC0415
        from baton.services.workspace.standards import standards_cache  # noqa: PLC0415

        now = house.clock.now()
        policy = standards_cache(house).standards_of(workspace_id).policy
        looked_at = Slice(workspace_id=workspace_id, since=now - timedelta(days=days))
        for name, found in kpis_of(looked_at, core.limits_of(policy, now)).items():
            lies = found.interval
            row: dict[str, Json] = {
                "kpi": name,
                "value": found.value,
                "low": lies.low if lies else None,
                "high": lies.high if lies else None,
                "unit": found.kpi.unit.value,
                "count": found.count,
                "among": found.among,
                "young": found.young,
                "is_enough": found.is_enough,
            }
            show(row, as_json=as_json)


@kpi.command()
@workspace_option
@json_option
def rebuild(workspace: str, *, as_json: bool) -> None:
    """Fold every conversation anew into the rows that KPIs are counted from."""
    with opened(workspace, alone=True, meanwhile="Stop it first.") as (house, workspace_id):
        from baton.services.evidence import keeping  # noqa: PLC0415 - Django must be set up first

        show({"conversations": keeping.rebuild(house, workspace_id)}, as_json=as_json)
