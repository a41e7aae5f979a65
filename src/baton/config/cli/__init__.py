"""The command line: `baton COMMAND`."""

import sys

import click
from django.db.utils import DatabaseError

from baton import __version__
from baton.config import boot
from baton.config.cli import (
    bench,
    channel,
    check,
    classify,
    contact,
    flow,
    inspect,
    nlu,
    outside,
    parked,
    play,
    report,
    serve,
    simulate,
)
from baton.config.settings import SettingsError
from baton.core.errors import BatonError


@click.group()
@click.version_option(__version__, prog_name="baton")
def baton() -> None:
    """Customer-service automation that knows when to hand over."""


for _command in (
    serve.serve,
    serve.worker,
    serve.migrate,
    serve.demo,
    play.play,
    check.check,
    simulate.simulate,
    classify.classify,
    inspect.audit,
    inspect.doctor,
    report.report,
    contact.contact,
    channel.channel,
    flow.flow,
    nlu.nlu,
    parked.parked,
    bench.bench,
):
    baton.add_command(_command)
nlu.nlu.add_command(outside.outside)


def main() -> None:
    """Run the command line; what cannot be used or done is told in one line."""
    try:
        baton(prog_name="baton")
    except (SettingsError, BatonError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except DatabaseError:
        if not boot.is_behind():
            raise
        told = "the database is not at this version's schema yet: run `baton migrate`"
        click.echo(f"Error: {told}", err=True)
        sys.exit(1)
