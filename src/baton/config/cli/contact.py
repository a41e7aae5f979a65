"""Commands about contacts: their consents, all that is known of them, and erasing it."""

from dataclasses import asdict
from pathlib import Path

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core.errors import InvalidInput

_ON_PAGE = "The contact's page in the console does the same meanwhile."
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


@contact.command()
@click.argument("contact_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@workspace_option
@json_option
def export(contact_id: str, file: Path, workspace: str, *, as_json: bool) -> None:
    """Write all that is known of a contact into a ZIP file."""
    with opened(workspace, alone=True, meanwhile=_ON_PAGE) as (house, workspace_id):
        from baton.services.privacy import taking_out  # noqa: PLC0415 - Django must be set up first

        with file.open("wb") as kept:
            show(
                taking_out.write(house, workspace_id, contact_id, kept, actor="system"),
                as_json=as_json,
            )


@contact.command()
@click.argument("contact_id")
@click.option("--reason", required=True, help="The day and the way in which they asked, say.")
@click.option("--yes", is_flag=True, help="Do not ask whether this is meant.")
@workspace_option
@json_option
def erase(contact_id: str, reason: str, workspace: str, *, yes: bool, as_json: bool) -> None:
    """Erase a contact at once, for good, and print the certificate.

    Figures keep their counts. A legal hold refuses.
    """
    if not yes:
        click.confirm("Nobody can take this back. Erase them?", abort=True)
    with opened(workspace, alone=True, meanwhile=_ON_PAGE) as (house, workspace_id):
        from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
        from baton.config.settings import Settings  # noqa: PLC0415
        from baton.services.privacy import erasing  # noqa: PLC0415

        manifest = wiring.manifest(Settings.from_environment())
        done = erasing.erase_now(house, manifest, workspace_id, contact_id, reason)
        told = {"certificate": done.id, "contact": done.contact_id, "at": done.done_at}
        show({**told, "counts": done.told}, as_json=as_json)
