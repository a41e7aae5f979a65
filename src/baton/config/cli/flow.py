"""`baton flow`: which flows are in force, and pausing one without the console."""

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.flows.charter import WhenPaused

_ACTOR = "system"  # whoever may start a command on the server
_MEANWHILE = "The button Pause on the flow's page does the same meanwhile."


@click.group()
def flow() -> None:
    """Flows of a workspace: what is in force, and what is paused."""


@flow.command(name="list")
@workspace_option
@json_option
def list_all(workspace: str, *, as_json: bool) -> None:
    """List the published flows, the version in force, and how many runs wait in each."""
    with opened(workspace, alone=False) as (_house, workspace_id):
        from baton.store.queries import flows  # noqa: PLC0415 - Django must be set up first

        paused = flows.paused_flows(workspace_id)
        waiting: dict[str, int] = {}
        for (name, _version, _step), count in flows.waiting_in(workspace_id).items():
            waiting[name] = waiting.get(name, 0) + count
        for name, version in flows.newest_versions(workspace_id).items():
            row = {
                "flow": name,
                "version": version,
                "waiting": waiting.get(name, 0),
                "paused": name in paused,
            }
            show(row, as_json=as_json)
            if not as_json:
                click.echo()


@flow.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@click.option(
    "--runs",
    type=click.Choice([one.value for one in WhenPaused]),
    help="Hold or end the runs that wait; left out, as the flow declares.",
)
@workspace_option
@json_option
def pause(name: str, reason: str, runs: str | None, workspace: str, *, as_json: bool) -> None:
    """Let nothing new start in a flow; who is in it waits on, or is let go."""
    with opened(workspace, alone=True, meanwhile=_MEANWHILE) as (house, workspace_id):
        from baton.services.flows import flow_pauses  # noqa: PLC0415 - Django must be set up first

        stopped = flow_pauses.pause(
            house,
            workspace_id,
            name,
            actor=_ACTOR,
            reason=reason,
            when_paused=WhenPaused(runs) if runs else None,
        )
    show({"paused": name, "runs_stopped": stopped}, as_json=as_json)


@flow.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@workspace_option
@json_option
def resume(name: str, reason: str, workspace: str, *, as_json: bool) -> None:
    """Let a paused flow go on, with what happened and fell due meanwhile."""
    with opened(workspace, alone=True, meanwhile=_MEANWHILE) as (house, workspace_id):
        from baton.services.flows import flow_pauses  # noqa: PLC0415 - Django must be set up first

        flow_pauses.resume(house, workspace_id, name, actor=_ACTOR, reason=reason)
    show({"resumed": name}, as_json=as_json)
