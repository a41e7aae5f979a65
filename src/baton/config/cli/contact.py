"""Commands about contacts: the proof of what they permitted, and consents from a file."""

from dataclasses import asdict
from pathlib import Path

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core.errors import InvalidInput

_MEANWHILE = "The console's page of contacts imports the same meanwhile."


@click.group()
def contact() -> None:
    """Contacts and what they permit."""


@contact.command()
@click.argument("contact_id")
@json_option
def consents(contact_id: str, *, as_json: bool) -> None:
    """Print every permission that a contact gave or took back, with its proof, oldest first."""
    boot.boot()
    from baton.services.people import consent_export  # noqa: PLC0415 - Django must be set up first

    for place, row in enumerate(consent_export.proof_of(contact_id)):
        if place and not as_json:
            click.echo()
        show(row, as_json=as_json)


@contact.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what would be kept.")
@workspace_option
@json_option
def import_consents(file: Path, workspace: str, *, dry_run: bool, as_json: bool) -> None:
    """Keep the consents of a CSV file with their provenance; nothing is sent.

    It ends with 1 when lines were refused. A file may be imported again.
    """
    with opened(workspace, alone=not dry_run, meanwhile=_MEANWHILE) as (house, workspace_id):
        from baton.services.people import consent_import  # noqa: PLC0415 - Django must be set up first

        try:
            report = consent_import.import_file(
                house, workspace_id, file.read_bytes(), actor="system", is_dry=dry_run
            )
        except InvalidInput as refusal:
            raise click.ClickException(" ".join(refusal.fields.values())) from refusal
    told = asdict(report)
    problems = told.pop("problems")
    show({**told, "problems": problems} if as_json else told, as_json=as_json)
    for one in () if as_json else problems:
        click.echo(f"line {one['line']}, {one['column']}: {one['message']}")
    if report.refused:
        raise SystemExit(1)
