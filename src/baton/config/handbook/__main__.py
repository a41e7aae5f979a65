"""`python -m baton.config.handbook FOLDER`: write the pages; `--site FOLDER`: look one over."""

import shutil
import sys
import tempfile
from pathlib import Path

import click

from baton.config import boot


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--site", is_flag=True, help="FOLDER is a built site: does it load from elsewhere?")
def handbook(folder: Path, *, site: bool) -> None:
    """Write the handbook's pages into FOLDER, which is emptied; ends with 1 when one is amiss."""
    with tempfile.TemporaryDirectory() as home:  # Django, which tells of the API, needs one
        boot.boot(home=Path(home))
        from baton.config.handbook import assemble  # noqa: PLC0415 - Django must be set up first

        if site:
            wrong = assemble.fetched_elsewhere(folder)
        else:
            wrong = assemble.misplaced(Path.cwd())
            shutil.rmtree(folder, ignore_errors=True)
            assemble.assemble(Path.cwd(), folder)
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    handbook()
