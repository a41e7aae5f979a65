"""`baton check`: every fault of flow documents, with its place and how to mend it."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import click

from baton.config.cli.output import json_option, show
from baton.flows.schema import flow_schema
from baton.services.flows import flow_checks
from baton.services.flows.flow_checks import PlacedFault
from baton.services.workspace import packs

_Checked: TypeAlias = tuple[int, tuple[PlacedFault, ...]]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--pack", help="Check the flows of one of Baton's packs.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a flow and stop.")
@json_option
def check(
    paths: tuple[Path, ...], pack: str | None, *, strict: bool, schema: bool, as_json: bool
) -> None:
    """Check the flows in files or folders; all that come with Baton, when none is named.

    The flows of a folder may go through each other, and through no others.
    """
    if schema:
        click.echo(json.dumps(flow_schema(), indent=2))
        return
    checked = list(_checked(paths, pack))
    found = [fault for _, faults in checked for fault in faults]
    print_faults(found, sum(count for count, _ in checked), as_json=as_json)
    sys.exit(1 if any(fault.is_error or strict for fault in found) else 0)


def _checked(paths: tuple[Path, ...], pack: str | None) -> Iterator[_Checked]:
    """Yield how many flows of a kind there are, and their faults."""
    yield from _of_paths(paths)
    names = (pack,) if pack is not None else () if paths else packs.list_packs()
    for name in names:
        yield len(packs.flow_texts_of(name)), flow_checks.check_pack(name)
    if not paths and pack is None:
        yield len(flow_checks.library_texts()), flow_checks.check_library()


def _of_paths(paths: tuple[Path, ...]) -> Iterator[_Checked]:
    files = [path for path in paths if path.is_file()]
    if files:
        yield len(files), flow_checks.check_texts(_texts_in(files))
    for folder in (path for path in paths if path.is_dir()):
        texts = _texts_in(sorted(folder.rglob("*.yaml")))
        yield len(texts), flow_checks.check_texts(texts, is_whole=True)


def _texts_in(files: Iterable[Path]) -> dict[str, str]:
    try:
        found = {str(path): path.read_text("utf-8") for path in files}
    except UnicodeDecodeError as error:
        raise click.ClickException(f"a file is no text in UTF-8: {error}") from error
    if not found:
        raise click.ClickException("there is no flow document, as in welcome.yaml")
    return found


def print_faults(
    found: Sequence[PlacedFault], count: int, *, as_json: bool, unit: str = "flows"
) -> None:
    """Print each fault with its place and mend, and how many there are in so many documents."""
    for fault in found:
        if as_json:
            show(_row_of(fault), as_json=True)
        else:
            click.echo(f"{fault.problem.text}\n    {fault.mend} [{fault.severity}: {fault.rule}]")
    errors = sum(fault.is_error for fault in found)
    if as_json:
        totals = {unit: count, "errors": errors, "warnings": len(found) - errors}
        show(totals, as_json=True)
    elif found:
        click.echo(f"{errors} errors, {len(found) - errors} warnings in {count} {unit}")
    else:
        click.echo(f"no fault in {count} {unit}")


def _row_of(fault: PlacedFault) -> dict[str, object]:
    place = fault.problem
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "path": place.path,
        "rule": fault.rule,
        "severity": fault.severity.value,
        "message": place.message,
        "mend": fault.mend,
    }
