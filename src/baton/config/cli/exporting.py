"""`baton export`: what happened as files, for any warehouse or engine."""

from datetime import UTC, datetime
from pathlib import Path

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option


@click.group()
def export() -> None:
    """Take what happened away as files."""


_DAY = click.DateTime(formats=["%Y-%m-%d"])


@export.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--since", type=_DAY, help="Only partitions from this day on (UTC).")
@click.option("--until", type=_DAY, help="Only partitions up to this day (UTC).")
@workspace_option
@json_option
def events(
    folder: Path,
    since: datetime | None,
    until: datetime | None,
    workspace: str,
    *,
    as_json: bool,
) -> None:
    """Write the trail, and the rows that KPIs count, as Parquet in FOLDER, a partition a file."""
    with opened(workspace, alone=True, meanwhile="Stop it first.") as (house, workspace_id):
        from baton.services.desk import event_export  # noqa: PLC0415 - Django must be set up first

        told = event_export.export_to(
            house,
            workspace_id,
            folder,
            since=since.replace(tzinfo=UTC) if since else None,
            until=until.replace(tzinfo=UTC) if until else None,
        )
        show(told, as_json=as_json)
