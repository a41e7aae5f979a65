"""`baton channel`: the inboxes of an installation, for scripts and watchers."""

import click

from baton.config import boot
from baton.config.cli.output import json_option, show


@click.group()
def channel() -> None:
    """The connected entrances: chats and numbers."""


@channel.command(name="list")
@json_option
def list_all(*, as_json: bool) -> None:
    """Say how every inbox is doing; the last seven days count, failures of today."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.desk import channel_desk  # noqa: PLC0415
    from baton.store.models import Workspace  # noqa: PLC0415

    house = wiring.install(settings)
    for workspace in Workspace.objects.order_by("id"):
        for line in channel_desk.list_lines(house, workspace.id):
            show(
                {
                    "workspace": workspace.name,
                    "inbox": line.name,
                    "channel": line.channel,
                    "provider": line.provider or "baton",
                    "sender": line.sender,
                    "script": line.script_line,
                    "connected": line.is_connected,
                    "last_in_at": line.traffic.last_in_at,
                    "last_out_at": line.traffic.last_out_at,
                    "failed_today": line.traffic.failed,
                    "unclear_today": line.traffic.unclear,
                    "waiting": line.traffic.waiting,
                },
                as_json=as_json,
            )
