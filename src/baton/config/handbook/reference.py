"""The reference, written from the program: it cannot say what this version does not do."""

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import click

from baton.api.urls import api
from baton.config.cli import baton
from baton.config.handbook.forms import Schema, form_of, rows_of
from baton.config.handbook.markdown import block, code, table
from baton.config.stories.document import story_schema
from baton.config.variables import VARIABLES
from baton.core import kpis
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.roles import Action, Role, may
from baton.flows.schema import flow_schema
from baton.flows.steps import TYPES

_WIDTH = 96
_NO = 300  # from here on an answer is no success
_FIELDS = ("field", "form", "what it is")


def commands() -> str:
    """Return every command with its help, as `--help` prints it."""
    parts = ["# Commands\n", "What `baton COMMAND --help` prints, of every command.\n"]
    parts += _help_of(baton, click.Context(baton, info_name="baton", terminal_width=_WIDTH))
    return "\n".join(parts)


def settings() -> str:
    """Return every setting, its meaning and what holds without it."""
    rows = ((code(one.name), one.default, one.meaning) for one in VARIABLES)
    return (
        "# Settings\n\nRead from the environment, and from the file that `BATON_CONFIG` names; "
        "`baton settings` shows what holds here.\n\n"
        + table(("setting", "without it", "meaning"), rows)
    )


def flow() -> str:
    """Return the fields of a flow, and of every type of step."""
    whole = cast(Schema, flow_schema())
    parts = [
        "# The fields of a flow\n",
        "How it is [written](../docs/flows.md), and [checked](../docs/flows-check.md).\n",
        "## Its head\n",
        table(_FIELDS, rows_of(whole, whole)),
    ]
    for name, step in TYPES.items():
        parts += [f"## {name}\n", f"{step.about}\n"]
        parts.append(table(_FIELDS, rows_of(whole["$defs"][name], whole)))
    return "\n".join(parts)


def story() -> str:
    """Return the fields of a story, and of everything that a step of it may be."""
    whole = cast(Schema, story_schema())
    parts = [
        "# The fields of a story\n",
        "How stories are written and played: [Executable stories](../docs/stories.md).\n",
        "## Its head\n",
        table(_FIELDS, rows_of(whole, whole)),
    ]
    for name, meant in whole["$defs"].items():
        if "properties" in meant:
            parts += [f"## {name.rpartition('__')[2]}\n", f"{meant.get('description', '')}\n"]
            parts.append(table(_FIELDS, rows_of(meant, whole)))
    return "\n".join(parts)


def catalogue() -> str:
    """Return every KPI: what it tells, how it is computed, and what it is read with."""
    parts = [
        "# The KPIs, one by one\n",
        "How they are [read](../docs/kpis.md). `baton kpi sql` prints each as SQL.\n",
    ]
    for one in CATALOGUE.values():
        counted = kpis.told(one.counts) if one.counts else f"of {one.of or 'the rows themselves'}"
        rows = (
            ("name", code(one.name)),
            ("computed", one.formula),
            ("one row is", one.grain.value),
            ("among", kpis.told(one.among)),
            ("counts", counted),
            ("unit", one.unit.value),
            ("better", one.better.value),
            ("read with", ", ".join(map(code, one.pairs_with))),
            ("least rows for a verdict", str(one.min_rows)),
        )
        parts += [f"## {one.title}\n", f"{one.definition}\n", table(("", ""), rows)]
    return "\n".join(parts)


def machine_api() -> str:
    """Return every address of the API, with what it takes and gives."""
    whole = cast(dict[str, Any], api.get_openapi_schema(path_prefix="/api/v1/"))
    forms = {"$defs": whole["components"]["schemas"]}
    parts = [
        "# The API, address by address\n",
        "Keys, pages and refusals: [The API](../docs/api.md).\n",
    ]
    for address, methods in whole["paths"].items():
        for method, told in methods.items():
            parts += [f"## {method.upper()} {address}\n", f"{told.get('description', '')}\n"]
            asked = [
                (code(one["name"]), form_of(one["schema"], forms), one.get("description", ""))
                for one in told.get("parameters", ())
            ]
            parts += [table(("asked with", "form", "what it is"), asked)] if asked else []
            if sent := told.get("requestBody"):
                taken = sent["content"]["application/json"]["schema"]
                parts.append(f"Sent: {form_of(taken, forms)}.\n")
            done = next(one for status, one in told["responses"].items() if int(status) < _NO)
            given = done["content"]["application/json"]["schema"]
            parts.append(f"Answers with: {form_of(given, forms)}.\n")
    parts.append("## Shapes\n")
    for name, meant in forms["$defs"].items():
        parts += [f"### {name}\n", meant.get("description", "") + "\n"]
        parts.append(table(_FIELDS, rows_of(meant, forms)))
    return "\n".join(parts)


def roles() -> str:
    """Return who may do what."""
    heads = ("may", *(role.value for role in Role))
    rows = (
        (action.value, *("yes" if may(role, action) else "" for role in Role)) for action in Action
    )
    return (
        "# Roles\n\nWho is who, and what each comes for: [Who does what](../docs/people.md).\n\n"
        + table(heads, rows)
    )


def _help_of(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    yield block(command.get_help(context))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                inner = click.Context(below, info_name=name, parent=context, terminal_width=_WIDTH)
                yield from _help_of(below, inner)


REFERENCE: Final[dict[str, Callable[[], str]]] = {
    "reference/commands": commands,
    "reference/settings": settings,
    "reference/flow": flow,
    "reference/story": story,
    "reference/kpis": catalogue,
    "reference/api": machine_api,
    "reference/roles": roles,
}
"""The pages that the program writes, by their place in the handbook."""
