"""`baton template`: how the words stand that a provider approves."""

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option


@click.group()
def template() -> None:
    """The templates of a workspace."""


@template.command(name="list")
@workspace_option
@json_option
def list_all(workspace: str, *, as_json: bool) -> None:
    """List the newest version of each template, and how it stands."""
    with opened(workspace, alone=False) as (_house, workspace_id):
        from baton.services.desk import template_desk  # noqa: PLC0415 - Django must be set up first

        found = template_desk.list_cards(workspace_id)
    for one in found:
        row = {
            "name": one.name,
            "channel": one.channel,
            "language": one.language,
            "version": one.number,
            "state": one.state.value,
            "reason": one.reason,
            "quality": one.quality,
            "purpose": one.purpose.value,
            "text": one.body,
            "changed_at": one.changed_at.isoformat(),
        }
        show(row, as_json=as_json)
        if not as_json:
            click.echo()
