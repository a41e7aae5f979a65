"""The command line: `baton COMMAND`."""

import click

from baton import __version__
from baton.config.cli import bench, inspect, play, serve


@click.group()
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
