"""`baton bench all`: every measurement beside a floor, kept and compared with earlier runs."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from baton import __version__
from baton.config.bench import deciding, servers, suite
from baton.config.bench.suite import PARTS, Part
from baton.config.cli.bench import DATABASES, bench, measure
from baton.config.cli.output import show
from baton.config.clock import SystemClock

__all__ = ["bench", "run_all"]

_NAMES = tuple(part.name for part in PARTS)
_FILE = click.Path(dir_okay=False, path_type=Path)


@bench.command(name="all")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--part", "names", type=click.Choice(_NAMES), multiple=True, help="Default: all.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
@click.option(
    "--scale",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.1,
    show_default=True,
    help="How large, from the smallest to the full measurement.",
)
@click.option("--keep", "kept", type=_FILE, help="A file that this run is added to, as a line.")
@click.option("--against", type=_FILE, help="A file of earlier runs that this one is held to.")
def run_all(  # noqa: PLR0913 - each is an option
    names: tuple[str, ...],
    database: tuple[str, ...],
    scale: float,
    kept: Path | None,
    against: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure each part beside its floor, and hold its share of it against earlier runs.

    Ends with 1 when a share fell by more than a third of what it was: of rates nothing is said,
    since machines differ.
    """
    shares: dict[str, float] = {}
    for name, part, where in _wanted(names or _NAMES, database or DATABASES):
        row = _measured(part, where, scale)
        shares[name] = round(part.share(row), 3)
        show({**row, "bench": name, "share": shares[name]}, as_json=as_json)
    before = suite.shares_of(against) if against else []
    if kept:
        suite.keep(kept, _about(scale), shares)
    found = suite.fallen(shares, before)
    for one in found:
        click.echo(one.render(), err=True)
    sys.exit(1 if found else 0)


def _wanted(names: tuple[str, ...], databases: tuple[str, ...]) -> Iterator[tuple[str, Part, str]]:
    for part in PARTS:
        if part.name not in names:
            continue
        if not part.has_database:
            yield part.name, part, ""
            continue
        for database in databases:
            yield f"{part.name}/{database}", part, database


def _measured(part: Part, database: str, scale: float) -> dict[str, object]:
    sizes = part.scaled(scale)
    if not database:
        return dict(deciding.measured(*sizes))
    with (
        tempfile.TemporaryDirectory(prefix="baton-bench-") as folder,
        servers.database_url(database, Path(folder)) as url,
    ):
        return measure(url, Path(folder), part.module, *sizes, reader=part.reader)


def _about(scale: float) -> dict[str, object]:
    return {
        "at": SystemClock().now().date().isoformat(),
        "version": __version__,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "scale": scale,
    }
