"""`baton settings`: every setting with its meaning, its value and where that comes from."""

import os
import re
import sys

import click

from baton.config.cli.output import json_option, show
from baton.config.settings import Settings
from baton.config.variables import FILE, VARIABLES, Variable, adopted, unknown_names

_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)")


@click.command()
@json_option
def settings(*, as_json: bool) -> None:
    """List every setting; ends with 1 when one cannot be used, or nothing reads a name."""
    for variable in VARIABLES:
        row = {
            "name": variable.name,
            "value": _value_of(variable),
            "from": _source_of(variable),
            "meaning": variable.meaning,
        }
        if as_json:
            show(row, as_json=True)
        else:
            click.echo(f"{row['name']} = {row['value']}  ({row['from']})\n    {row['meaning']}")
    Settings.from_environment()  # says what cannot be used
    if unknown := unknown_names(os.environ):
        click.echo(f"Nothing reads {', '.join(unknown)}.", err=True)
        sys.exit(1)


def _value_of(variable: Variable) -> str:
    value = os.environ.get(variable.name)
    if value is None:
        return variable.default
    if variable.name == "BATON_DATABASE_URL":
        return _PASSWORD.sub("…", value)
    return "set" if variable.is_secret and value not in {"off", "open"} else value


def _source_of(variable: Variable) -> str:
    if variable.name not in os.environ:
        return "default"
    return f"file {os.environ[FILE]}" if variable.name in adopted() else "environment"
