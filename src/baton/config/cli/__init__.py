"""The command line: `baton COMMAND`."""

import importlib
import sys

import click
from django.db.utils import DatabaseError
from typing_extensions import override

from baton import __version__
from baton.config import boot, extensions
from baton.config.variables import SettingsError, adopt_file
from baton.core.errors import BatonError

_MODULES = {
    "serve": "serve",
    "worker": "serve",
    "migrate": "serve",
    "demo": "serve",
    "play": "play",
    "check": "check",
    "simulate": "simulate",
    "classify": "classify",
    "audit": "inspect",
    "doctor": "doctor",
    "settings": "settings",
    "replay": "replay",
    "report": "report",
    "kpi": "kpi",
    "export": "exporting",
    "experiment": "experiment",
    "contact": "contact",
    "keys": "keys",
    "backup": "backup",
    "restore": "backup",
    "compliance": "compliance",
    "channel": "channel",
    "flow": "flow",
    "pack": "pack",
    "nlu": "nlu",
    "template": "template",
    "rule": "rule",
    "parked": "parked",
    "import": "importing",
    "assess": "assess",
    "bench": "bench_suite",
    "extensions": "extending",
}
"""Each command, by the module of this package that holds it under the same name."""


_FUNCTIONS = {"import": "import_file"}  # a word that Python keeps for itself


class _Commands(click.Group):
    """Imports a command's module when it is called for: none waits for the others' parts."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        module = importlib.import_module(f"baton.config.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, _FUNCTIONS.get(cmd_name, cmd_name))
        return command


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="baton")
def baton() -> None:
    """Customer-service automation that knows when to hand over."""
    extensions.load()


def main() -> None:
    """Run the command line; what cannot be used or done is told in one line."""
    try:
        adopt_file()
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
