"""`baton nlu`: what the reader of a workspace learned, and which version of it reads."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.outside import outside
from baton.config.cli.workspace import workspace_option
from baton.store.runtime_store.sqlite import DatabaseInUse, exclusive

if TYPE_CHECKING:
    from baton.services.house import House
    from baton.store.models import ReaderVersion

_ACTOR = "system"  # whoever may start a command on the server


@click.group()
def nlu() -> None:
    """What readers learn from people, and which version reads."""


nlu.add_command(outside)


@nlu.command()
@workspace_option
@click.option("--reason", default="", help="Why it is made, for the trail.")
@json_option
def train(workspace: str, reason: str, *, as_json: bool) -> None:
    """Make a candidate from everything accepted so far, and evaluate it."""
    with _workspace(workspace) as (house, workspace_id):
        from baton.services.reading import readers  # noqa: PLC0415 - Django must be set up first

        row = readers.train(house, workspace_id, actor=_ACTOR, reason=reason)
        show(_told(row), as_json=as_json)


@nlu.command()
@workspace_option
@click.option("--candidate", type=click.IntRange(1), help="The version; the newest if left out.")
@json_option
def evaluate(workspace: str, candidate: int | None, *, as_json: bool) -> None:
    """Hold a candidate against the live reader, by intent and by hard stop."""
    with _workspace(workspace) as (house, workspace_id):
        from baton.services.reading import readers  # noqa: PLC0415 - Django must be set up first

        row = readers.evaluate(house, workspace_id, candidate, actor=_ACTOR)
        show({**_told(row), "report": row.report} if as_json else _told(row), as_json=as_json)
        if not as_json:
            _show_lines(row)


@nlu.command()
@click.argument("number", type=click.IntRange(1))
@workspace_option
@json_option
def promote(number: int, workspace: str, *, as_json: bool) -> None:
    """Put a candidate live, in a validation window of its own; refuse one that loses."""
    with _workspace(workspace) as (house, workspace_id):
        from baton.services.reading import readers  # noqa: PLC0415 - Django must be set up first

        row = readers.promote(house, workspace_id, number, actor=_ACTOR)
        show(_told(row), as_json=as_json)


@nlu.command()
@workspace_option
@click.option("--reason", default="", help="Why, for the trail.")
@json_option
def back(workspace: str, reason: str, *, as_json: bool) -> None:
    """Go one step back to the reader before the live one."""
    with _workspace(workspace) as (house, workspace_id):
        from baton.services.reading import readers  # noqa: PLC0415 - Django must be set up first

        live = readers.back(house, workspace_id, actor=_ACTOR, reason=reason)
        show({"live": live}, as_json=as_json)


@nlu.command()
@workspace_option
@json_option
def versions(workspace: str, *, as_json: bool) -> None:
    """List the versions, newest first; without any, the pack's own reader reads."""
    with _workspace(workspace) as (_house, workspace_id):
        from baton.store.models import ReaderVersion  # noqa: PLC0415 - Django comes first

        rows = ReaderVersion.objects.filter(workspace_id=workspace_id).order_by("-number")
        for row in rows:
            show(_told(row), as_json=as_json)
        if not rows and not as_json:
            click.echo("The pack's own reader is live; nothing was taught yet.")


@contextlib.contextmanager
def _workspace(named: str) -> Iterator[tuple["House", str]]:
    """Install the house and find the workspace; the embedded database is held alone."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.workspace import lessons  # noqa: PLC0415

    with contextlib.ExitStack() as held:
        if settings.database_url.startswith("sqlite"):
            try:
                held.enter_context(exclusive(settings.home / "baton.sqlite3"))
            except DatabaseInUse as error:
                message = f"{error.message} The console's page Learning does the same meanwhile."
                raise click.ClickException(message) from error
        boot.migrate()
        house = wiring.install(settings)
        yield house, lessons.workspace_named(named).id


def _told(row: "ReaderVersion") -> dict[str, Any]:
    report = row.report or {}
    return {
        "version": row.number,
        "status": row.status,
        "examples": len(row.example_ids),
        "own_intents": [own["name"] for own in row.own_intents],
        "made_at": row.made_at,
        "live_at": row.live_at,
        "previous": row.previous,
        "held_against": row.held_against,
        "split": report.get("split"),
        "corrections": report.get("corrections"),
        "sure_but_wrong": report.get("sure_but_wrong"),
        "may_go_live": None if row.report is None else not row.refusals,
        "refusals": list(row.refusals),
    }


def _show_lines(row: "ReaderVersion") -> None:
    """Print what fell and what rose, one line an intent or hard stop."""
    report = row.report or {}
    for line in report.get("intents", ()):
        if line["fell"] or line["rose"]:
            name = line["name"] or "none of these"
            click.echo(f"{name}: {len(line['fell'])} fell, {len(line['rose'])} rose")
    for line in report.get("stops", ()):
        found = line["found"]
        click.echo(
            f"hard stop {line['kind']}: {found['candidate']} of {found['total']} found, "
            f"{found['live']} by the live reader"
        )
