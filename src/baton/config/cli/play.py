"""`baton play`: runs stories on the virtual clock, each in a fresh workspace."""

import json
import sys
import tempfile
from pathlib import Path

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_option
@click.option("--explain", is_flag=True, help="Print each decision with its reason.")
@click.option("--ends-at-failure", is_flag=True, help="End a story at its first failure.")
@click.option("--database", default="sqlite://", help="An empty database to play on, by its URL.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a story and stop.")
def play(  # noqa: PLR0913 - one for each option
    paths: tuple[Path, ...],
    database: str,
    *,
    as_json: bool,
    explain: bool,
    ends_at_failure: bool,
    schema: bool,
) -> None:
    """Play the stories in files or folders; fails when any expectation does."""
    own = Settings.from_environment().own_packs
    with tempfile.TemporaryDirectory(prefix="baton-play-") as home:
        boot.boot(home=Path(home), database_url=database)
        from baton.config.stories import document, player  # noqa: PLC0415 - Django comes first
        from baton.services.workspace import packs  # noqa: PLC0415

        packs.look_in(own)
        if schema:
            click.echo(json.dumps(document.story_schema(), indent=2))
            return
        if not paths:
            raise click.UsageError("name at least one story file or folder, such as stories/")
        boot.migrate()
        results = player.play_paths(paths, explain=explain, ends_at_failure=ends_at_failure)
        for result in results:
            if as_json:
                show(result.as_row(), as_json=True)
            else:
                click.echo(result.render())
    failed = sum(not result.passed for result in results)
    if not as_json:
        click.echo(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not results else 0)
