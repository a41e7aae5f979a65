"""The command line: `baton COMMAND`."""

import click

from baton import __version__
from baton.config.cli import bench, inspect, play, serve
from baton.config.settings import SettingsError


class _Commands(click.Group):
    """Commands that say in one line which setting is wrong."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a setting that cannot be used is no reason for a traceback."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="baton")
def main() -> None:
    """Customer-service automation that knows when to hand over."""


for _command in (
    serve.serve,
    serve.worker,
    serve.migrate,
    serve.demo,
    play.play,
    inspect.classify,
    inspect.audit,
    inspect.doctor,
    bench.bench,
):
    main.add_command(_command)
