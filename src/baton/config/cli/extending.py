"""`baton extensions`: what packages of others bring."""

import sys

import click

from baton.config import extensions as installed
from baton.config.cli.output import json_option, show


@click.command()
@json_option
def extensions(*, as_json: bool) -> None:
    """List what installed extensions bring (docs/extending.md); fails if one was left out."""
    found = installed.load()
    for one in found:
        row = {
            "brings": one.kind,
            "name": one.name,
            "package": one.package,
            "state": f"left out: {one.problem}" if one.problem else "loaded",
        }
        show(row, as_json=as_json)
        if not as_json:
            click.echo()
    if not found and not as_json:
        click.echo("No extension is installed.")
    sys.exit(1 if any(one.problem for one in found) else 0)
