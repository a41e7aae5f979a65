"""How every command prints: words for people, or one JSON object a line."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def show(row: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one result."""
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    width = max(map(len, row), default=0)
    for name, value in row.items():
        click.echo(f"{name:<{width}}  {_words(value)}")


def _words(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_words(inner) for inner in value) or "none"
    return str(value)
