"""`baton import`: a file that another system exported, checked or kept."""

from pathlib import Path

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core.errors import InvalidInput

_MEANWHILE = "The console imports the same meanwhile: Settings > Systems."
_COUNTS = ("lines", "told", "kept", "unchanged", "refused", "newcomers")


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--system", required=True, help="The system that exported it, by its name.")
@click.option("--dry-run", is_flag=True, help="Only tell what would come of it.")
@click.option("--quiet", is_flag=True, help="Keep it, and let no flow hear of it.")
@workspace_option
@json_option
def import_file(  # noqa: PLR0913 - a command's options
    file: Path, system: str, workspace: str, *, dry_run: bool, quiet: bool, as_json: bool
) -> None:
    """Keep the bookings, memberships or check-ins of a CSV or XLSX file.

    Its columns are understood as the system's mapping says (Settings > Systems). It ends with
    1 when lines were refused, and tells each with its reason. A file may be imported again.
    """
    with opened(workspace, alone=not dry_run, meanwhile=_MEANWHILE) as (house, workspace_id):
        from baton.services.systems import importing, systems  # noqa: PLC0415 - Django must be set up first
        from baton.store.models import Import, ImportFault  # noqa: PLC0415 - likewise

        def progress(going: Import) -> None:
            if not as_json and going.done_pages % 20 == 0:
                click.echo(f"{going.done_pages} of {going.pages} pages", err=True)

        try:
            started = importing.begin(
                house,
                workspace_id,
                systems.find_by_name(workspace_id, system).id,
                file,
                name=file.name,
                is_dry=dry_run,
                is_quiet=quiet,
                actor="system",
            )
        except InvalidInput as refusal:
            raise click.ClickException(" ".join(refusal.fields.values())) from refusal
        ended = importing.run_whole(house, started, on_page=progress)
        faults = list(
            ImportFault.objects.filter(import_id=ended.id)
            .order_by("line", "id")
            .values("line", "column", "reason")
        )
        if dry_run:
            importing.cancel(house, workspace_id, ended.id, actor="system")
        told = {name: getattr(ended, name) for name in _COUNTS}
    show({**told, "problems": faults} if as_json else told, as_json=as_json)
    for one in () if as_json else faults:
        click.echo(f"line {one['line']}, {one['column'] or 'all of it'}: {one['reason']}")
    if faults:
        raise SystemExit(1)
