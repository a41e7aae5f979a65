"""`baton parked`: what was set aside, and how it comes back."""

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core.errors import InvalidInput

_ACTOR = "system"  # whoever may start a command on the server
_MEANWHILE = "The console's page Parked does the same meanwhile."


@click.group()
def parked() -> None:
    """What could not be decided or done, and was set aside for a person."""


@parked.command(name="list")
@workspace_option
@json_option
def list_all(workspace: str, *, as_json: bool) -> None:
    """List what is set aside: what, whose, since when, why and how often it was tried."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.desk import parked as service  # noqa: PLC0415 - Django must be set up first

        found = service.list_parked(house, workspace_id)
    for one in found:
        row = {
            "name": one.name,
            "kind": one.kind,
            "state": "in doubt" if one.is_unknown else "parked",
            "contact": one.contact_id or "not known yet",
            "since": one.since.isoformat(),
            "tries": one.tries,
            "reason": one.reason,
        }
        show(row, as_json=as_json)
        if not as_json:
            click.echo()
    if not found and not as_json:
        click.echo("Nothing is set aside.")


@parked.command()
@click.argument("names", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Everything that is not in doubt.")
@workspace_option
@json_option
def redrive(names: tuple[str, ...], workspace: str, *, is_all: bool, as_json: bool) -> None:
    """Put things back, due at once: those named as `list` names them, or all."""
    if bool(names) == is_all:
        raise InvalidInput({"redrive": "name what to try again, or say --all"})
    with opened(workspace, alone=True, meanwhile=_MEANWHILE) as (house, workspace_id):
        from baton.services.desk import parked as service  # noqa: PLC0415 - Django must be set up first

        count = service.redrive(house, workspace_id, names, actor=_ACTOR)
    show({"redriven": count}, as_json=as_json)


@parked.command()
@click.argument("name")
@click.option("--sent/--not-sent", default=None, required=True, help="What somebody found out.")
@workspace_option
@json_option
def resolve(name: str, workspace: str, *, sent: bool, as_json: bool) -> None:
    """Settle what is in doubt: it took place, or it did not."""
    with opened(workspace, alone=True, meanwhile=_MEANWHILE) as (house, workspace_id):
        from baton.services.desk import parked as service  # noqa: PLC0415 - Django must be set up first

        service.resolve(house, workspace_id, name, took_place=sent, actor=_ACTOR)
    show({"settled": name, "took_place": sent}, as_json=as_json)
