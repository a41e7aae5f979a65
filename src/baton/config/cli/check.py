"""`baton check`: every fault of flow documents, with its place and how to mend it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from baton.config.cli.output import json_option, show
from baton.flows.schema import flow_schema
from baton.services import flow_checks, packs
from baton.services.flow_checks import PlacedFault


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--pack", help="Check the flows of one of Baton's packs.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a flow and stop.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@json_option
def check(
    paths: tuple[Path, ...], pack: str | None, *, schema: bool, strict: bool, as_json: bool
) -> None:
    """Check the flows in files or folders; of all packs, when none is named.

    The flows of a folder may go through each other, and through no others.
    """
    if schema:
        click.echo(json.dumps(flow_schema(), indent=2))
        return
    found: list[PlacedFault] = []
    count = 0
    for texts, is_whole in _sets_of(paths):
        count += len(texts)
        found += flow_checks.check_texts(texts, is_whole=is_whole)
    for name in _packs_of(paths, pack):
        count += len(packs.flow_texts_of(name))
        found += flow_checks.check_pack(name)
    _print(found, count, as_json=as_json)
    sys.exit(1 if any(fault.is_error or strict for fault in found) else 0)


def _sets_of(paths: tuple[Path, ...]) -> Iterator[tuple[dict[str, str], bool]]:
    """Yield the documents that belong together, by file, and whether they are all there are."""
    files = {str(path): path.read_text("utf-8") for path in paths if path.is_file()}
    if files:
        yield files, False
    for folder in paths:
        if folder.is_dir():
            inside = sorted(folder.rglob("*.yaml"))
            yield {str(path): path.read_text("utf-8") for path in inside}, True


def _packs_of(paths: tuple[Path, ...], pack: str | None) -> tuple[str, ...]:
    if pack is not None:
        return (pack,)
    return () if paths else packs.list_packs()


def _print(found: list[PlacedFault], count: int, *, as_json: bool) -> None:
    for fault in found:
        if as_json:
            show(_row_of(fault), as_json=True)
        else:
            click.echo(f"{fault.problem.text}\n    {fault.mend} [{fault.severity}: {fault.rule}]")
    errors = sum(fault.is_error for fault in found)
    if as_json:
        totals = {"flows": count, "errors": errors, "warnings": len(found) - errors}
        show(totals, as_json=True)
    elif found:
        click.echo(f"{errors} errors, {len(found) - errors} warnings in {count} flows")
    else:
        click.echo(f"no fault in {count} flows")


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
